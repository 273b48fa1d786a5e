"""The lunar calendar as birthdays need it (trust F-41)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.base.kernel.errors import Unreadable
from guanxi.base.kernel.lunar import (
    LunarDay,
    birthday_days,
    birthday_in_lunar_year,
    lunar_birthdays_in,
    lunar_of,
    months_of,
    solar_of,
)  # fmt: skip


@pytest.mark.req("CUS-18")
@pytest.mark.parametrize(
    ("solar", "lunar"),
    [
        (date(2025, 1, 29), LunarDay(2025, 1, 1)),
        (date(2026, 2, 17), LunarDay(2026, 1, 1)),
        (date(2026, 9, 25), LunarDay(2026, 8, 15)),
        (date(2025, 7, 25), LunarDay(2025, 6, 1, is_leap=True)),
        (date(2026, 2, 16), LunarDay(2025, 12, 29)),
        (date(1955, 3, 10), LunarDay(1955, 2, 17)),
        (date(1986, 5, 4), LunarDay(1986, 3, 26)),
    ],
)
def test_known_days_agree_both_ways(solar: date, lunar: LunarDay) -> None:
    assert lunar_of(solar) == lunar
    assert solar_of(lunar) == solar


@pytest.mark.req("CUS-18")
def test_the_years_without_a_thirtieth_of_the_last_month_are_the_known_ones() -> None:
    short = [year for year in range(2020, 2033) if months_of(year)[-1].days == 29]
    assert short == [2021, 2024, 2025, 2026, 2027, 2028, 2030, 2031]


@pytest.mark.req("CUS-18")
def test_the_leap_months_are_the_known_ones() -> None:
    leap = {year: month.month for year in range(2017, 2034) for month in months_of(year) if month.is_leap}
    assert leap == {2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11}


@pytest.mark.req("CUS-18")
def test_a_missing_thirtieth_falls_on_the_twenty_ninth() -> None:
    assert birthday_in_lunar_year(12, 30, year=2025) == date(2026, 2, 16)
    assert birthday_in_lunar_year(12, 30, year=2023) == date(2024, 2, 9)


@pytest.mark.req("CUS-18")
def test_a_leap_month_birthday_falls_on_the_ordinary_month_in_other_years() -> None:
    assert birthday_in_lunar_year(6, 1, year=2025, is_leap=True) == date(2025, 7, 25)
    assert birthday_in_lunar_year(6, 1, year=2026, is_leap=True) == birthday_in_lunar_year(6, 1, year=2026)
    assert birthday_in_lunar_year(6, 1, year=2025) == date(2025, 6, 25)


@pytest.mark.req("CUS-18")
def test_a_solar_year_may_see_a_late_birthday_twice_or_never() -> None:
    counts = {len(lunar_birthdays_in(year, month=11, day=25)) for year in range(2000, 2030)}
    assert counts == {0, 1, 2}


@pytest.mark.req("CUS-18")
@pytest.mark.parametrize("day", [LunarDay(2025, 12, 30), LunarDay(2026, 6, 1, is_leap=True), LunarDay(2026, 13, 1)])
def test_days_that_never_were_are_refused(day: LunarDay) -> None:
    with pytest.raises(Unreadable):
        solar_of(day)


def test_years_beyond_the_tables_are_refused() -> None:
    with pytest.raises(Unreadable):
        months_of(2101)


@given(st.dates(date(1900, 2, 1), date(2100, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_every_day_goes_there_and_back(day: date) -> None:
    assert solar_of(lunar_of(day)) == day


def test_every_lunar_year_joins_the_next_without_a_gap() -> None:
    for year in range(1901, 2100):
        last = months_of(year)[-1]
        assert last.first + timedelta(days=last.days) == months_of(year + 1)[0].first


@given(st.integers(1, 12), st.integers(1, 30), st.booleans(), st.integers(1990, 2050))
@settings(max_examples=100, deadline=None)
def test_the_table_for_rules_says_the_same_as_the_arithmetic(month: int, day: int, is_leap: bool, year: int) -> None:
    table = birthday_days(date(year, 1, 1), date(year, 12, 31))
    assert [s for s, *rest in table if rest == [month, day, is_leap]] == lunar_birthdays_in(
        year, month=month, day=day, is_leap=is_leap
    )
