"""The working calendar: official where announced, assumed where not, edited by administrators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed
from guanxi.base.org.actions import change_days, extend_calendar
from guanxi.base.org.calendar import fill_calendar
from guanxi.base.org.models import CalendarDay

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-02")]
People = Callable[[str], Actor]
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


def day(of: date) -> CalendarDay:
    return CalendarDay.objects.get(day=of)


def test_a_day_made_free_is_not_counted_any_more(actor: People) -> None:
    before = day(date(2026, 12, 31)).number
    change_days([FRIDAY], is_working=False, name="周年庆", actor=actor("admin"))
    assert (day(FRIDAY).is_working, day(FRIDAY).name) == (False, "周年庆")
    assert day(date(2026, 12, 31)).number == before - 1
    assert day(FRIDAY).number == day(date(2026, 11, 19)).number


def test_numbers_count_working_days_without_a_gap(actor: People) -> None:
    change_days([SATURDAY, date(2026, 11, 22)], is_working=True, name="盘点", actor=actor("admin"))
    rows = CalendarDay.objects.order_by("day").values_list("is_working", "number")
    count = 0
    for is_working, number in rows:
        count += is_working
        assert number == count


def test_the_change_is_told_so_that_deadlines_follow(actor: People) -> None:
    change_days([FRIDAY, SATURDAY], is_working=False, name="", actor=actor("admin"))
    assert EventRow.objects.get(name="org:calendar:changed").ids == [20261120]
    assert Entry.objects.get(name="org:calendar:changed").changes == {"2026-11-20": [True, False]}


def test_days_edited_by_hand_stay_when_the_year_is_filled_again(actor: People) -> None:
    change_days([FRIDAY], is_working=False, name="周年庆", actor=actor("admin"))
    fill_calendar(2026, 2026)
    assert not day(FRIDAY).is_working


def test_a_year_without_official_data_assumes_weekdays_and_says_so(actor: People) -> None:
    extend_calendar(2029, actor=actor("admin"))
    year = CalendarDay.objects.filter(day__year=2029)
    assert year.count() == 365
    assert all(d.is_provisional and d.is_working == (d.day.weekday() < 5) for d in year)
    assert len(EventRow.objects.get(name="org:calendar:changed").ids) == 365


def test_official_data_replaces_what_was_assumed(actor: People) -> None:
    CalendarDay.objects.filter(day=date(2026, 10, 1)).update(is_working=True, is_provisional=True, name="")
    extend_calendar(2026, actor=actor("admin"))
    assert (day(date(2026, 10, 1)).is_working, day(date(2026, 10, 1)).is_provisional) == (False, False)
    assert EventRow.objects.get(name="org:calendar:changed").ids == [20261001]


def test_days_beyond_the_calendar_and_far_years_are_refused(actor: People) -> None:
    with pytest.raises(Invalid):
        change_days([date(2050, 1, 1)], is_working=False, name="", actor=actor("admin"))
    with pytest.raises(Invalid):
        extend_calendar(2050, actor=actor("admin"))


@pytest.mark.parametrize("login", ["rep", "manager", "gm"])
def test_only_administrators_change_it(actor: People, login: str) -> None:
    with pytest.raises(NotAllowed):
        change_days([FRIDAY], is_working=False, name="", actor=actor(login))


def test_the_screen_shows_a_year_and_edits_several_days_at_once(browse: Callable[[str], Client]) -> None:
    admin = browse("admin")
    assert "国庆" in admin.get("/settings/calendar?year=2026").content.decode()
    entries = {"working": "no", "name": "年会", "until": "2026-11-20"}
    assert admin.post("/settings/calendar/2026-11-19", entries).status_code == 302
    assert set(CalendarDay.objects.filter(name="年会").values_list("day", flat=True)) == {date(2026, 11, 19), FRIDAY}
    assert admin.post("/settings/calendar/2026-11-19", entries | {"until": "x"}).status_code == 422
    for odd in ("2026-02-30", "9999-99-99", "nonsense", "2050-01-01"):
        assert admin.get(f"/settings/calendar/{odd}").status_code == 404
