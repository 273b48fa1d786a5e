"""What a ladder proposes: that of the text in force, against whom the text says, and an amount that is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.checking import check
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Proposal
from tests.consequences.conftest import (
    BOOK,
    USUAL,
    ActorOf,
    at,
    form_of,
    in_force,
    late,
    move_to,
)

__all__ = ["form_of", "in_force", "late"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-09")]


def renew(actor: ActorOf, **words: str) -> Any:
    filled = USUAL | words
    parameters = "parameters: {deduction: 20 CNY}" if "deduction" in filled["what"] else ""
    text = BOOK.format(parameters=parameters, **filled).replace("due: 3 days", "due: 10 days")
    draft = save_draft(text, actor=actor("gm"))
    return approve_version(draft.pk, actor=actor("gm"), effective_on=date(2026, 11, 22), on_replace="renew")


def test_a_proposal_that_comes_back_under_a_renewed_text_is_of_that_text(
    late: Callable[..., Proposal], actor: ActorOf
) -> None:
    before = late(what="notice: yes")
    version = renew(actor, what="deduct: deduction", confirmed_by="superior")
    run_rules()
    assert Proposal.objects.get().state == "withdrawn", "it is not late any more"
    move_to(at(12, 4))
    run_rules()
    now = Proposal.objects.get()
    assert now.pk == before.pk
    assert (now.state, now.kind, str(now.amount), now.rule.version) == ("proposed", "deduct", "20.00", version)
    assert now.confirmer_role == ""


@pytest.mark.parametrize(
    "words",
    [
        {"against": "{role: service-doctor}"},
        {"against": "{team: doctor}"},
        {"against": '{named: "0001"}'},
        {"confirmed_by": "{team: doctor}"},
    ],
    ids=str,
)
def test_a_text_cannot_be_against_whom_the_engine_would_not_find(words: dict[str, str], company: None) -> None:
    """It was read, and held against the assignee instead."""
    problems = check(BOOK.format(parameters="parameters: {deduction: 20 CNY}", **(USUAL | words)))
    assert [problem.code for problem in problems] == ["who_form"]


@pytest.mark.parametrize(
    ("asked", "kept"), [("999999999999.99", "9999999.99"), ("-20", "0.00"), (None, "None"), ("12.5", "12.50")]
)
def test_an_amount_beyond_all_bounds_keeps_nobody_from_saving_the_record(
    asked: str | None, kept: str, in_force: Callable[..., Any], form_of: Callable[..., Any]
) -> None:
    in_force(what="deduct: {field: amount}", at="raised")
    form = form_of("rep", amount=None)
    Proposal.objects.all().delete()
    type(form).objects.filter(id=form.pk).update(amount=asked and Decimal(asked))
    run_rules()
    assert str(Proposal.objects.get().amount) == kept
