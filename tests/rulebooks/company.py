"""A small company and its model, side by side: what random histories begin with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import CalendarDay, Post, Staff, Unit
from guanxi.base.org.scopes import Right
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions.fileform import complete_file_form
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


def everybodys_actor(staff: Staff) -> Actor:
    """May reach everything: what people may see is tested elsewhere."""
    actor = Actor(staff.name, "web", staff_id=staff.pk)
    kinds, verbs = ("customer", "activity", "fileform", "duty"), ("read", "create", "update")
    actor.memo["grants"] = [Right(0, kind, verb, "all", ()) for kind in kinds for verb in verbs]
    return actor


class Company(RuleBasedStateMachine):
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
