"""Figures, days and phones as people read them. The clock stands on Monday, 16 November 2026, 09:00."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from guanxi.base.kernel import clock
from guanxi.base.ui import formats


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.ZONE)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_a_day_is_written_in_company_time():
    assert formats.day(date(2026, 3, 1)) == "2026-03-01"
    assert formats.day(at(16, 0, 30)) == "2026-11-16"
    assert formats.moment(at(16, 14, 5)) == "2026-11-16 14:05"
    assert formats.day(None) == formats.moment(None) == ""


def test_a_moment_is_told_as_people_say_it():
    assert formats.near(clock.now() - timedelta(seconds=20)) == "Just now"
    assert formats.near(at(16, 8, 51)) == "9 min ago"
    assert formats.near(at(16, 7)) == "Today 07:00"
    assert formats.near(at(15, 23, 30)) == "Yesterday 23:30"
    assert formats.near(at(2, 10)) == "11-02 10:00"
    assert formats.near(datetime(2025, 12, 31, 10, tzinfo=clock.ZONE)) == "2025-12-31"


def test_a_deadline_at_midnight_belongs_to_the_day_that_ends_then():
    assert formats.due(clock.end_of(date(2026, 11, 16))) == "Today"
    assert formats.due(clock.end_of(date(2026, 11, 15))) == "1 d late"
    assert formats.is_late(clock.end_of(date(2026, 11, 15)))
    assert not formats.is_late(clock.end_of(date(2026, 11, 16)))


def test_a_deadline_says_how_it_stands():
    assert formats.due(date(2026, 11, 13)) == "3 d late"
    assert formats.due(date(2026, 11, 17)) == "Tomorrow"
    assert formats.due(date(2026, 11, 21)) == "in 5 d"
    assert formats.due(date(2026, 12, 24)) == "12-24"
    assert formats.due(date(2027, 2, 6)) == "2027-02-06"


def test_figures_carry_separators_and_money_its_cents():
    assert formats.number(1234567) == "1,234,567"
    assert formats.money(Decimal("1234.5")) == "¥1,234.50"
    assert formats.money(Decimal("-20")) == "-¥20.00"
    assert formats.percent(0.923) == "92.3%"
    assert formats.percent(1.0) == "100%"
    assert formats.percent(None) == "–"
    assert formats.size(12_500_000) == "11.9 MB"


def test_phones_are_grouped_or_masked():
    assert formats.phone("13812345678") == "138 1234 5678"
    assert formats.phone("010-88886666") == "010-88886666"
    assert formats.masked_phone("13812345678") == "138****5678"
    assert formats.masked_phone(None) == ""


def test_a_long_day_is_chinese_in_chinese():
    with translation.override("zh-hans"):
        assert formats.long_day(date(2026, 11, 16)) == "2026年11月16日 星期一"
    assert formats.long_day(date(2026, 11, 16)) == "Monday, 2026-11-16"
