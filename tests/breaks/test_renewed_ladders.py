"""A version that renews open duties brings its own ladder: what is proposed then is what the new text says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
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
