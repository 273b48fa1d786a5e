"""Relative and whole-day comparisons turned into plain bounds, so that an index on the column can answer them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from guanxi.base.kernel import clock

from .fields import NOBODY, Fields, Kind, Reader
from .tree import (
    All,
    InSegment,
    Leaf,
    Mine,
    Node,
    Not,
    Operator,
    Reference,
    Related,
    Relative,
    Test,
    Unit,
    Value,
    replaced,
)

_STEPS = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
}
_FIRST, _LAST = date(1, 1, 2), date(9999, 12, 30)


def absolute(node: Node, fields: Fields, *, now: datetime, reader: Reader = NOBODY) -> Node:
    """The same tree with days, moments and ids only; `now` is company time."""

    def change(leaf: Leaf) -> Node:
        match leaf:
            case Test():
                return _test(leaf, fields[leaf.field].kind, now, reader)
            case Related():
                return _related(leaf, fields, now, reader)
            case InSegment():
                raise TypeError("Segments are put in their place before criteria are answered.")

    return replaced(node, change)


def _related(node: Related, fields: Fields, now: datetime, reader: Reader) -> Node:
    relation = fields.relation(node.relation)
    assert relation is not None
    node = replace(node, where=absolute(node.where, relation.fields, now=now, reader=reader))
    if node.operator is None or not node.field:
        return node
    asked = _test(Test(node.field, node.operator, node.value), relation.fields[node.field].kind, now, reader)

    def back(leaf: Leaf) -> Node:
        assert isinstance(leaf, Test)
        return replace(node, operator=leaf.operator, value=leaf.value)

    return replaced(asked, back)


def _test(test: Test, kind: Kind, now: datetime, reader: Reader) -> Node:
    if test.value is None:
        return test
    if kind is Kind.REFERENCE:
        return _reference(test, reader)
    if kind not in {Kind.DATE, Kind.MOMENT} or isinstance(test.value, tuple):
        return test
    if test.operator is Operator.WITHIN and isinstance(test.value, Relative):
        return _window(test, kind, now)
    value = _resolve(test.value, now)
    if kind is Kind.DATE:
        day = clock.local_date(value) if isinstance(value, datetime) else value
        return Test(test.field, test.operator, day, test.position)
    if isinstance(value, datetime):
        return Test(test.field, test.operator, value, test.position)
    assert isinstance(value, date)
    # The last day of the calendar has no end, the first none before it everywhere on earth.
    value = min(max(value, _FIRST), _LAST)
    return _whole_day(test, clock.start_of(value), clock.end_of(value))


def _window(test: Test, kind: Kind, now: datetime) -> Node:
    """From then until now, or from now until then; both ends count."""
    assert isinstance(test.value, Relative)
    ends: list[date] = sorted([now, _moved(now, test.value)])
    if kind is Kind.DATE:
        ends = [clock.local_date(end) for end in ends if isinstance(end, datetime)]
    return All((Test(test.field, Operator.GE, ends[0]), Test(test.field, Operator.LE, ends[1])))


def _reference(test: Test, reader: Reader) -> Test:
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    ids: list[Decimal] = []
    for value in values:
        if isinstance(value, Mine):
            ids += [Decimal(found) for found in reader.of(value.what)]
        elif isinstance(value, Reference):
            ids.append(Decimal(value.id))
    is_negative = test.operator in {Operator.NE, Operator.NOT_IN}
    return Test(test.field, Operator.NOT_IN if is_negative else Operator.IN, tuple(ids), test.position)


def _whole_day(test: Test, start: datetime, end: datetime) -> Node:
    """A moment compared with a day: on it, before it begins, after it ends."""
    within = All((Test(test.field, Operator.GE, start), Test(test.field, Operator.LT, end)))
    match test.operator:
        case Operator.EQ:
            return within
        case Operator.NE:
            return Not(within)
        case Operator.LT | Operator.GE:
            return Test(test.field, test.operator, start, test.position)
        case Operator.LE:
            return Test(test.field, Operator.LT, end, test.position)
        case _:
            return Test(test.field, Operator.GE, end, test.position)


def _resolve(value: Value, now: datetime) -> Value:
    if isinstance(value, Relative):
        return _moved(now if value.base == "now" else clock.local_date(now), value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=clock.ZONE)
    return value


def _moved(start: date, by: Relative) -> date:
    if by.unit in {Unit.HOUR, Unit.MINUTE} and not isinstance(start, datetime):
        start = clock.start_of(start)
    try:
        if by.unit in _STEPS:
            return start + by.amount * _STEPS[by.unit]
        return _months_later(start, by.amount * (12 if by.unit is Unit.YEAR else 1))
    except (OverflowError, ValueError):
        edge = _FIRST if by.amount < 0 else _LAST
        return clock.start_of(edge) if isinstance(start, datetime) else edge


def _months_later(start: date, months: int) -> date:
    """The same day of another month, or its last day (31 January plus a month is the end of February)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))
