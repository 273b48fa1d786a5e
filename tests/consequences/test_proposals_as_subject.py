"""The rulebook that comes with the product: whoever has to decide does so in time, or the next level is liable."""

from datetime import date

import pytest

from guanxi.core.rulebooks.actions import approve_version, save_draft, withdraw_duty
from guanxi.core.rulebooks.actions.proposal import confirm_proposal
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Proposal
from guanxi.core.rulebooks.packs import pack_text

from .conftest import at, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-05")]


@pytest.fixture
def decided_in_time(actor):
    draft = save_draft(pack_text("proposals-decided"), actor=actor("gm"))
    approve_version(draft.pk, actor=actor("gm"), effective_on=date(2026, 11, 1))


@pytest.fixture
def duty(decided_in_time, late):
    proposal = late()
    run_rules()
    return Duty.objects.get(subject_kind="proposal", subject_id=proposal.pk)


def test_the_confirmer_has_a_duty_that_the_decision_settles(duty, actor, staff):
    assert (duty.assignee, duty.due_on) == (staff("manager"), date(2026, 11, 29))
    confirm_proposal(duty.subject_id, actor=actor("manager"))
    duty.refresh_from_db()
    assert (duty.state, duty.settled_late) == ("done", False)


def test_who_does_not_decide_in_time_is_liable_and_the_next_level_decides(duty, actor, staff):
    move_to(at(11, 30, 8))
    run_rules()
    about_him = Proposal.objects.get(kind="notice")
    assert (about_him.staff, about_him.confirmer) == (staff("manager"), staff("gm"))
    first = Proposal.objects.get(id=duty.subject_id)
    assert (first.confirmer, first.first_confirmer) == (staff("gm"), staff("manager"))
    confirm_proposal(first.pk, actor=actor("gm"))
    duty.refresh_from_db()
    assert (duty.state, duty.settled_late) == ("done", True)
    run_rules()
    # No rule asks for a decision about a notice: the chain ends here.
    assert Duty.objects.filter(subject_kind="proposal").count() == 1


def test_the_duty_goes_with_its_proposal(duty, actor):
    withdraw_duty(Proposal.objects.get(id=duty.subject_id).duty_id, why="客户已转院", actor=actor("supervisor"))
    run_rules()
    run_rules()
    duty.refresh_from_db()
    assert (duty.state, duty.withdrawn_why) == ("withdrawn", "occasion")
