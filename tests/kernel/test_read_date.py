"""Dates in all the written forms; impossible, future and two-faced ones are refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Unreadable

TODAY = date(2026, 11, 21)
FORMS = [
    "{0}-{1:02}-{2:02}", "{0}/{1}/{2}", "{0}.{1:02}.{2:02}", "{0}年{1}月{2}日", "{0}{1:02}{2:02}", "{0}-{1}-{2} 00:00",
    "{0}-{1:02}-{2:02}T08:30:00+08:00", " {0}年{1:02}月{2:02}号\u3000", "{0}年 {1}月 {2}日",
]  # fmt: skip


@pytest.mark.req("DAT-01")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-09-27", date(2026, 9, 27)),
        ("2026/9/27", date(2026, 9, 27)),
        ("2026.10.11", date(2026, 10, 11)),
        ("2026年10月1日", date(2026, 10, 1)),
        ("２０２６－０９－２７", date(2026, 9, 27)),
        ("２０２６年９月２７日", date(2026, 9, 27)),
        ("20260927", date(2026, 9, 27)),
        ("2026/9/27 0:00:00", date(2026, 9, 27)),
        ("二〇二六年九月二十七日", date(2026, 9, 27)),
        ("一九四八年十二月十日", date(1948, 12, 10)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-11-21", TODAY),
    ],
)
def test_a_date_with_its_year_first_is_read(written: str, read: date) -> None:
    assert read_date(written, today=TODAY) == read


@pytest.mark.req("DAT-01")
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "date_missing"),
        ("2026-02-30", "date_impossible"),
        ("2025-02-29", "date_impossible"),
        ("2026-13-01", "date_impossible"),
        ("2026年九月十月", "date_word"),
        ("二〇二六年十十月一日", "date_impossible"),
        ("昨天", "date_word"),
        ("31/12/2026", "date_order"),
        ("03/04/2026", "date_order"),
        ("13/45/2026", "date_order"),
        ("26-9-27", "date_order"),
        ("46292", "date_serial"),
        ("46292.5", "date_serial"),
        ("2026年9月", "date_incomplete"),
        ("2026", "date_incomplete"),
        ("2026-11-22", "date_future"),
        ("2206-09-27", "date_year"),
        ("1026-09-27", "date_year"),
        ("=TODAY()", "date_word"),
    ],
)
def test_a_date_that_is_none_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_date(written, today=TODAY)
    assert refused.value.code == code


@pytest.mark.req("DAT-01")
def test_a_day_to_come_is_read_where_it_may_be() -> None:
    assert read_date("2026-12-31", today=TODAY, may_be_future=True) == date(2026, 12, 31)


@pytest.mark.req("DAT-01")
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(FORMS))
def test_every_day_survives_every_form(day: date, form: str) -> None:
    written = form.format(day.year, day.month, day.day)
    assert read_date(written, today=day) == day
    with pytest.raises(Unreadable):
        read_date(written, today=day - timedelta(days=1))
