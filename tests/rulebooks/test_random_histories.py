"""The statements against the model, over random histories of a small company."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Absence, CalendarDay, Post, Role, Staff, Unit
from guanxi.base.org.scopes import Right
from guanxi.core.activities.actions.activity import NewActivity, change_activity, log_activity, remove_activity
from guanxi.core.activities.models import Activity
from guanxi.core.customers.actions import (
    create_customer,
    leave_in_peace,
    remove_customer,
    restore_customer,
    transfer_customers,
)
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import (
    approve_version,
    hand_over_duty,
    postpone_duty,
    save_draft,
    withdraw_duty,
)
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.phases import measuring
from guanxi.core.rulebooks.phases.run import run_phases
from guanxi.core.rulebooks.phases.scope import EVERYTHING as ALL
from guanxi.domain.archive.actions.fileform import change_file_form, complete_file_form, remove_file_form
from guanxi.domain.archive.models import FileForm
from tests.conftest import MONDAY
from tests.rulebooks.callbacks import CALLBACKS

from . import model

REPRESENTATIVES = ("rep", "colleague", "stranger")
PEOPLE = (*REPRESENTATIVES, "doctor", "supervisor")
# Beside the pack a clause that counts working days and months and takes anybody's call.
SECOND = """
rulebook: second
title: 第二份制度
rules:
  - id: superior-look
    article: 上级抽查
    topic: supervision
    subject: file-form
    when: completed
    by: superior
    steps:
      - {due: 2 workdays, purpose: 抽查}
      - {due: 1 month, purpose: 复查}
    evidence: {activity: [call, message], with: [result], by: anyone}
    ladder:
      - {at: due, remind: assignee}
      - {at: due + 2 days, tell: {role: general-manager}}
