"""Absences are recorded by who leads, never by oneself: ladders stand still meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed
from guanxi.base.org.actions import record_absence, withdraw_absence
from guanxi.base.org.models import Absence, Staff

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-17")]
People = Callable[[str], Actor]
FIRST, LAST = date(2026, 11, 18), date(2026, 11, 20)


@pytest.mark.parametrize("login", ["supervisor", "manager", "gm", "admin"])
def test_superiors_and_administrators_record_it(actor: People, staff: Callable[[str], Staff], login: str) -> None:
    record_absence(staff("rep").pk, FIRST, LAST, reason="出差", actor=actor(login))
    absence = Absence.objects.get(staff=staff("rep"))
    assert (absence.starts_on, absence.ends_on, absence.reason) == (FIRST, LAST, "出差")
    assert Entry.objects.get(name="org:absence:recorded").personal == {"reason": [None, "出差"]}


@pytest.mark.parametrize("login", ["rep", "colleague", "hangzhou", "stranger"])
def test_nobody_else_does(actor: People, staff: Callable[[str], Staff], login: str) -> None:
    with pytest.raises(NotAllowed):
        record_absence(staff("rep").pk, FIRST, LAST, reason="", actor=actor(login))


@pytest.mark.parametrize("login", ["supervisor", "admin"])
def test_nobody_records_the_own_absence(actor: People, staff: Callable[[str], Staff], login: str) -> None:
    with pytest.raises(NotAllowed):
        record_absence(staff(login).pk, FIRST, LAST, reason="", actor=actor(login))


def test_a_day_is_absent_only_once(actor: People, staff: Callable[[str], Staff]) -> None:
    record_absence(staff("rep").pk, FIRST, LAST, reason="", actor=actor("admin"))
    with pytest.raises(Invalid):
        record_absence(staff("rep").pk, LAST, date(2026, 11, 25), reason="", actor=actor("admin"))
    with pytest.raises(Invalid):
        record_absence(staff("rep").pk, LAST, FIRST, reason="", actor=actor("admin"))
    assert Absence.objects.count() == 1


def test_it_can_be_withdrawn_by_who_may_record_it(actor: People, staff: Callable[[str], Staff]) -> None:
    absence = record_absence(staff("rep").pk, FIRST, LAST, reason="", actor=actor("manager"))
    with pytest.raises(NotAllowed):
        withdraw_absence(absence.pk, actor=actor("hangzhou"))
    withdraw_absence(absence.pk, actor=actor("supervisor"))
    assert not Absence.objects.exists()


def test_the_card_keeps_what_was_typed(browse: Callable[[str], Client], staff: Callable[[str], Staff]) -> None:
    path = f"/settings/staff/{staff('rep').pk}/absences"
    response = browse("supervisor").post(path, {"starts_on": "2026-11-20", "ends_on": "2026-11-18", "reason": "探亲"})
    assert response.status_code == 422
    assert "结束日期早于开始日期" in response.content.decode()
    assert "探亲" in response.content.decode()
