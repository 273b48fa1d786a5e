"""Rulebook 21 in force, and the few gestures its tests are made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.activities.actions.activity import NewActivity, log_activity
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Version
from guanxi.core.rulebooks.packs import pack_text
from guanxi.domain.archive.actions.fileform import complete_file_form
from guanxi.domain.archive.models import FileForm
from tests.rulebooks.callbacks import CALLBACKS

ActorOf = Callable[[str], Actor]


@pytest.fixture
def approve(actor: ActorOf) -> Callable[..., Version]:
    """`approve(text)`: drafted and approved by the general manager, from 1 November 2026 unless told otherwise."""

    def put_in_force(text: str, **how: Any) -> Version:
        draft = save_draft(text, actor=actor("gm"))
        version = approve_version(draft.pk, actor=actor("gm"), **({"effective_on": date(2026, 11, 1)} | how))
        run_rules()
        return version

    return put_in_force


@pytest.fixture
def rulebook_21(approve: Callable[..., Version]) -> Version:
    """Its callbacks alone: clauses 7 to 11."""
    return approve(CALLBACKS)


@pytest.fixture
def whole_rulebook_21(approve: Callable[..., Version]) -> Version:
    return approve(pack_text("huixiao-archive"))


@pytest.fixture
def form_of(actor: ActorOf) -> Callable[..., FileForm]:
    """`form_of("rep", customer)`: a buyer's file form completed today unless told otherwise."""

    def complete(login: str, customer: Customer, **values: Any) -> FileForm:
        fields = {"event_name": "健康讲座", "completed_on": clock.today(), "purchased": True, "product": "蛋白粉"}
        fields |= values
        if not fields["purchased"]:
            fields["product"] = ""
        return complete_file_form(customer.pk, fields, actor=actor(login))

    return complete


@pytest.fixture
def call(actor: ActorOf) -> Callable[..., Activity]:
    """`call("rep", customer)`: a call with a detailed note of its own, just now."""
    count = iter(range(10_000))

    def log(login: str, customer: Customer, **values: Any) -> Activity:
        note = f"客户说每天早晚服用,睡眠比上周好一些,第{next(count)}次记录"
        new = NewActivity(**({"kind": "call", "result": "reached", "note": note} | values))
        return log_activity(customer.pk, new, actor=actor(login))

    return log


def duties_of(form: FileForm, *, clause: str = "") -> list[Duty]:
    rows = Duty.objects.filter(subject_kind="fileform", subject_id=form.pk).order_by("clause_id", "step")
    return list(rows.filter(clause__key=clause) if clause else rows)


def states_of(form: FileForm, clause: str = "buyer-callback") -> list[str]:
    return [duty.state for duty in duties_of(form, clause=clause)]


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.ZONE)


def move_to(moment: datetime) -> None:
    clock.advance(seconds=(moment - clock.now()).total_seconds())
