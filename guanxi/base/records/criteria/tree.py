"""Criteria as a tree: all, any, not; and tests of one field. Two-valued: a test of an empty field is never unknown.

An empty field is equal to nothing and before or after nothing, so `=`, `<`, `in`, `contains` are false of it and their
opposites true. Every reading of the tree (Python, SQL) keeps to this.
"""

from __future__ import annotations

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


Value = str | bool | Decimal | date | datetime | Relative


@dataclass(frozen=True)
class Test:
    field: str
    operator: Operator
    value: Value | tuple[Value, ...] | None = None
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


Node = Test | All | Any | Not

EVERYTHING = All(())


def tests_of(node: Node) -> list[Test]:
    """Every test in the tree, in the order written."""
    match node:
        case Test():
            return [node]
        case Not(part):
            return tests_of(part)
        case All(parts) | Any(parts):
            return [test for part in parts for test in tests_of(part)]
