"""A small rulebook whose ladders propose, and the gestures its tests are made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.activities.actions.activity import NewActivity, log_activity
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Proposal, Version
from guanxi.domain.archive.actions.fileform import complete_file_form
from guanxi.domain.archive.models import FileForm

ActorOf = Callable[[str], Actor]
BOOK = """
rulebook: penalties
title: 奖惩细则
title_en: Penalties
{parameters}
rules:
  - id: callback
    article: 第一条 建档后3日内回访,逾期三日扣20元
    article_en: 1 Call back within 3 days; 20 yuan off when three days late
    topic: callback
    subject: file-form
    when: completed
    who: purchased = yes
    by: owner
    steps: [{{due: 3 days, purpose: 回访}}]
    evidence: {{activity: [call], with: [result, note]}}
    ladder:
      - {{at: {at}, propose: {{{what}, from: {against}, confirmed_by: {confirmed_by}, within: {within}}}}}
"""
USUAL = {
    "at": "due + 3 days",
    "what": "deduct: deduction",
    "against": "assignee",
    "confirmed_by": "{role: sales-manager}",
    "within": "7 days",
}


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.ZONE)


def move_to(moment: datetime) -> None:
    clock.advance(seconds=(moment - clock.now()).total_seconds())


@pytest.fixture
def in_force(actor: ActorOf) -> Callable[..., Version]:
    """`in_force(confirmed_by="superior")`: the small rulebook, in force from 1 November."""

    def approve(text: str = BOOK, *, is_trial: bool = False, **words: str) -> Version:
        filled = USUAL | words
        parameters = "parameters: {deduction: 20 CNY}" if "deduction" in filled["what"] else ""
        draft = save_draft(text.format(parameters=parameters, **filled), actor=actor("gm"))
        version = approve_version(draft.pk, actor=actor("gm"), effective_on=date(2026, 11, 1))
        if is_trial:
            Version.objects.filter(id=version.pk).update(is_trial=True)
        return version

    return approve


@pytest.fixture
def form_of(actor: ActorOf, customer_of: Callable[..., Any]) -> Callable[..., FileForm]:
    """`form_of("rep")`: a buyer's file form completed today; its callback is due in three days."""

    def complete(login: str, **values: Any) -> FileForm:
        fields = {"event_name": "健康讲座", "completed_on": clock.today(), "purchased": True, "product": "蛋白粉"}
        return complete_file_form(customer_of(login).pk, fields | values, actor=actor(login))

    return complete


@pytest.fixture
def late(in_force: Callable[..., Version], form_of: Callable[..., FileForm]) -> Callable[..., Proposal]:
    """`late()`: the representative is three days late on 22 November, and the deduction is proposed."""

    def propose(login: str = "rep", **words: str) -> Proposal:
        in_force(**words)
        form = form_of(login)
        move_to(at(11, 22))
        run_rules()
        return Proposal.objects.get(duty__subject_id=form.pk)

    return propose


@pytest.fixture
def call(actor: ActorOf) -> Callable[..., Any]:
    """`call("rep", proposal)`: a call with the customer behind it, with a note of its own."""

    def log(login: str, duty: Duty, **values: Any) -> Any:
        new = NewActivity(kind="call", result="reached", note="客户说每天早晚服用,睡眠好一些", **values)
        return log_activity(duty.customer_id, new, actor=actor(login))

    return log
