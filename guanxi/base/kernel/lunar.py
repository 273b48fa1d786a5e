"""The Chinese lunar calendar, as birthdays need it.

A birthday in a leap month falls on the ordinary month in years without that leap month; the 30th of a month
that has only 29 days falls on the 29th. Both hold per lunar year, so a solar year may see a birthday of the
12th month twice, once or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from lunar_python import LunarYear

from .errors import Unreadable

FIRST_YEAR, LAST_YEAR = 1900, 2100
# Julian day number of 0001-01-01, counted as date.toordinal() counts (that day is 1).
_JULIAN_OFFSET = 1721424.5
_MONTHS = ["正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月"]
_TENS = ["初", "十", "廿", "三"]
_ONES = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]


@dataclass(frozen=True, order=True)
class LunarDay:
    year: int
    month: int
    day: int
    is_leap: bool = False

    def __str__(self) -> str:
        return f"{'闰' if self.is_leap else ''}{_MONTHS[self.month - 1]}{_day_name(self.day)}"


@dataclass(frozen=True)
class LunarMonth:
    year: int
    month: int
    is_leap: bool
    first: date
    days: int

    def on(self, day: int) -> date:
        """The 30th of a short month is its 29th."""
        return self.first + timedelta(days=min(day, self.days) - 1)


@lru_cache(maxsize=256)
def months_of(year: int) -> tuple[LunarMonth, ...]:
    """The 12 or 13 months of a lunar year, in order."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(_("The lunar calendar is known from 1900 to 2100."), code="lunar_year")
    return tuple(
        LunarMonth(
            year=year,
            month=abs(month.getMonth()),
            is_leap=month.getMonth() < 0,
            first=date.fromordinal(int(month.getFirstJulianDay() - _JULIAN_OFFSET)),
            days=month.getDayCount(),
        )
        for month in LunarYear.fromYear(year).getMonthsInYear()
    )


def lunar_of(day: date) -> LunarDay:
    for year in (day.year, day.year - 1):
        for month in months_of(year):
            past = (day - month.first).days
            if 0 <= past < month.days:
                return LunarDay(year, month.month, past + 1, month.is_leap)
    raise Unreadable(_("The lunar calendar is known from 1900 to 2100."), code="lunar_year")


def solar_of(day: LunarDay) -> date:
    """The exact day; refuses a 30th or a leap month which that year does not have."""
    for month in months_of(day.year):
        if (month.month, month.is_leap) == (day.month, day.is_leap) and 1 <= day.day <= month.days:
            return month.on(day.day)
    raise Unreadable(_("There is no such day in the lunar calendar."), code="lunar_impossible")


def birthday_in_lunar_year(month: int, day: int, *, year: int, is_leap: bool = False) -> date:
    """Where the birthday falls in a lunar year, by the two rules above."""
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise Unreadable(_("There is no such day in the lunar calendar."), code="lunar_impossible")
    of_year = {(found.month, found.is_leap): found for found in months_of(year)}
    return (of_year.get((month, is_leap)) or of_year[month, False]).on(day)


def lunar_birthdays_in(year: int, *, month: int, day: int, is_leap: bool = False) -> list[date]:
    """The days of a solar year on which the birthday falls: mostly one, for late months none or two."""
    found = (birthday_in_lunar_year(month, day, year=lunar, is_leap=is_leap) for lunar in (year - 1, year))
    return [birthday for birthday in found if birthday.year == year]


def birthday_days(first: date, last: date) -> Iterator[tuple[date, int, int, bool]]:
    """Every (solar day, month, day, is_leap) whose birthday falls within the span: the table that rules join.

    A short month's 29th stands for the 30th too; an ordinary month stands for its leap twin in years without one.
    """
    for year in range(first.year - 1, last.year + 1):
        for month in months_of(year):
            for solar, day in _days_with_missing_30th(month):
                for is_leap in _birthdays_of(month):
                    if first <= solar <= last:
                        yield solar, month.month, day, is_leap


def _days_with_missing_30th(month: LunarMonth) -> list[tuple[date, int]]:
    return [(month.on(day), day) for day in range(1, 31)]


def _birthdays_of(month: LunarMonth) -> list[bool]:
    if month.is_leap:
        return [True]
    has_twin = any(other.is_leap and other.month == month.month for other in months_of(month.year))
    return [False] if has_twin else [False, True]


def _day_name(day: int) -> str:
    if day in (10, 20, 30):
        return {10: "初十", 20: "二十", 30: "三十"}[day]
    return _TENS[day // 10] + _ONES[day % 10 - 1]
