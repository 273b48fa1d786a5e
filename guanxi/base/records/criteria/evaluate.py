"""Criteria about one record in memory, and which of them it fails. Its children are lists under the relation's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any as Anything

from .absolute import absolute
from .fields import NOBODY, Fields, Reader
from .printer import show
from .tree import OPPOSITE, Aggregate, All, Any, Leaf, Node, Not, Operator, Related, Test

Record = Mapping[str, Anything]
_COMPARE = {Operator.LT: lt, Operator.LE: le, Operator.GT: gt, Operator.GE: ge}


@dataclass(frozen=True)
class Failure:
    """A condition the record does not meet, as written, and what the record says instead."""

    condition: str
    field: str
    actual: Anything


def matches(node: Node, record: Record, fields: Fields, *, now: datetime, reader: Reader = NOBODY) -> bool:
    return _holds(absolute(node, fields, now=now, reader=reader), record)


def explain(node: Node, record: Record, fields: Fields, *, now: datetime, reader: Reader = NOBODY) -> list[Failure]:
    """Empty when the record meets the criteria; otherwise every condition that stands in the way."""

    def holds(leaf: Leaf) -> bool:
        return matches(leaf, record, fields, now=now, reader=reader)

    def actual(leaf: Leaf) -> Anything:
        if isinstance(leaf, Test):
            return record.get(leaf.field)
        if not isinstance(leaf, Related) or leaf.what is Aggregate.EXISTS:
            return None
        asked = absolute(Related(leaf.what, leaf.relation, leaf.field, leaf.where), fields, now=now, reader=reader)
        assert isinstance(asked, Related)
        return _asked_of(asked, record)

    return [_failure(leaf, actual(leaf), wanted=wanted) for leaf, wanted in standing_in_the_way(node, holds)]


def standing_in_the_way(node: Node, holds: Callable[[Leaf], bool], *, wanted: bool = True) -> list[tuple[Leaf, bool]]:
    """The leaves because of which the tree is not `wanted`, each with what it should have been."""
    if _answer(node, holds) is wanted:
        return []
    match node:
        case All(parts) | Any(parts):
            return [found for part in parts for found in standing_in_the_way(part, holds, wanted=wanted)]
        case Not(part):
            return standing_in_the_way(part, holds, wanted=not wanted)
        case _:
            return [(node, wanted)]


def _answer(node: Node, holds: Callable[[Leaf], bool]) -> bool:
    match node:
        case All(parts):
            return all(_answer(part, holds) for part in parts)
        case Any(parts):
            return any(_answer(part, holds) for part in parts)
        case Not(part):
            return not _answer(part, holds)
        case _:
            return holds(node)


def _failure(leaf: Leaf, actual: Anything, *, wanted: bool) -> Failure:
    written = show(leaf if wanted else Not(leaf))
    name = leaf.field if isinstance(leaf, Test) else leaf.relation if isinstance(leaf, Related) else ""
    return Failure(written, name, actual)


def _holds(node: Node, record: Record) -> bool:
    """Of a tree that is already absolute."""

    def leaf_holds(leaf: Leaf) -> bool:
        return _related(leaf, record) if isinstance(leaf, Related) else _test(leaf, _value(leaf, record))

    return _answer(node, leaf_holds)


def _value(leaf: Leaf, record: Record) -> Anything:
    assert isinstance(leaf, Test)
    return record.get(leaf.field)


def _related(node: Related, record: Record) -> bool:
    asked = _asked_of(node, record)
    if node.operator is None:
        return bool(asked)
    return _test(Test(node.field, node.operator, node.value), asked)


def _asked_of(node: Related, record: Record) -> Anything:
    children = [child for child in record.get(node.relation) or () if _holds(node.where, child)]
    if node.what in {Aggregate.EXISTS, Aggregate.COUNT}:
        return len(children)
    values = [child[node.field] for child in children if child.get(node.field) is not None]
    match node.what:
        case Aggregate.SUM:
            return sum((_plain(value) for value in values), Decimal())
        case Aggregate.LATEST:
            return max(values, default=None)
        case _:
            return min(values, default=None)


def _test(test: Leaf, actual: Anything) -> bool:
    assert isinstance(test, Test)
    if test.operator in OPPOSITE and test.operator not in {Operator.EQ, Operator.IN, Operator.CONTAINS, Operator.EMPTY}:
        return not _test(Test(test.field, OPPOSITE[test.operator], test.value), actual)
    if actual is None or actual == "":
        return test.operator is Operator.EMPTY
    value: Anything = test.value
    if isinstance(actual, list | tuple):
        return any(_test(test, one) for one in actual)
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
