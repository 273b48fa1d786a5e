"""Criteria as a tree: all, any, not; and tests of one field. Two-valued: a test of an empty field is never unknown.

An empty field is equal to nothing and before or after nothing, so `=`, `<`, `in`, `contains` are false of it and their
opposites true. Every reading of the tree (Python, SQL) keeps to this.

`Related` asks about the children of a record: whether there are any, how many, their sum, the latest or earliest. No
children: the count and the sum are 0, the latest is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as entry
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Operator(StrEnum):
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not contains"
    EMPTY = "is empty"
    NOT_EMPTY = "is not empty"
    WITHIN = "within"


OPPOSITE = {
    Operator.EQ: Operator.NE,
    Operator.IN: Operator.NOT_IN,
    Operator.CONTAINS: Operator.NOT_CONTAINS,
    Operator.EMPTY: Operator.NOT_EMPTY,
}
OPPOSITE.update({after: before for before, after in OPPOSITE.items()})
ORDERING = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE})
UNARY = frozenset({Operator.EMPTY, Operator.NOT_EMPTY})
LISTING = frozenset({Operator.IN, Operator.NOT_IN})


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Relative:
    """`now - 30 days` (a moment) or `today - 30 days` (a day); `amount` is negative for the past."""

    base: str
    amount: int = 0
    unit: Unit = Unit.DAY


@dataclass(frozen=True)
class Reference:
    """`#12`: a colleague, unit or record by id, so that the text outlives a change of name."""

    id: int


@dataclass(frozen=True)
class Mine:
    """Who reads decides: `me`, `my people` (with subordinates), `my unit`, `my units` (with those below)."""

    what: str


Value = str | bool | Decimal | date | datetime | Relative | Reference | Mine


@dataclass(frozen=True)
class Test:
    field: str
    operator: Operator
    value: Value | tuple[Value, ...] | None = None
    position: int = entry(default=0, compare=False)


class Aggregate(StrEnum):
    EXISTS = "exists"
    COUNT = "count"
    SUM = "sum"
    LATEST = "latest"
    EARLIEST = "earliest"


@dataclass(frozen=True)
class Related:
    """`count(activity where kind = call) < 2`; `field` is the child's, for sum, latest and earliest."""

    what: Aggregate
    relation: str
    field: str = ""
    where: Node = entry(default_factory=lambda: EVERYTHING)
    operator: Operator | None = None
    value: Value | tuple[Value, ...] | None = None
    position: int = entry(default=0, compare=False)


@dataclass(frozen=True)
class InSegment:
    """`segment(12)`, or by name before it is kept. Whoever keeps segments puts their criteria in its place."""

    segment: Reference | str
    position: int = entry(default=0, compare=False)


@dataclass(frozen=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Any:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    part: Node


Leaf = Test | Related | InSegment
Node = Leaf | All | Any | Not

EVERYTHING: All = All(())


def leaves_of(node: Node) -> list[Leaf]:
    """Everything asked in the tree, in the order written."""
    match node:
        case Not(part):
            return leaves_of(part)
        case All(parts) | Any(parts):
            return [leaf for part in parts for leaf in leaves_of(part)]
        case _:
            return [node]


def replaced(node: Node, change: Callable[[Leaf], Node]) -> Node:
    """The same tree with other leaves."""
    match node:
        case Not(part):
            return Not(replaced(part, change))
        case All(parts):
            return All(tuple(replaced(part, change) for part in parts))
        case Any(parts):
            return Any(tuple(replaced(part, change) for part in parts))
        case _:
            return change(node)
