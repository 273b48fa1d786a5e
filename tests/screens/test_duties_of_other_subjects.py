"""Duties about what has no customer: named, linked, and led to where their evidence is made."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Departure, Staff
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from tests.rulebooks.test_other_subjects import LEAVING

from .conftest import copies, rows_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def duty(db):
    chief = Actor.system("test")
    approve_version(save_draft(LEAVING, actor=chief).pk, actor=chief, effective_on=date(2026, 11, 1))
    people = {login: Staff.objects.get(account__login=login) for login in ("rep", "doctor")}
    departure = Departure.objects.create(
        staff=people["rep"], receiver=people["doctor"], leaves_on=date(2026, 11, 20), announced_at=clock.now()
    )
    events.publish(Event("org:departure:announced", "departure", [departure.pk]), actor=chief)
    return Duty.objects.get()


def test_the_row_names_the_subject_and_leads_to_where_it_is_done(browse, duty):
    page = text_of(browse("rep").get("/"))
    place = f"/departures/{duty.subject_id}"
    assert f'<a class="name" href="{place}">邱远</a>' in page
    assert f'href="{place}" data-do="log"' in page
    assert f"/duties/{duty.pk}/log" not in page


def test_names_cost_one_query_however_many_rows(browse, duty, django_assert_num_queries):
    client = browse("rep")
    client.get("/")  # the first request writes the session
    with django_assert_num_queries(4):
        client.get("/")
    copies(duty, 30)
    with django_assert_num_queries(4):
        assert len(rows_of(client.get("/"))) > 10


def test_the_page_of_the_duty_says_what_settles_it_and_what_did(browse, duty):
    client = browse("rep")
    page = text_of(client.get(f"/duties/{duty.pk}"))
    assert "接收人确认全部收到" in page
    assert f'href="/departures/{duty.subject_id}"' in page
    Departure.objects.update(received_at=clock.now())
    run_rules()
    assert "离职：接收人确认全部收到" in text_of(client.get(f"/duties/{duty.pk}"))
    assert ">1<" in text_of(client.get("/")).split("今天已办")[0].rsplit("value", 1)[-1]


def test_recording_a_contact_leads_on_to_where_it_is_done(browse, duty):
    answer = browse("rep").get(f"/duties/{duty.pk}/log")
    assert (answer.status_code, answer["Location"]) == (302, f"/departures/{duty.subject_id}")
