"""Working-day arithmetic over a calendar that somebody else keeps (the table in org, or a dict in tests)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
Calendar = Mapping[date, bool]


def is_working(day: date, calendar: Calendar) -> bool:
    """A day the calendar does not know counts as its weekday says; `is_provisional` tells so."""
    known = calendar.get(day)
    return day.weekday() < 5 if known is None else known


def is_provisional(day: date, calendar: Calendar) -> bool:
    return day not in calendar


def add_working_days(day: date, count: int, *, calendar: Calendar) -> date:
    """The count-th working day after `day` (before it, when negative). Zero is the day itself, working or not."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working(day, calendar)
    return day


def working_days_between(first: date, last: date, *, calendar: Calendar) -> int:
    """Working days after `first` up to and including `last`; negative when `last` is earlier."""
    if last < first:
        return -working_days_between(last, first, calendar=calendar)
    days = ((first + ONE_DAY * i) for i in range(1, (last - first).days + 1))
    return sum(is_working(day, calendar) for day in days)


def working_day_on_or_after(day: date, *, calendar: Calendar) -> date:
    while not is_working(day, calendar):
        day += ONE_DAY
    return day


def working_day_on_or_before(day: date, *, calendar: Calendar) -> date:
    while not is_working(day, calendar):
        day -= ONE_DAY
    return day
