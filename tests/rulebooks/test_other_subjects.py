"""Duties about people, units and departures: cycles, people of the subject, evidence of its own."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.org.actions.absence import record_absence
from guanxi.base.org.models import Departure, Post, Role, Unit
from guanxi.core.documents import events as documents
from guanxi.core.documents.models import Document
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.registry import EVIDENCE, SOURCES, SUBJECTS

from .conftest import at, move_to

pytestmark = pytest.mark.django_db
HEAD = "rulebook: other\ntitle: 其他\nrules:\n"
LEAVING = (
    HEAD
    + """
  - id: handed-over
    article: 离职前移交
    topic: leaving
    subject: departure
    when: announced
    by: owner
    steps: [{due: 0 days, purpose: 移交全部档案}]
    evidence: {state: [received], by: anyone}
    ladder:
      - {at: due - 1 day, remind: assignee}
      - {at: due, tell: superior}
      - {at: due, tell: receiver}
"""
)
DAILY = (
    HEAD
    + """
  - id: daily
    article: 每日检查
    topic: supervision
    subject: staff
    when: workday
    who: role = "service-doctor"
    by: owner
    steps: [{due: 0 days, purpose: 检查当日回访}]
    evidence: {file: [minutes]}
    ladder: [{at: due + 1 day, tell: superior}]
"""
)
MONTHLY = (
    HEAD
    + """
  - id: meeting
    article: 每月联席会议
    topic: meeting
    subject: unit
    when: month
    who: kind = "branch"
    by: {role: service-manager}
    steps: [{due: 0 days, purpose: 召开联席会议}]
    evidence: {file: [minutes], by: anyone}
