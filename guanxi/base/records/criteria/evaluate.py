"""Criteria about one record in memory, and which of them it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any as Anything

from .absolute import absolute
from .fields import Fields
from .printer import show
from .tree import OPPOSITE, All, Any, Node, Not, Operator, Test

Record = Mapping[str, Anything]
_COMPARE = {Operator.LT: lt, Operator.LE: le, Operator.GT: gt, Operator.GE: ge}


@dataclass(frozen=True)
class Failure:
    """A condition the record does not meet, as written, and what the record says instead."""

    condition: str
    field: str
    actual: Anything


def matches(node: Node, record: Record, fields: Fields, *, now: datetime) -> bool:
    return _holds(absolute(node, fields, now=now), record)


def explain(node: Node, record: Record, fields: Fields, *, now: datetime) -> list[Failure]:
    """Empty when the record meets the criteria; otherwise every test that stands in the way."""
    return _failures(node, record, fields, now, wanted=True)


def _holds(node: Node, record: Record) -> bool:
    match node:
        case All(parts):
            return all(_holds(part, record) for part in parts)
        case Any(parts):
            return any(_holds(part, record) for part in parts)
        case Not(part):
            return not _holds(part, record)
        case Test():
            return _test(node, record.get(node.field))


def _test(test: Test, actual: Anything) -> bool:
    if test.operator in OPPOSITE and test.operator not in {Operator.EQ, Operator.IN, Operator.CONTAINS, Operator.EMPTY}:
        return not _test(Test(test.field, OPPOSITE[test.operator], test.value), actual)
    if actual is None or actual == "":
        return test.operator is Operator.EMPTY
    value: Anything = test.value
    match test.operator:
        case Operator.EQ:
            return bool(_plain(actual) == value)
        case Operator.IN:
            return _plain(actual) in value
        case Operator.CONTAINS:
            return value.casefold() in str(actual).casefold()
        case Operator.EMPTY:
            return False
        case _:
            return bool(_COMPARE[test.operator](_plain(actual), value))


def _plain(actual: Anything) -> Anything:
    is_number = isinstance(actual, int | float) and not isinstance(actual, bool)
    return Decimal(str(actual)) if is_number else actual


def _failures(node: Node, record: Record, fields: Fields, now: datetime, *, wanted: bool) -> list[Failure]:
    if matches(node, record, fields, now=now) is wanted:
        return []
    match node:
        case All(parts) | Any(parts):
            return [f for part in parts for f in _failures(part, record, fields, now, wanted=wanted)]
        case Not(part):
            return _failures(part, record, fields, now, wanted=not wanted)
        case Test():
            written = show(node if wanted else Not(node))
            return [Failure(written, node.field, record.get(node.field))]
