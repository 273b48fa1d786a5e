"""Criteria: one typed tree for filters, audiences and conditions (design: criteria).

`parse` reads the text form, `check` fits it to a type's fields, `show` prints it, `matches` and `explain` answer for a
record in memory, `compile_sql` gives the condition for a statement.
"""

from .checks import check
from .evaluate import Failure, explain, matches, standing_in_the_way
from .fields import NOBODY, Field, Fields, Kind, Reader, Relation
from .printer import show, written
from .problems import CriteriaError, Problem
from .sql import Fragment, compile_asked, compile_sql
from .text import parse
from .tree import (
    EVERYTHING,
    Aggregate,
    All,
    Any,
    InSegment,
    Mine,
    Node,
    Not,
    Operator,
    Reference,
    Related,
    Relative,
    Test,
    Unit,
)

__all__ = [
    "EVERYTHING",
    "NOBODY",
    "Aggregate",
    "All",
    "Any",
    "CriteriaError",
    "Failure",
    "Field",
    "Fields",
    "Fragment",
    "InSegment",
    "Kind",
    "Mine",
    "Node",
    "Not",
    "Operator",
    "Problem",
    "Reader",
    "Reference",
    "Related",
    "Relation",
    "Relative",
    "Test",
    "Unit",
    "check",
    "compile_asked",
    "compile_sql",
    "explain",
    "matches",
    "parse",
    "show",
    "standing_in_the_way",
    "written",
]
