"""Figures kept ready to read say what the duties say, whatever was done to them and by whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.actions import hand_over_duty, postpone_duty, withdraw_duty
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Proposal, Tally
from guanxi.core.rulebooks.phases import measuring
from tests.rulebooks.conftest import duties_of

pytestmark = pytest.mark.req("CAR-30")


def total(figure: str) -> int:
    return sum(Tally.objects.values_list(figure, flat=True))


@pytest.fixture
def busy(rulebook_21: Any, form_of: Any, call: Any, customer_of: Any, actor: Any, staff: Any) -> list[Duty]:
    """Forms with their calls, one duty handed over, one postponed into another month, one withdrawn."""
    forms = [form_of("rep", customer_of("rep")) for _ in range(3)] + [form_of("colleague", customer_of("colleague"))]
    call("rep", forms[0].customer)
    clock.advance(days=5)
    call("rep", forms[1].customer)
    run_rules()
    duties = [duty for form in forms for duty in duties_of(form, clause="buyer-callback")]
    hand_over_duty(duties[7].pk, to=staff("colleague"), why="出差", actor=actor("rep"))
    postpone_duty(duties[10].pk, until=clock.today().replace(month=12, day=30), why="住院", actor=actor("colleague"))
    withdraw_duty(duties[8].pk, why="不再需要", actor=actor("manager"))
    return duties


def test_they_equal_the_duties_before_and_after_folding(busy: list[Duty]) -> None:
    counted = Duty.objects.filter(clause__isnull=False).count()
    assert (measuring.differences(), total("raised")) == (0, counted)
    measuring.fold()
    assert (measuring.differences(), total("raised")) == (0, counted)
    assert not Tally.objects.filter(is_fresh=True).exists()
    assert (total("in_time"), total("late"), total("withdrawn")) == (1, 1, 1)
    rows = Tally.objects.count()
    measuring.fold()
    assert Tally.objects.count() == rows


def test_a_duty_that_changes_hands_or_months_is_counted_where_it_is(busy: list[Duty], staff: Any) -> None:
    measuring.fold()
    handed, postponed = busy[7], busy[10]
    handed.refresh_from_db()
    postponed.refresh_from_db()
    assert handed.assignee_id == staff("colleague").pk
    for duty in (handed, postponed):
        rows = Tally.objects.filter(clause_id=duty.clause_id, staff_id=duty.assignee_id)
        in_month = rows.filter(month=duty.due_on.replace(day=1))
        duties = Duty.objects.filter(clause_id=duty.clause_id, assignee_id=duty.assignee_id)
        counted = sum(one.due_on.replace(day=1) == duty.due_on.replace(day=1) for one in duties)
        assert sum(in_month.values_list("raised", flat=True)) == counted


def test_statements_from_elsewhere_count_too(busy: list[Duty]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rulebooks_duty SET assignee_id = NULL WHERE id = %s", [busy[4].pk])
        cursor.execute("UPDATE rulebooks_duty SET is_caught_up = TRUE WHERE id = %s", [busy[5].pk])
        cursor.execute("DELETE FROM messaging_message")
        cursor.execute("DELETE FROM rulebooks_duty WHERE id = %s", [busy[8].pk])
    assert measuring.differences() == 0
    assert total("caught_up") == 1


def test_a_forgiven_or_taken_back_consequence_counts_once_for_its_duty(busy: list[Duty], staff: Any) -> None:
    duty = busy[1]
    common = {
        "rule_id": duty.rule_id, "clause_id": duty.clause_id, "duty": duty, "kind": "notice",
        "subject_kind": "fileform",
        "subject_id": duty.subject_id, "staff": staff("rep"), "proposed_at": clock.now(), "due_at": clock.now(),
    }  # fmt: skip
    first, second = (Proposal.objects.create(rung=rung, **common) for rung in (1, 2))
    assert total("forgiven") == 0
    for one in (first, second):
        Proposal.objects.filter(pk=one.pk).update(state="forgiven")
    duty.refresh_from_db()
    assert (total("forgiven"), measuring.differences(), duty.is_forgiven) == (1, 0, True)
    first.delete()
    assert total("forgiven") == 1
    Proposal.objects.filter(pk=second.pk).update(state="proposed")
    assert (total("forgiven"), measuring.differences()) == (0, 0)


def test_what_was_lost_is_noticed_and_built_anew(busy: list[Duty]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rulebooks_tally WHERE raised > 0")
    assert measuring.differences() > 0
    measuring.rebuild()
    assert measuring.differences() == 0
