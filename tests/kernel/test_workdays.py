"""Working days over a calendar with holidays and swapped days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.base.kernel.workdays import (
    add_working_days,
    is_provisional,
    is_working,
    working_day_on_or_after,
    working_day_on_or_before,
    working_days_between,
)  # fmt: skip

# National Day 2026: 1 to 7 October off, Saturday 10 October worked instead.
CALENDAR = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}


@pytest.mark.req("ORG-06")
@pytest.mark.parametrize(
    ("day", "count", "lands"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
    ],
)
def test_holidays_are_skipped_and_swapped_days_count(day: date, count: int, lands: date) -> None:
    assert add_working_days(day, count, calendar=CALENDAR) == lands


def test_a_day_the_calendar_does_not_know_goes_by_its_weekday_and_says_so() -> None:
    assert is_working(date(2026, 11, 20), CALENDAR)
    assert not is_working(date(2026, 11, 21), CALENDAR)
    assert is_provisional(date(2026, 11, 20), CALENDAR)
    assert not is_provisional(date(2026, 10, 1), CALENDAR)


def test_the_nearest_working_day_is_found_both_ways() -> None:
    assert working_day_on_or_after(date(2026, 10, 2), calendar=CALENDAR) == date(2026, 10, 8)
    assert working_day_on_or_before(date(2026, 10, 4), calendar=CALENDAR) == date(2026, 9, 30)


@given(st.dates(date(2026, 9, 1), date(2026, 11, 1)), st.integers(-30, 30))
def test_counting_and_adding_agree(day: date, count: int) -> None:
    start = working_day_on_or_before(day, calendar=CALENDAR)
    there = add_working_days(start, count, calendar=CALENDAR)
    assert working_days_between(start, there, calendar=CALENDAR) == count


@given(st.dates(date(2026, 9, 1), date(2026, 11, 1)), st.integers(0, 40))
def test_a_later_end_never_has_fewer_working_days(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    assert working_days_between(first, last, calendar=CALENDAR) <= working_days_between(
        first, last + timedelta(days=1), calendar=CALENDAR
    )
