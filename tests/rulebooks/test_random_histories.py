"""The statements against the model, over random histories of a small company."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from guanxi.base.kernel import clock
from guanxi.base.org.models import Absence, Post, Role, Staff, Unit
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.phases import measuring
from guanxi.core.rulebooks.phases.run import run_phases
from guanxi.core.rulebooks.phases.scope import EVERYTHING as ALL

from . import model
from .happenings import Happenings


class Histories(Happenings):
    # --- people come and go; rules follow at night

    @rule(what=st.sampled_from(["leave", "second doctor", "end of post", "absence"]), data=st.data())
    def people_change(self, what: str, data: Any) -> None:
        match what:
            case "leave":
                self.leave(self.staff(data.draw(st.sampled_from(["doctor", "supervisor", "colleague"]))))
            case "second doctor":
                unit = data.draw(st.sampled_from(["chengdu", "chengdu-sales", "hangzhou", "company"]))
                self.second_doctor(self.staff(data.draw(st.sampled_from(["service", "manager", "gm"]))), unit)
            case "end of post":
                self.end_post(self.staff(data.draw(st.sampled_from(["doctor", "supervisor"]))))
            case "absence":
                days = data.draw(st.integers(0, 5))
                self.go_on_leave(self.staff(data.draw(st.sampled_from(["rep", "doctor"]))), days)
        self.is_followed = False

    def leave(self, person: Staff) -> None:
        if person.left_on is None:
            person.left_on = clock.today() - timedelta(days=1)
            person.save()
            self.world.left[person.pk] = person.left_on

    def second_doctor(self, person: Staff, unit: str) -> None:
        post = Post.objects.create(
            staff=person,
            unit=Unit.objects.get(code=unit),
            role=Role.objects.get(key="service-doctor"),
            is_main=False,
            starts_on=date(2026, 1, 1),
        )
        self.world.posts.append(model.Post(post.pk, post.staff_id, post.unit_id, "service-doctor", None))

    def end_post(self, person: Staff) -> None:
        post = person.posts.get()
        if post.ends_on is None:
            post.ends_on = clock.today()
            post.save()
            next(p for p in self.world.posts if p.id == post.pk).ends = post.ends_on

    def go_on_leave(self, person: Staff, days: int) -> None:
        start, end = clock.today(), clock.today() + timedelta(days=days)
        Absence.objects.create(staff=person, starts_on=start, ends_on=end)
        self.world.absent.append((person.pk, start, end))

    @rule()
    def climb(self) -> None:
        run_phases(("climb",), ALL)
        self.world.climb(clock.now())

    @rule()
    def night(self) -> None:
        run_rules()
        self.world.night(clock.now())
        self.is_followed = True

    @precondition(lambda self: self.is_followed)
    @rule()
    def the_night_finds_nothing_to_do_after_a_day_that_was_followed(self) -> None:
        counts = run_phases(("correct", "raise", "settle"), ALL)
        assert counts == {"correct": {}, "raise": {}, "settle": {}}

    @rule()
    def a_second_run_changes_nothing(self) -> None:
        self.night()
        assert all(not count for count in run_rules().values())

    # --- the same

    @invariant()
    def the_duties_are_those_of_the_model(self) -> None:
        if hasattr(self, "world"):
            assert real_duties() == {key: seen(duty) for key, duty in self.world.duties.items()}

    @invariant()
    def the_messages_are_those_of_the_model(self) -> None:
        if hasattr(self, "world"):
            assert real_messages() == self.world.messages

    @invariant()
    def the_figures_are_those_of_the_duties(self) -> None:
        if hasattr(self, "world"):
            assert measuring.differences() == 0


def seen(duty: model.Duty) -> tuple[Any, ...]:
    return (
        duty.state,
        duty.assignee,
        duty.by_hand,
        duty.unit,
        duty.opens,
        duty.due,
        duty.base,
        duty.caught_up,
        duty.contact,
        duty.late,
        duty.why,
        duty.rung,
    )


def real_duties() -> dict[tuple[str, int, int], tuple[Any, ...]]:
    fields = [
        "state",
        "assignee_id",
        "is_hand_assigned",
        "unit_id",
        "opens_at",
        "due_at",
        "base_due_at",
        "is_caught_up",
        "settled_activity_id",
        "settled_late",
        "withdrawn_why",
        "rung",
    ]
    rows = Duty.objects.values_list("clause__key", "subject_id", "step", *fields)
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}


def real_messages() -> set[tuple[str, int, int, int, int]]:
    duties = {d.pk: (d.clause.key, d.subject_id, d.step) for d in Duty.objects.select_related("clause")}
    rows = Message.objects.filter(kind__in=["rulebooks:duty:remind", "rulebooks:duty:late"])
    return {(*duties[m.duty_id], int(m.dedupe_key.split(":")[2]), m.recipient_id) for m in rows}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.req("CAR-01")
def test_random_histories_come_out_as_in_the_model():
    limits = settings(
        max_examples=30,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Histories, settings=limits)
