"""Criteria: one typed tree for filters, audiences and conditions (design: criteria).

`parse` reads the text form, `check` fits it to a type's fields, `show` prints it, `matches` and `explain` answer for a
record in memory, `compile_sql` gives the condition for a statement.
"""

from .checks import check
from .evaluate import Failure, explain, matches
from .fields import Field, Fields, Kind
from .printer import show
from .problems import CriteriaError, Problem
from .sql import Fragment, compile_sql
from .text import parse
from .tree import EVERYTHING, All, Any, Node, Not, Operator, Relative, Test, Unit

__all__ = [
    "EVERYTHING",
    "All",
    "Any",
    "CriteriaError",
    "Failure",
    "Field",
    "Fields",
    "Fragment",
    "Kind",
    "Node",
    "Not",
    "Operator",
    "Problem",
    "Relative",
    "Test",
    "Unit",
    "check",
    "compile_sql",
    "explain",
    "matches",
    "parse",
    "show",
]
