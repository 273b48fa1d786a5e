"""The statements against the model, over random histories of doctors, their days and departures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import events as org
from guanxi.base.org.models import Absence, CalendarDay, Departure, Post, Role, Staff, Unit
from guanxi.core.documents import events as documents
from guanxi.core.documents.models import Document
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from tests.conftest import MONDAY

from . import cycles

SINCE = date(2026, 11, 12)
TEXT = """
rulebook: others
title: 其他
rules:
  - id: daily
    article: 每日检查
    topic: supervision
    subject: staff
    when: workday
    who: role = "service-doctor"
    by: owner
    steps: [{due: 0 days, purpose: 检查}]
    evidence: {file: [minutes]}
  - id: leaving
    article: 离职移交
    topic: leaving
    subject: departure
    when: announced
    by: receiver
    steps: [{due: 0 days, purpose: 移交}]
    evidence: {state: [received], by: anyone}
"""
PEOPLE = ("doctor", "service", "manager")


class Cycles(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.clock = clock.standing_at(MONDAY)
        self.clock.__enter__()
        self.chief = Actor.system("test")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.clock.__exit__(None, None, None)

    def staff(self, login: str) -> Staff:
        return Staff.objects.get(account__login=login)

    def some(self, data: Any, table: Any) -> Any:
        return data.draw(st.sampled_from(sorted(table))) if table else None

    def tell(self, name: str, kind: str, one: int) -> None:
        events.publish(Event(name, kind, [one]), actor=self.chief)

    @initialize()
    def company(self) -> None:
        self.world = cycles.World(dict(CalendarDay.objects.values_list("day", "is_working")), SINCE)
        for post in Post.objects.select_related("role"):
            self.world.posts.append(cycles.Post(post.staff_id, post.role.key, post.starts_on, post.ends_on))
        draft = save_draft(TEXT, actor=self.chief)
        approve_version(draft.pk, actor=self.chief, effective_on=SINCE)
        self.night()

    @rule(hours=st.sampled_from([1, 9, 24, 72]))
    def time_passes(self, hours: int) -> None:
        clock.advance(hours=hours)

    @rule()
    def night(self) -> None:
        run_rules()
        self.world.night(clock.now())

    # --- people

    def staff_changed(self, person: Staff, name: str = org.POSTS_CHANGED) -> None:
        self.tell(name, "staff", person.pk)
        self.world.follow("staff", {person.pk}, clock.now())

    @rule(login=st.sampled_from(PEOPLE), ago=st.integers(-2, 3))
    def becomes_doctor(self, login: str, ago: int) -> None:
        person, day = self.staff(login), clock.today() - timedelta(days=ago)
        if person.left_on is not None:
            return
        role, unit = Role.objects.get(key=cycles.DOCTOR), Unit.objects.get(code="chengdu")
        Post.objects.create(staff=person, unit=unit, role=role, is_main=False, starts_on=day)
        self.world.posts.append(cycles.Post(person.pk, cycles.DOCTOR, day))
        self.staff_changed(person)

    @rule(login=st.sampled_from(PEOPLE), ago=st.integers(0, 2))
    def stops_being_doctor(self, login: str, ago: int) -> None:
        person, day = self.staff(login), clock.today() - timedelta(days=ago)
        posts = Post.objects.filter(staff=person, role__key=cycles.DOCTOR, ends_on=None, starts_on__lte=day)
        posts.update(ends_on=day)
        for post in self.world.posts:
            if (post.staff, post.role, post.ends) == (person.pk, cycles.DOCTOR, None) and post.starts <= day:
                post.ends = day
        self.staff_changed(person)

    @rule(login=st.sampled_from(PEOPLE), ago=st.integers(-1, 3), length=st.integers(0, 2))
    def is_absent(self, login: str, ago: int, length: int) -> None:
        person, start = self.staff(login), clock.today() - timedelta(days=ago)
        end = start + timedelta(days=length)
        absence = Absence.objects.create(staff=person, starts_on=start, ends_on=end)
        self.world.absences[absence.pk] = (person.pk, start, end)
        self.staff_changed(person, org.ABSENCE_CHANGED)

    @rule(data=st.data())
    def was_not_absent_after_all(self, data: Any) -> None:
        if (pk := self.some(data, self.world.absences)) is not None:
            absence = Absence.objects.select_related("staff").get(pk=pk)
            absence.delete()
            del self.world.absences[pk]
            self.staff_changed(absence.staff, org.ABSENCE_CHANGED)

    @rule(login=st.sampled_from(PEOPLE))
    def leaves(self, login: str) -> None:
        person = self.staff(login)
        if person.left_on is None:
            person.left_on = clock.today() - timedelta(days=1)
            person.save()
            self.world.left[person.pk] = person.left_on
            self.staff_changed(person)

    # --- files on duties

    @rule(data=st.data(), login=st.sampled_from(PEOPLE), label=st.sampled_from(["minutes", "minutes", "photo"]))
    def attach(self, data: Any, login: str, label: str) -> None:
        rows = list(Duty.objects.filter(clause__key="daily").order_by("id").values_list("id", flat=True))
        if not rows:
            return
        duty, person = Duty.objects.get(pk=data.draw(st.sampled_from(rows))), self.staff(login)
        file = Document.objects.create(
            record_kind="duty", record_id=duty.pk, label=label, title="x", staff=person, created_at=clock.now()
        )
        key = ("daily", duty.subject_id, duty.occurrence)
        self.world.files[file.pk] = cycles.File(key, person.pk, label, clock.now())
        self.tell(documents.ATTACHED, "duty", duty.pk)
        self.world.files_changed(key, clock.now())

    @rule(data=st.data())
    def take_a_file_away(self, data: Any) -> None:
        pk = self.some(data, {n for n, file in self.world.files.items() if not file.removed})
        if pk is not None:
            file = Document.objects.get(pk=pk)
            file.removed_at = clock.now()
            file.save()
            self.world.files[pk].removed = True
            self.tell(documents.REMOVED, "duty", file.record_id)
            self.world.files_changed(self.world.files[pk].duty, clock.now())

    # --- departures

    @rule(who=st.sampled_from(["rep", "colleague"]), to=st.sampled_from(PEOPLE), days=st.integers(0, 6))
    def announce(self, who: str, to: str, days: int) -> None:
        person, receiver, last = self.staff(who), self.staff(to), clock.today() + timedelta(days=days)
        if any(one.staff == person.pk and not one.cancelled for one in self.world.departures.values()):
            return
        row = Departure.objects.create(staff=person, receiver=receiver, leaves_on=last, announced_at=clock.now())
        self.world.departures[row.pk] = cycles.Departure(person.pk, receiver.pk, clock.now(), last)
        self.departure_changed(row, "announced")

    @rule(
        data=st.data(),
        what=st.sampled_from(["received", "not received", "cancelled", "moved"]),
        days=st.integers(-3, 6),
    )
    def changes_a_departure(self, data: Any, what: str, days: int) -> None:
        pk = self.some(data, {n for n, one in self.world.departures.items() if not one.cancelled})
        if pk is None:
            return
        row, mirror = Departure.objects.get(pk=pk), self.world.departures[pk]
        match what:
            case "received":
                row.received_at = mirror.received = clock.now()
            case "not received":
                row.received_at = mirror.received = None
            case "cancelled":
                row.cancelled_at, mirror.cancelled = clock.now(), True
            case "moved":
                row.leaves_on = mirror.leaves = clock.today() + timedelta(days=days)
        row.save()
        self.departure_changed(row, "changed")

    def departure_changed(self, row: Departure, step: str) -> None:
        self.tell(f"org:departure:{step}", "departure", row.pk)
        self.world.follow("departure", {row.pk}, clock.now())

    # --- the same

    @rule()
    def a_second_night_changes_nothing(self) -> None:
        self.night()
        counts = run_rules()
        assert all(not counts[name] for name in ("correct", "raise", "settle"))

    @invariant()
    def the_duties_are_those_of_the_model(self) -> None:
        if hasattr(self, "world"):
            assert real_duties() == {key: seen(duty) for key, duty in self.world.duties.items()}


def seen(duty: cycles.Duty) -> tuple[Any, ...]:
    who, times = duty.assignee, (duty.opens, duty.due)
    return (duty.state, who, *times, duty.caught_up, duty.piece, duty.late, duty.why)


def real_duties() -> dict[tuple[str, int, str], tuple[Any, ...]]:
    fields = [
        "state",
        "assignee_id",
        "opens_at",
        "due_at",
        "is_caught_up",
        "evidence_id",
        "settled_late",
        "withdrawn_why",
    ]
    rows = Duty.objects.values_list("clause__key", "subject_id", "occurrence", *fields)
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.req("CAR-01")
def test_random_histories_of_days_and_departures_come_out_as_in_the_model():
    limits = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Cycles, settings=limits)
