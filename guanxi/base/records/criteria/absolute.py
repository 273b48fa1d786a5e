"""Relative and whole-day comparisons turned into plain bounds, so that an index on the column can answer them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from guanxi.base.kernel import clock

from .fields import Fields, Kind
from .tree import All, Any, Node, Not, Operator, Relative, Test, Unit, Value

_STEPS = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
}
_FIRST, _LAST = date(1, 1, 2), date(9999, 12, 30)


def absolute(node: Node, fields: Fields, *, now: datetime) -> Node:
    """The same tree with days and moments only; `now` is company time."""
    match node:
        case Test():
            return _test(node, fields[node.field].kind, now)
        case Not(part):
            return Not(absolute(part, fields, now=now))
        case All(parts):
            return All(tuple(absolute(part, fields, now=now) for part in parts))
        case Any(parts):
            return Any(tuple(absolute(part, fields, now=now) for part in parts))


def _test(test: Test, kind: Kind, now: datetime) -> Node:
    if kind not in {Kind.DATE, Kind.MOMENT} or test.value is None or isinstance(test.value, tuple):
        return test
    value = _resolve(test.value, now)
    if kind is Kind.DATE:
        day = clock.local_date(value) if isinstance(value, datetime) else value
        return Test(test.field, test.operator, day, test.position)
    if isinstance(value, datetime):
        return Test(test.field, test.operator, value, test.position)
    assert isinstance(value, date)
    return _whole_day(test, clock.start_of(value), clock.end_of(value))


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
