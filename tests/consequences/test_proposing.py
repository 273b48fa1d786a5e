"""What is proposed, against whom, how much, and who decides about it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.org.models import Absence, Post
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import postpone_duty, withdraw_duty
from guanxi.core.rulebooks.actions.proposal import confirm_proposal
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Proposal
from guanxi.domain.archive.actions import change_file_form

from .conftest import at, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-04")]


def told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind__startswith="rulebooks:proposal").order_by("id")
    return [(m.recipient.account.login, m.kind.split(":")[-1]) for m in rows]


def test_a_late_duty_is_proposed_once_when_its_rung_is_reached(in_force, form_of, staff):
    in_force()
    form_of("rep")
    move_to(at(11, 21, 23, 59))
    run_rules()
    assert not Proposal.objects.exists()
    move_to(at(11, 22, 0, 0))
    run_rules()
    run_rules()
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.amount, proposal.state) == ("deduct", Decimal("20.00"), "proposed")
    assert (proposal.staff, proposal.confirmer, proposal.first_confirmer) == (
        staff("rep"),
        staff("manager"),
        staff("manager"),
    )
    assert proposal.due_at == clock.end_of(date(2026, 11, 29))
    assert sorted(told()) == [("manager", "proposed"), ("rep", "about_me")]
    entry = Entry.objects.get(kind="proposal", subject_id=proposal.pk)
    assert (entry.name, entry.via) == ("rulebooks:proposal:proposed", "system")


def test_nobody_on_leave_nothing_on_trial_and_nothing_caught_up_is_proposed(in_force, form_of, staff):
    in_force(is_trial=True)
    form_of("rep")
    form_of("rep", completed_on=date(2026, 11, 5))
    move_to(at(11, 22))
    run_rules()
    assert not Proposal.objects.exists()


def test_the_ladder_stands_still_on_leave(in_force, form_of, staff):
    in_force()
    form_of("rep")
    Absence.objects.create(staff=staff("rep"), starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 24))
    move_to(at(11, 24))
    run_rules()
    assert not Proposal.objects.exists()
    move_to(at(11, 25))
    run_rules()
    assert Proposal.objects.count() == 1


def test_what_is_due_today_is_not_late_yet(in_force, form_of):
    in_force(at="due")
    form_of("rep")
    move_to(at(11, 19, 12))
    run_rules()
    assert not Proposal.objects.exists()
    move_to(at(11, 20, 0, 0))
    run_rules()
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize(("asked", "kept"), [("30", "50"), ("180", "180"), ("900", "500"), (None, "50")])
@pytest.mark.req("KPI-11", "RB-21.15")
def test_an_amount_from_a_field_stays_between_its_bounds(in_force, form_of, asked, kept):
    in_force(what="deduct: {field: amount, least: 50 CNY, most: 500 CNY}", at="raised")
    form_of("rep", amount=asked and Decimal(asked))
    proposal = Proposal.objects.get()
    assert (proposal.amount, proposal.least, proposal.most) == (Decimal(kept), Decimal(50), Decimal(500))


def test_what_being_raised_proposes_is_there_at_once_and_stays_when_the_duty_is_done(in_force, form_of, call):
    in_force(at="raised")
    form_of("rep")
    proposal = Proposal.objects.get()
    call("rep", proposal.duty)
    run_rules()
    proposal.refresh_from_db()
    assert (proposal.duty.state, proposal.state) == ("done", "proposed")


def test_points_against_the_superior(late, staff):
    proposal = late(what="score: 2", against="superior", confirmed_by="{role: general-manager}")
    assert (proposal.kind, proposal.amount) == ("score", Decimal(2))
    assert (proposal.staff, proposal.confirmer) == (staff("supervisor"), staff("gm"))


def test_who_is_concerned_never_decides_the_next_above_does(late, staff):
    """The sales manager owns the customer himself: the general manager decides, not he."""
    proposal = late("manager")
    assert (proposal.staff, proposal.confirmer) == (staff("manager"), staff("gm"))


def test_with_nobody_above_it_is_listed_for_whoever_decides_for_all(late, staff):
    proposal = late("gm", confirmed_by="{role: general-manager}")
    assert (proposal.staff, proposal.confirmer) == (staff("gm"), None)


def test_a_second_holder_of_the_role_decides_before_anybody_above(late, staff):
    manager = Post.objects.get(staff=staff("manager"))
    Post.objects.create(
        staff=staff("colleague"),
        unit=manager.unit,
        role=manager.role,
        superior=manager.superior,
        starts_on=date(2025, 1, 1),
        is_main=False,
    )
    assert late("manager").confirmer == staff("colleague")


# What is corrected


def test_a_proposal_falls_away_with_its_duty(late, actor):
    proposal = late()
    change_file_form(proposal.subject_id, {"purchased": False, "product": ""}, version=1, actor=actor("manager"))
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    assert sorted(told())[-2:] == [("rep", "about_me"), ("rep", "fell_away")]
    assert Entry.objects.filter(kind="proposal", name="rulebooks:proposal:fell_away").count() == 1


def test_a_proposal_falls_away_when_a_superior_withdraws_the_duty(late, actor):
    proposal = late()
    withdraw_duty(proposal.duty_id, why="客户已转院", actor=actor("supervisor"))
    run_rules()
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


def test_a_call_that_was_made_in_time_and_written_down_later_takes_the_proposal_away(late, call):
    proposal = late()
    call("rep", proposal.duty, happened_at=at(11, 18))
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


def test_a_call_before_the_rung_takes_it_away_and_one_after_does_not(late, call):
    proposal = late()
    call("rep", proposal.duty, happened_at=at(11, 22, 8))
    proposal.refresh_from_db()
    assert (proposal.duty.state, proposal.state) == ("done", "proposed")


def test_nobody_postpones_himself_out_of_it(late, actor, call):
    proposal = late()
    postpone_duty(proposal.duty_id, until=date(2026, 12, 20), why="忙", actor=actor("rep"))
    run_rules()
    call("rep", proposal.duty)
    run_rules()
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_what_fell_away_is_proposed_again_when_it_is_late_again(late, actor):
    proposal = late()
    first = proposal.proposed_at
    change_file_form(proposal.subject_id, {"completed_on": date(2026, 11, 21)}, version=1, actor=actor("manager"))
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    move_to(at(11, 27, 0, 1))
    run_rules()
    proposal.refresh_from_db()
    assert proposal.state == "proposed"
    assert proposal.proposed_at > first
    assert Proposal.objects.count() == 1


def test_a_customer_who_died_ends_it(late):
    proposal = late()
    Customer.objects.filter(id=proposal.duty.customer_id).update(deceased_on=date(2026, 11, 20))
    run_rules()
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


# Nobody decides in time


@pytest.mark.req("POL-05")
def test_after_the_deadline_the_next_level_decides_and_both_are_told(late, staff):
    proposal = late(confirmed_by="superior", within="2 days")
    assert proposal.confirmer == staff("supervisor")
    move_to(at(11, 25, 0, 1))
    run_rules()
    run_rules()
    proposal.refresh_from_db()
    assert (proposal.confirmer, proposal.first_confirmer, proposal.level) == (
        staff("manager"),
        staff("supervisor"),
        1,
    )
    assert ("manager", "passed_up") in told()
    assert ("supervisor", "passed_on") in told()
    assert proposal.due_at == clock.end_of(date(2026, 11, 27))
    clock.advance(days=4)
    run_rules()
    proposal.refresh_from_db()
    assert (proposal.confirmer, proposal.level) == (staff("gm"), 2)
    clock.advance(days=40)
    run_rules()
    proposal.refresh_from_db()
    assert (proposal.confirmer, proposal.level) == (staff("gm"), 2)


@pytest.mark.req("POL-05")
def test_passing_up_never_reaches_the_person_concerned(late, staff):
    """The sales manager is concerned, his own supervisor is the first confirmer: the general manager is next."""
    proposal = late("manager")
    Proposal.objects.filter(id=proposal.pk).update(confirmer=staff("supervisor"))
    clock.advance(days=8)
    run_rules()
    proposal.refresh_from_db()
    assert proposal.confirmer == staff("gm")


def test_a_confirmer_who_has_left_hands_on_at_once(late, staff):
    proposal = late(confirmed_by="superior")
    supervisor = staff("supervisor")
    supervisor.left_on = clock.today() - timedelta(days=1)
    supervisor.save(update_fields=["left_on"])
    run_rules()
    proposal.refresh_from_db()
    assert proposal.confirmer == staff("manager")


def test_a_confirmed_one_whose_duty_is_corrected_stays_and_is_looked_at_again(late, actor, call):
    proposal = late()
    confirm_proposal(proposal.pk, actor=actor("manager"))
    call("rep", proposal.duty, happened_at=at(11, 18))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.review, proposal.reversed_month) == ("confirmed", "open", None)
    assert ("manager", "questioned") in told()
