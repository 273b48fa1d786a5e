"""Small doors that stood open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.audit import operations
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org.actions import record_absence, reset_password
from guanxi.base.org.models import Account, Staff
from guanxi.base.org.tokens import give_token
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import create_task
from guanxi.core.rulebooks.models import Rulebook
from guanxi.domain.archive.actions import complete_file_form

pytestmark = [pytest.mark.django_db]
People = Callable[[str], Actor]


def test_a_key_of_one_step_does_not_answer_for_another(actor: People) -> None:
    """Two buttons may send the same entries; the second must not be taken for done."""
    rep = actor("rep")
    operations.once("k", actor=rep, name="restore:1", payload={}, perform=lambda: {"id": 1})
    with pytest.raises(Refused) as refused:
        operations.once("k", actor=rep, name="restore:2", payload={}, perform=lambda: {"id": 2})
    assert refused.value.code == "operation_key_reused"
    assert operations.once("k", actor=rep, name="restore:1", payload={}, perform=lambda: {}).repeated


@pytest.mark.req("ORG-04")
def test_a_new_password_from_the_administrator_ends_the_tokens_too(actor: People) -> None:
    """It is set when somebody else may have had the account."""
    account = Account.objects.get(login="rep")
    token = give_token(account, name="t", actor=actor("rep"))
    with_token = {"authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/me", headers=with_token).status_code == 200
    reset_password(account.pk, actor=actor("admin"))
    assert Client().get("/api/v1/me", headers=with_token).status_code == 401


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"])
def test_figures_are_not_told_through_any_proxy(header: str) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics", headers={header: "203.0.113.9"}).status_code == 404


@pytest.mark.req("ACT-03")
def test_a_note_stays_as_short_when_it_is_mended(
    actor: People, browse: Callable[[str], Client], customer_of: Callable[..., Customer]
) -> None:
    note = NewActivity(kind="call", note="问了近况，一切都好。", result="reached")
    activity = log_activity(customer_of("rep").pk, note, actor=actor("rep"))
    answer = browse("rep").post(f"/activities/{activity.pk}/edit", {"note": "长" * 4001, "version": 1})
    assert answer.status_code == 422
    assert Activity.objects.get(pk=activity.pk).note == "问了近况，一切都好。"


@pytest.mark.req("POL-02")
@pytest.mark.parametrize("days", ["999999999 days", "99999999999999999999 days", "99999 years"])
def test_a_rule_for_the_end_of_time_is_refused_at_its_line(browse: Callable[[str], Client], days: str) -> None:
    text = f"""rulebook: forever
title: 永远
source: 测试
rules:
  - id: one
    article: 一
    topic: callback
    subject: file-form
    when: completed
    by: owner
    who: purchased = yes
    steps:
      - {{due: {days}, purpose: 回访}}
    evidence: {{activity: [call], with: [result, note], recorded: same day}}
"""
    answer = browse("gm").post("/rulebooks/new", {"text": text})
    assert answer.status_code == 422
    assert not Rulebook.objects.filter(key="forever").exists()


@pytest.mark.req("SHR-04")
def test_why_somebody_is_absent_is_read_by_superiors_and_themselves_only(
    actor: People, browse: Callable[[str], Client]
) -> None:
    """An operation in hospital is health data; that somebody is away, colleagues may know."""
    staff_id = Staff.objects.get(account__login="colleague").pk
    days = (date(2026, 11, 17), date(2026, 11, 18))
    record_absence(staff_id, *days, reason="住院手术", actor=actor("supervisor"))
    cards = {
        login: browse(login).get(f"/settings/staff/{staff_id}").content.decode()
        for login in ("rep", "doctor", "colleague", "supervisor", "admin")
    }
    assert all("2026-11-17" in card or "11月17日" in card for card in cards.values())
    assert {login for login, card in cards.items() if "住院手术" in card} == {"colleague", "supervisor", "admin"}


@pytest.mark.parametrize("step", ["task", "form"])
def test_a_customer_does_not_change_hands_while_work_is_hung_on_it(
    actor: People, customer_of: Callable[..., Customer], step: str
) -> None:
    """Else a duty raised in the same moment stays with the former owner, or with a customer in the bin."""
    customer = customer_of("rep")
    with CaptureQueriesContext(connection) as asked:
        if step == "task":
            create_task(customer.pk, purpose="回访", due_on=date(2026, 11, 20), actor=actor("rep"))
        else:
            values = {"event_name": "讲座", "completed_on": date(2026, 11, 15)}
            complete_file_form(customer.pk, values, actor=actor("rep"))
    locking = [q["sql"] for q in asked.captured_queries if "FOR UPDATE" in q["sql"]]
    assert any('FROM "customers_customer"' in sql for sql in locking)


@pytest.mark.req("INS-05")
def test_a_form_too_large_is_told_so_before_its_token_is_read() -> None:
    """The token stands in the form, so the form is read before any page of ours is."""
    stranger = Client(enforce_csrf_checks=True)
    stranger.get("/register")
    answer = stranger.post("/register", {"remark": "x" * 6_000_000})
    assert answer.status_code == 413
    assert 'lang="zh-CN"' in answer.content.decode()