"""
LADDER = [(-1, "assignee"), (1, "superior")]
HIGHER = [*LADDER, (3, "sales-manager")]
CLAUSES = [
    model.Clause("buyer-callback", lambda f: f.bought, "owner", [(3, "days"), (30, "days"), (60, "days")], HIGHER),
    model.Clause("non-buyer-callback", lambda f: not f.bought, "owner", [(3, "days"), (15, "days")], HIGHER),
    model.Clause(
        "doctor-callback", lambda f: f.bought, "service-doctor", [(15, "days"), (30, "days"), (60, "days")], LADDER
    ),
    model.Clause(
        "superior-look",
        lambda f: True,
        "superior",
        [(2, "workdays"), (1, "months")],
        [(0, "assignee"), (2, "general-manager")],
        kinds=("call", "message"),
        needs_note=False,
        same_day=False,
        anyone=True,
    ),
]
COPIED = "客户说每天早晚服用,睡眠好一些"


def everybodys_actor(staff: Staff) -> Actor:
    """May reach everything: what people may see is tested elsewhere."""
    actor = Actor(staff.name, "web", staff_id=staff.pk)
    kinds, verbs = ("customer", "activity", "fileform", "duty"), ("read", "create", "update")
    actor.memo["grants"] = [Right(0, kind, verb, "all", ()) for kind in kinds for verb in verbs]
    return actor


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.clock = clock.standing_at(MONDAY)
        self.clock.__enter__()
        self.chief = Actor.system("test")
        self.is_followed = True

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.clock.__exit__(None, None, None)

    # --- helpers

    def staff(self, login: str) -> Staff:
        return Staff.objects.get(account__login=login)

    def some(self, data: Any, table: dict[int, Any]) -> int | None:
        return data.draw(st.sampled_from(sorted(table))) if table else None

    def customer(self, data: Any, *, binned: bool = False) -> int | None:
        return self.some(data, {i: c for i, c in self.world.customers.items() if c.binned is binned})

    def form(self, data: Any) -> int | None:
        kept = {i: f for i, f in self.world.forms.items() if not f.removed}
        return self.some(data, {i: f for i, f in kept.items() if not self.world.customers[f.customer].binned})

    def duty(self, data: Any) -> Duty | None:
        rows = list(Duty.objects.filter(state="open").order_by("id").values_list("id", flat=True))
        return Duty.objects.get(pk=data.draw(st.sampled_from(rows))) if rows else None

    def mirrored(self, duty: Duty) -> model.Duty:
        assert duty.clause is not None
        return self.world.duties[(duty.clause.key, duty.subject_id, duty.step)]

    # --- the company

    @initialize(catch_from=st.sampled_from([date(2026, 10, 1), date(2026, 11, 10)]))
    def company(self, catch_from: date) -> None:
        days = dict(CalendarDay.objects.values_list("day", "is_working"))
        self.world = model.World(CLAUSES, days, catch_from)
        for unit in Unit.objects.all():
            self.world.units[unit.pk] = model.Unit(unit.parent_id, unit.kind in {"branch", "company"})
        for post in Post.objects.select_related("role").order_by("-is_main", "id"):
            self.world.posts.append(
                model.Post(post.pk, post.staff_id, post.unit_id, post.role.key, post.superior_id, post.ends_on)
            )
        for text in (CALLBACKS, SECOND):
            draft = save_draft(text, actor=self.chief)
            approve_version(
                draft.pk,
                actor=self.chief,
                effective_on=date(2026, 11, 12),
                anchors_from=min(catch_from, date(2026, 11, 12)),
            )

        for number, login in enumerate(("rep", "stranger")):
            self.new_customer(login)
            customer = max(self.world.customers)
            self.complete(customer, ago=4 * number, bought=True)

    # --- what happens

    @rule(login=st.sampled_from(REPRESENTATIVES))
    def new_customer(self, login: str) -> None:
        if len(self.world.customers) >= 3:
            return
        owner = self.staff(login)
        values = {
            "kind": "person",
            "name": f"客户{len(self.world.customers)}",
            "phone": f"1390000{len(self.world.customers):04}",
        }
        customer = create_customer(values, actor=self.chief, owner=owner)
        self.world.customers[customer.pk] = model.Customer(owner.pk, owner.posts.get().unit_id)
        Customer.objects.filter(pk=customer.pk).update(unit=owner.posts.get().unit_id)

    @rule(data=st.data(), ago=st.integers(0, 40), bought=st.booleans())
    def new_form(self, data: Any, ago: int, bought: bool) -> None:
        customer = self.customer(data)
        if customer is None or len(self.world.forms) >= 5:
            return
        self.complete(customer, ago=ago, bought=bought)

    def complete(self, customer: int, *, ago: int, bought: bool) -> None:
        day = clock.today() - timedelta(days=ago)
        values = {
            "event_name": f"第{len(self.world.forms)}场",
            "completed_on": day,
            "purchased": bought,
            "product": "蛋白粉",
        }
        form = complete_file_form(customer, values, actor=self.chief)
        self.world.forms[form.pk] = model.Form(customer, day, bought)
        self.world.follow(clock.now(), form=form.pk)

    @rule(data=st.data(), ago=st.integers(0, 40), flip=st.booleans())
    def correct_form(self, data: Any, ago: int, flip: bool) -> None:
        pk = self.form(data)
        if pk is None:
            return
        form = self.world.forms[pk]
        values: dict[str, Any] = (
            {"purchased": not form.bought} if flip else {"completed_on": clock.today() - timedelta(days=ago)}
        )
        version = FileForm.objects.get(pk=pk).version
        changed = change_file_form(pk, values, version=version, actor=self.chief)
        form.completed, form.bought = changed.completed_on, changed.purchased
        if changed.version != version:
            self.world.follow(clock.now(), form=pk)

    @rule(data=st.data())
    def remove_form(self, data: Any) -> None:
        if (pk := self.form(data)) is not None:
            remove_file_form(pk, actor=self.chief, why="重复")
            self.world.forms[pk].removed = True
            self.world.follow(clock.now(), form=pk)

    @rule(
        data=st.data(),
        login=st.sampled_from(PEOPLE),
        kind=st.sampled_from(["call", "call", "visit", "message"]),
        quality=st.sampled_from(["good", "good", "good", "empty", "copied", "no result"]),
        hours_ago=st.sampled_from([0, 0, 0, 1, 12, 50]),
        names_form=st.booleans(),
    )
    def log(self, data: Any, login: str, kind: str, quality: str, hours_ago: int, names_form: bool) -> None:
        customer = self.customer(data)
        if customer is None:
            return
        forms = {i: f for i, f in self.world.forms.items() if f.customer == customer}
        form = self.some(data, forms) if names_form else None
        notes = {"empty": "", "copied": COPIED}
        new = NewActivity(
            kind=kind,
            note=notes.get(quality, f"客户说效果不错,第{len(self.world.contacts)}次详细记录"),
            result="" if quality == "no result" else "reached",
            happened_at=clock.now() - timedelta(hours=hours_ago),
            subject_kind="fileform" if form else "",
            subject_id=form,
        )
        row = log_activity(customer, new, actor=everybodys_actor(self.staff(login)))
        self.world.contacts[row.pk] = model.Contact(
            customer,
            self.staff(login).pk,
            kind,
            new.result,
            row.note_state == "detailed",
            row.happened_at,
            row.recorded_at,
            form,
        )
        self.world.settle(self.world.about(customer=customer), clock.now())

    @rule(data=st.data(), removes=st.booleans())
    def spoil_a_contact(self, data: Any, removes: bool) -> None:
        usable = {
            i: c
            for i, c in self.world.contacts.items()
            if not c.removed and not self.world.customers[c.customer].binned
        }
        pk = self.some(data, usable)
        if pk is None:
            return
        contact = self.world.contacts[pk]
        if removes:
            remove_activity(pk, actor=self.chief, why="记错")
            contact.removed = True
        else:
            version = Activity.objects.get(pk=pk).version
            row = change_activity(pk, {"note": ""}, version=version, actor=self.chief)
            if row.version == version:
                return
            contact.detailed = False
        concerned = self.world.about(customer=contact.customer)
        self.world.correct(concerned, clock.now())
        self.world.settle(concerned, clock.now())

    @rule(data=st.data())
    def write_up_a_contact(self, data: Any) -> None:
        usable = {
            i: c
            for i, c in self.world.contacts.items()
            if not c.removed and not self.world.customers[c.customer].binned
        }
        pk = self.some(data, usable)
        if pk is None:
            return
        contact = self.world.contacts[pk]
        version = Activity.objects.get(pk=pk).version
        values = {"note": f"补记通话内容,第{pk}次版本{version}", "result": "reached"}
        change_activity(pk, values, version=version, actor=self.chief)
        if not (contact.detailed and contact.result):
            contact.recorded = clock.now()
        contact.detailed, contact.result = True, "reached"
        concerned = self.world.about(customer=contact.customer)
        self.world.correct(concerned, clock.now())
        self.world.settle(concerned, clock.now())

    @rule(data=st.data(), login=st.sampled_from(REPRESENTATIVES))
    def transfer(self, data: Any, login: str) -> None:
        customer, to = self.customer(data), self.staff(login)
        if customer is None or to.left_on is not None or self.world.customers[customer].owner == to.pk:
            return
        transfer_customers([customer], to=to, actor=self.chief)
        self.world.customers[customer].owner = to.pk
        unit = Customer.objects.get(pk=customer).unit_id
        assert unit is not None
        self.world.customers[customer].unit = unit
        self.world.follow(clock.now(), customer=customer)

    @rule(data=st.data(), dead=st.booleans(), undisturbed=st.booleans())
    def rest(self, data: Any, dead: bool, undisturbed: bool) -> None:
        pk = self.customer(data)
        if pk is None:
            return
        customer = self.world.customers[pk]
        if (customer.dead, customer.undisturbed) == (dead, undisturbed):
            return
        self.set_rest(pk, dead=dead, undisturbed=undisturbed)

    @rule(data=st.data(), hours=st.sampled_from([1, 72, 240]))
    def rest_for_a_while(self, data: Any, hours: int) -> None:
        pk = self.customer(data)
        if pk is not None:
            was = self.world.customers[pk]
            dead, undisturbed = was.dead, was.undisturbed
            self.set_rest(pk, dead=dead, undisturbed=not undisturbed)
            self.time_passes(hours)
            self.set_rest(pk, dead=dead, undisturbed=undisturbed)

    def set_rest(self, pk: int, *, dead: bool, undisturbed: bool) -> None:
        customer = self.world.customers[pk]
        leave_in_peace(
            pk, deceased_on=date(2026, 11, 1) if dead else None, is_do_not_disturb=undisturbed, actor=self.chief
        )
        customer.dead, customer.undisturbed = dead, undisturbed
        self.world.follow(clock.now(), customer=pk)

    @rule(data=st.data(), restores=st.booleans())
    def bin(self, data: Any, restores: bool) -> None:
        pk = self.customer(data, binned=restores)
        if pk is None:
            return
        if restores:
            restore_customer(pk, actor=self.chief)
        else:
            remove_customer(pk, actor=self.chief)
        self.world.customers[pk].binned = not restores
        self.world.follow(clock.now(), customer=pk)

    @rule(data=st.data(), login=st.sampled_from(PEOPLE))
    def hand_over(self, data: Any, login: str) -> None:
        duty, to = self.duty(data), self.staff(login)
        if duty is None or to.left_on is not None or duty.assignee_id == to.pk:
            return
        hand_over_duty(duty.pk, to=to, why="休假", actor=self.chief)
        mirror = self.mirrored(duty)
        mirror.assignee, mirror.by_hand = to.pk, True
        self.world.settle(self.world.about(customer=duty.customer_id), clock.now())

    @rule(data=st.data(), days=st.integers(1, 20))
    def postpone(self, data: Any, days: int) -> None:
        duty = self.duty(data)
        if duty is None:
            return
        until = max(duty.due_on, clock.today()) + timedelta(days=days)
        postpone_duty(duty.pk, until=until, why="出差", actor=self.chief)
        mirror = self.mirrored(duty)
        mirror.due = mirror.postponed = clock.end_of(until)

    @rule(data=st.data())
    def withdraw(self, data: Any) -> None:
        duty = self.duty(data)
        if duty is None:
            return
        withdraw_duty(duty.pk, why="客户搬走", actor=self.chief)
        mirror = self.mirrored(duty)
        mirror.state, mirror.why, mirror.withdrawn = "withdrawn", "by_hand", clock.now()

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

    @rule(hours=st.sampled_from([1, 5, 15, 24, 72, 240]))
    def time_passes(self, hours: int) -> None:
        clock.advance(hours=hours)
        self.is_followed = False

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
