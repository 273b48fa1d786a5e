"""The names criteria may use about a record type, from its declaration."""

from __future__ import annotations

from guanxi.base.kernel.actor import Actor

from .criteria import CriteriaError, Field, Fields, Kind, Node, check
from .types import RecordType

KINDS = {
    "text": Kind.TEXT,
    "longtext": Kind.TEXT,
    "choice": Kind.CHOICE,
    "number": Kind.NUMBER,
    "money": Kind.NUMBER,
    "yesno": Kind.YESNO,
    "date": Kind.DATE,
    "moment": Kind.MOMENT,
}


def criteria_fields(type_: RecordType, actor: Actor) -> Fields:
    """What `actor` may ask: never a field they would see masked, or the answer would give it away."""
    return Fields(
        Field(f.key, KINDS[f.kind], f.label, f.stored_as, choices=tuple(str(value) for value, _ in f.options()))
        for f in type_.all_fields
        if f.kind in KINDS and not f.is_derived and not f.is_personal and not f.is_own
    )


def fitting(node: Node, fields: Fields) -> Node:
    """The tree, or CriteriaError with its first problem."""
    problems = check(node, fields)
    if problems:
        raise CriteriaError(problems[0])
    return node