"""
)


def duties() -> list[Duty]:
    return list(Duty.objects.order_by("subject_id", "occurrence", "step"))


def attach(duty: Duty, who, *, label: str = "minutes", actor) -> Document:
    document = Document.objects.create(
        record_kind="duty", record_id=duty.pk, label=label, title="纪要", staff=who, created_at=clock.now()
    )
    events.publish(Event(documents.ATTACHED, "duty", [duty.pk]), actor=actor)
    return document


@pytest.fixture
def leaving(staff, actor):
    departure = Departure.objects.create(
        staff=staff("rep"), leaves_on=date(2026, 11, 30), receiver=staff("doctor"), announced_at=clock.now()
    )
    tell(departure, "announced", actor)
    return departure


def tell(departure, step, actor):
    events.publish(Event(f"org:departure:{step}", "departure", [departure.pk]), actor=actor("manager"))


@pytest.mark.req("RB-21.18")
def test_who_leaves_hands_everything_over_by_the_last_day(approve, staff, actor):
    approve(LEAVING)
    departure = Departure.objects.create(
        staff=staff("rep"), leaves_on=date(2026, 11, 30), receiver=staff("doctor"), announced_at=clock.now()
    )
    tell(departure, "announced", actor)
    duty = Duty.objects.get()
    assert (duty.assignee, duty.due_on, duty.customer, duty.unit.code) == (
        staff("rep"),
        date(2026, 11, 30),
        None,
        "chengdu-sales",
    )
    departure.received_at, departure.received_by = clock.now(), staff("doctor")
    departure.save()
    tell(departure, "received", actor)
    duty.refresh_from_db()
    assert (duty.state, duty.evidence_key, duty.evidence_id) == ("done", "departure-state", departure.pk)
    departure.received_at = None
    departure.save()
    tell(departure, "changed", actor)
    duty.refresh_from_db()
    assert (duty.state, duty.evidence_id) == ("open", None)


def test_a_departure_called_off_takes_its_duty_along(approve, leaving, actor):
    approve(LEAVING)
    leaving.cancelled_at = clock.now()
    leaving.save()
    tell(leaving, "cancelled", actor)
    assert [(d.state, d.withdrawn_why) for d in duties()] == [("withdrawn", "occasion")]


def test_another_last_day_moves_the_deadline(approve, leaving, actor):
    approve(LEAVING)
    leaving.leaves_on = date(2026, 12, 4)
    leaving.save()
    tell(leaving, "changed", actor)
    assert [d.due_on for d in duties()] == [date(2026, 12, 4)]


def test_what_has_no_customer_climbs_too_and_is_called_by_its_name(approve, leaving):
    approve(LEAVING)
    move_to(at(11, 30))
    run_rules()
    rows = Message.objects.filter(kind__startswith="rulebooks:duty")
    found = [(m.recipient.account.login, m.kind.split(":")[-1], m.params["customer"]) for m in rows]
    assert sorted(found) == [("doctor", "late", "邱远"), ("rep", "remind", "邱远"), ("supervisor", "late", "邱远")]


@pytest.mark.req("RB-21.13")
def test_each_working_day_has_its_own_duty_for_everybody_with_the_role(approve, staff):
    approve(DAILY, effective_on=date(2026, 11, 12))
    found = [(d.subject_id, d.occurrence, d.is_caught_up) for d in duties()]
    doctor = staff("doctor").pk
    assert found == [
        (doctor, "2026-11-12", True),
        (doctor, "2026-11-13", True),
        (doctor, "2026-11-16", False),
    ]
    move_to(at(11, 18, 0, 5))
    run_rules()
    assert [d.occurrence for d in duties()][-2:] == ["2026-11-17", "2026-11-18"]
    assert {d.state for d in duties()} == {"open"}


def test_count_from_is_about_earlier_events_and_asks_nothing_of_the_days_before(approve, staff):
    approve(DAILY, effective_on=date(2026, 11, 12), anchors_from=date(2026, 1, 1))
    assert min(Duty.objects.values_list("occurrence", flat=True)) == "2026-11-12"


def test_a_day_of_absence_asks_for_nothing(approve, staff, actor):
    approve(DAILY, effective_on=date(2026, 11, 16))
    record_absence(staff("doctor").pk, date(2026, 11, 16), date(2026, 11, 17), reason="", actor=actor("gm"))
    assert [(d.occurrence, d.state, d.withdrawn_why) for d in duties()] == [("2026-11-16", "withdrawn", "occasion")]


def test_who_takes_the_role_owes_nothing_of_the_days_before(approve, staff, actor):
    approve(DAILY, effective_on=date(2026, 11, 12))
    Post.objects.create(
        staff=staff("service"),
        unit=Unit.objects.get(code="chengdu"),
        role=Role.objects.get(key="service-doctor"),
        is_main=False,
        starts_on=date(2026, 11, 16),
    )
    events.publish(Event("org:posts:changed", "staff", [staff("service").pk]), actor=actor("admin"))
    assert [d.occurrence for d in duties() if d.assignee == staff("service")] == ["2026-11-16"]


def test_who_loses_the_role_keeps_what_was_due_before(approve, staff):
    approve(DAILY, effective_on=date(2026, 11, 16))
    move_to(at(11, 17))
    run_rules()
    Post.objects.filter(staff=staff("doctor")).update(ends_on=date(2026, 11, 16))
    run_rules()
    assert [(d.occurrence, d.state) for d in duties()] == [("2026-11-16", "open"), ("2026-11-17", "withdrawn")]


def test_who_has_left_owes_nothing(approve, staff):
    approve(DAILY, effective_on=date(2026, 11, 16))
    person = staff("doctor")
    person.left_on = date(2026, 11, 16)
    person.save()
    move_to(at(11, 17))
    run_rules()
    assert [(d.state, d.withdrawn_why) for d in duties()] == [("withdrawn", "left")]


@pytest.mark.req("RB-21.19")
def test_each_branch_meets_once_a_month_and_the_minutes_prove_it(approve, staff, actor):
    approve(MONTHLY, effective_on=date(2026, 10, 5))
    branches = Unit.objects.filter(kind="branch")
    assert [(d.occurrence, d.due_on) for d in duties()] == [
        (month, day)
        for _branch in branches
        for month, day in (("2026-10", date(2026, 10, 31)), ("2026-11", date(2026, 11, 30)))
    ]
    here = Duty.objects.get(unit__code="chengdu", occurrence="2026-11")
    assert (here.assignee, Duty.objects.filter(unit__code="hangzhou", assignee=None).count()) == (staff("service"), 2)
    attach(here, staff("service"), label="photo", actor=actor("service"))
    here.refresh_from_db()
    assert here.state == "open"
    document = attach(here, staff("service"), actor=actor("service"))
    here.refresh_from_db()
    assert (here.state, here.settled_late, here.evidence_id) == ("done", False, document.pk)
    document.removed_at = clock.now()
    document.save()
    events.publish(Event(documents.REMOVED, "duty", [here.pk]), actor=actor("service"))
    here.refresh_from_db()
    assert here.state == "open"


def test_minutes_of_one_month_prove_nothing_of_another(approve, staff, actor):
    approve(MONTHLY, effective_on=date(2026, 10, 5))
    attach(Duty.objects.get(unit__code="chengdu", occurrence="2026-11"), staff("service"), actor=actor("service"))
    states = Duty.objects.filter(unit__code="chengdu").order_by("occurrence").values_list("state", flat=True)
    assert list(states) == ["open", "done"]


@pytest.mark.req("POL-01")
def test_a_rulebook_for_one_unit_holds_for_what_has_no_customer_too(approve):
    chengdu = Unit.objects.get(code="chengdu")
    approve(MONTHLY, unit_ids=[chengdu.pk])
    assert [d.unit for d in duties()] == [chengdu]


def test_a_person_named_by_number_has_the_duty(approve, staff):
    number = staff("gm").number
    approve(MONTHLY.replace("{role: service-manager}", f"{{named: '{number}'}}"))
    assert {d.assignee for d in duties()} == {staff("gm")}


def test_no_statement_is_left_without_what_it_names(db):
    """Each registered subject, source and provider is SQL that runs."""
    values = {"since": date(2026, 11, 1), "today": date(2026, 11, 16)}
    with connection.cursor() as cursor:
        for source in SOURCES:
            subject = SUBJECTS.find(source.subject)
            expressions = [subject.id, subject.customer, subject.unit, subject.owner, *subject.people.values()]
            expressions += [source.anchor, source.opens or "NULL", source.occurrence]
            alive = " AND ".join(f"({one.sql})" for one in subject.alive) or "TRUE"
            cursor.execute(
                f"SELECT {', '.join(expressions)} FROM {subject.relation} {source.joins}"
                f" WHERE ({source.where}) AND {alive}",
                values,
            )
            if subject.name:
                cursor.execute(f"SELECT {subject.name} FROM {subject.relation}", values)
        for one in EVIDENCE:
            about = "e.customer_id" if one.about == "customer" else "e.subject_id"
            more = [] if one.about == "customer" else ["e.subject_kind"]
            more += ["e.occurrence"] * one.has_occurrence + list(one.qualities.values())
            columns = ", ".join([about, "e.id", "e.kind", "e.staff_id", "e.happened_at", "e.recorded_at", *more])
            cursor.execute(f"SELECT {columns} FROM {one.relation} WHERE {one.exists}", values)
