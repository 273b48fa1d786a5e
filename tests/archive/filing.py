"""File forms on their way, and the clauses about them in force: fixtures of the tests of custody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions import complete_file_form, receive_transfer, send_forms
from guanxi.domain.archive.actions.loan import NewLoan, lend_forms
from guanxi.domain.archive.models import FileForm, Loan, Transfer

ActorOf = Callable[[str], Actor]
StaffOf = Callable[[str], Staff]
BOOK = """
rulebook: custody-book
title: 档案保管
source: "[001] 会销客户档案管理制度范文"
rules:
{rules}
"""


@pytest.fixture
def clause(actor: ActorOf) -> Callable[[str], None]:
    """`clause(yaml)`: one clause in force since 1 November 2026."""

    def put_in_force(rule: str) -> None:
        draft = save_draft(BOOK.format(rules=rule), actor=actor("gm"))
        approve_version(draft.pk, effective_on=date(2026, 11, 1), actor=actor("gm"))
        run_rules()

    return put_in_force


@pytest.fixture
def filed(actor: ActorOf, customer_of: Callable[..., Customer]) -> Callable[..., FileForm]:
    """`filed("rep")`: filled in today and in the representative's hands."""

    def make(login: str = "rep", **values: Any) -> FileForm:
        customer = values.pop("customer", None) or customer_of(login)
        fields = {"event_name": "健康讲座", "completed_on": clock.today(), "purchased": True, "product": "蛋白粉"}
        fields |= {"amount": 880, "health": "良好"}
        form = complete_file_form(customer.pk, fields | values, actor=actor(login))
        form.refresh_from_db()
        return form

    return make


@pytest.fixture
def hand(actor: ActorOf, staff: StaffOf) -> Callable[..., Transfer]:
    """`hand(form, "rep", "manager")`: sent and received."""

    def over(form: FileForm, giver: str, taker: str) -> Transfer:
        transfer = send_forms(FileForm.KIND, [form.pk], staff(taker), actor=actor(giver))
        receive_transfer(transfer.pk, actor=actor(taker))
        form.refresh_from_db()
        return transfer

    return over


@pytest.fixture
def kept(filed: Callable[..., FileForm], hand: Callable[..., Transfer]) -> Callable[..., FileForm]:
    """`kept("rep")`: gone the whole way to the doctor."""

    def make(login: str = "rep", **values: Any) -> FileForm:
        form = filed(login, **values)
        hand(form, login, "manager")
        hand(form, "manager", "doctor")
        return form

    return make


@pytest.fixture
def lent(actor: ActorOf, staff: StaffOf, kept: Callable[..., FileForm]) -> Callable[..., Loan]:
    """`lent("rep")`: by the doctor, for a callback."""

    def make(login: str = "rep", form: FileForm | None = None) -> Loan:
        form = form or kept(login)
        return lend_forms(NewLoan([form.pk], staff(login)), actor=actor("doctor"))[0]

    return make


@pytest.fixture
def recorded(actor: ActorOf) -> Callable[..., Activity]:
    count = iter(range(1000))

    def call(login: str, customer_id: int, note: str = "") -> Activity:
        words = note or f"顾客早晚各服用一次，睡眠比上周好，第{next(count)}次记录"
        return log_activity(customer_id, NewActivity(kind="call", result="reached", note=words), actor=actor(login))

    return call


def duty_of(kind: str, subject_id: int, clause_key: str) -> Duty:
    return Duty.objects.get(subject_kind=kind, subject_id=subject_id, clause__key=clause_key)
