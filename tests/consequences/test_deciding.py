"""Confirmed, forgiven, appealed against, answered: once, by the right person, told to everybody concerned."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from guanxi.base.audit import operations
from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org.models import Account, Grant, Post, Role
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import hand_over_duty
from guanxi.core.rulebooks.actions.proposal import (
    answer_appeal,
    appeal_proposal,
    confirm_proposal,
    forgive_proposal,
    review_proposal,
)
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Proposal
from tests.conftest import MONDAY

from .conftest import at, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-04")]
RANGE = "deduct: {field: amount, least: 50 CNY, most: 500 CNY}"


def last_told(login: str) -> str:
    return Message.objects.filter(recipient__account__login=login).latest("id").kind.split(":")[-1]


def test_confirmed_it_stands_in_the_statement_of_the_month_and_the_person_is_told(late, actor, staff):
    proposal = confirm_proposal(late().pk, note="已核实", actor=actor("manager"))
    assert (proposal.state, str(proposal.month), proposal.decided_by) == ("confirmed", "2026-11-01", staff("manager"))
    assert last_told("rep") == "confirmed"
    entry = Entry.objects.filter(kind="proposal").latest("id")
    assert (entry.name, entry.staff_id) == ("rulebooks:proposal:confirmed", staff("manager").pk)


@pytest.mark.parametrize("amount", ["49.99", "500.01", "60.123", "-60", "NaN"])
@pytest.mark.req("KPI-11")
def test_an_amount_outside_its_bounds_is_refused(late, actor, amount):
    proposal = late(what=RANGE)
    with pytest.raises(Invalid) as refusal:
        confirm_proposal(proposal.pk, amount=Decimal(amount), actor=actor("manager"))
    assert list(refusal.value.errors) == ["amount"]


@pytest.mark.req("KPI-11")
def test_the_amount_is_decided_with_the_confirmation_and_never_after(late, actor):
    proposal = late(what=RANGE)
    assert confirm_proposal(proposal.pk, amount=Decimal("120.50"), actor=actor("manager")).amount == Decimal("120.50")
    with pytest.raises(Refused):
        confirm_proposal(proposal.pk, amount=Decimal("60"), actor=actor("manager"))


@pytest.mark.req("KPI-19")
def test_an_amount_may_be_zero(late, actor):
    proposal = late(what="deduct: {field: amount, least: 0 CNY, most: 500 CNY}")
    assert confirm_proposal(proposal.pk, amount=Decimal(0), actor=actor("manager")).amount == 0


def test_forgiving_needs_a_reason(late, actor):
    proposal = late()
    with pytest.raises(Invalid):
        forgive_proposal(proposal.pk, why=" ", actor=actor("manager"))
    forgiven = forgive_proposal(proposal.pk, why="当天停电", actor=actor("manager"))
    assert (forgiven.state, forgiven.month, forgiven.decision) == ("forgiven", None, "当天停电")
    assert last_told("rep") == "forgiven"


@pytest.mark.parametrize("login", ["rep", "colleague", "supervisor", "doctor", "service", "hangzhou", "gm", "admin"])
def test_only_the_confirmer_decides(late, actor, login):
    proposal = late()
    for decide in (
        lambda: confirm_proposal(proposal.pk, actor=actor(login)),
        lambda: forgive_proposal(proposal.pk, why="算了", actor=actor(login)),
    ):
        with pytest.raises((NotAllowed, Missing)):
            decide()


def test_nobody_decides_about_himself_in_whatever_post(late, actor, staff):
    """He gets the sales manager's post, and even becomes the confirmer in the table: it is refused all the same."""
    proposal = late()
    Post.objects.filter(staff=staff("manager")).update(staff=staff("rep"))
    Proposal.objects.filter(id=proposal.pk).update(confirmer=staff("rep"))
    with pytest.raises(NotAllowed):
        forgive_proposal(proposal.pk, why="我自己", actor=actor("rep"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(id=proposal.pk).update(decided_by=staff("rep"))


def test_handing_the_duty_over_changes_nothing_about_it(late, actor, staff):
    proposal = late()
    hand_over_duty(proposal.duty_id, to=staff("colleague"), why="请代劳", actor=actor("rep"))
    run_rules()
    proposal.refresh_from_db()
    assert (proposal.staff, proposal.state) == (staff("rep"), "proposed")
    with pytest.raises((NotAllowed, Missing)):
        forgive_proposal(proposal.pk, why="帮忙", actor=actor("colleague"))


def test_what_nobody_was_found_for_is_decided_by_whoever_decides_for_all_but_oneself(late, actor, staff):
    proposal = late("gm", confirmed_by="{role: general-manager}")
    with pytest.raises(NotAllowed):
        confirm_proposal(proposal.pk, actor=actor("gm"))
    Grant.objects.create(role=Role.objects.get(key="administrator"), kind="proposal", verb="confirm", scope="all")
    Grant.objects.create(role=Role.objects.get(key="administrator"), kind="proposal", verb="read", scope="all")
    assert confirm_proposal(proposal.pk, actor=actor("admin")).decided_by == staff("admin")


def test_a_repeated_request_confirms_once(late, actor):
    proposal, manager = late(), actor("manager")

    def send() -> operations.Answer:
        return operations.once(
            "k1",
            actor=manager,
            name="proposal:confirm",
            payload={"id": proposal.pk},
            perform=lambda: {"id": confirm_proposal(proposal.pk, actor=manager).pk},
        )

    assert [send().repeated, send().repeated] == [False, True]
    assert Entry.objects.filter(name="rulebooks:proposal:confirmed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_one_does(company, late, actor):
    proposal = late()
    barrier, answers = Barrier(2), []
    moment = clock.now()

    def decide(perform) -> None:
        with clock.standing_at(moment):
            barrier.wait()
            try:
                answers.append(perform(manager()).state)
            except Refused as refusal:
                answers.append(refusal.code)
            finally:
                connection.close()

    def manager() -> Actor:
        account = Account.objects.select_related("staff").get(login="manager")
        return Actor(account.staff.name, "web", account_id=account.pk, staff_id=account.staff.pk)

    deeds = [
        lambda actor: confirm_proposal(proposal.pk, actor=actor),
        lambda actor: forgive_proposal(proposal.pk, why="算了", actor=actor),
    ]
    threads = [Thread(target=decide, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "proposal_decided" in answers
    assert len(set(answers) & {"confirmed", "forgiven"}) == 1
    assert Entry.objects.filter(kind="proposal", via="web").count() == 1
    assert moment > MONDAY


# Appeals


@pytest.fixture
def confirmed(late, actor):
    proposal = late()
    return confirm_proposal(proposal.pk, note="已核实", actor=actor("manager"))


@pytest.mark.req("KPI-12")
def test_the_person_concerned_appeals_and_the_next_level_is_told(confirmed, actor, staff):
    appealed = appeal_proposal(confirmed.pk, text="那天系统登录不上", actor=actor("rep"))
    assert (appealed.appeal, appealed.appeal_to) == ("open", staff("gm"))
    assert last_told("gm") == "appealed"
    entry = Entry.objects.filter(kind="proposal").latest("id")
    assert "那天系统登录不上" not in str(entry.changes)


@pytest.mark.req("KPI-12")
def test_upheld_it_is_taken_back(confirmed, actor, staff):
    appeal_proposal(confirmed.pk, text="那天系统登录不上", actor=actor("rep"))
    answered = answer_appeal(confirmed.pk, upheld=True, why="属实", actor=actor("gm"))
    assert (answered.appeal, str(answered.reversed_month), answered.state) == ("upheld", "2026-11-01", "confirmed")
    assert (last_told("rep"), last_told("manager")) == ("answered", "answered")


def test_dismissed_it_stays_and_cannot_be_appealed_against_again(confirmed, actor):
    appeal_proposal(confirmed.pk, text="那天系统登录不上", actor=actor("rep"))
    answered = answer_appeal(confirmed.pk, upheld=False, why="登录记录正常", actor=actor("gm"))
    assert (answered.appeal, answered.reversed_month) == ("dismissed", None)
    with pytest.raises(Refused) as refusal:
        appeal_proposal(confirmed.pk, text="再说一次", actor=actor("rep"))
    assert refusal.value.code == "appealed_already"


@pytest.mark.parametrize("login", ["rep", "manager", "supervisor", "hangzhou", "doctor", "service"])
def test_an_appeal_is_answered_neither_by_whoever_confirmed_it_nor_by_the_person_concerned(confirmed, actor, login):
    appeal_proposal(confirmed.pk, text="那天系统登录不上", actor=actor("rep"))
    with pytest.raises((NotAllowed, Missing)):
        answer_appeal(confirmed.pk, upheld=False, why="不成立", actor=actor(login))


def test_the_table_itself_refuses_an_answer_by_whoever_confirmed_it(confirmed, staff):
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(id=confirmed.pk).update(appeal_decided_by=staff("manager"))


def test_with_nobody_above_whoever_else_decides_for_all_answers(late, actor, staff):
    proposal = late(confirmed_by="{role: general-manager}")
    confirm_proposal(proposal.pk, actor=actor("gm"))
    appealed = appeal_proposal(proposal.pk, text="不是我的客户", actor=actor("rep"))
    assert appealed.appeal_to is None
    with pytest.raises(NotAllowed):
        answer_appeal(proposal.pk, upheld=False, why="不成立", actor=actor("gm"))


@pytest.mark.parametrize(("days", "is_in_time"), [(7, True), (8, False)])
def test_an_appeal_has_its_days(confirmed, actor, days, is_in_time):
    move_to(at(11, 22, 23, 59))
    clock.advance(days=days)
    if is_in_time:
        assert appeal_proposal(confirmed.pk, text="有异议", actor=actor("rep")).appeal == "open"
    else:
        with pytest.raises(Refused) as refusal:
            appeal_proposal(confirmed.pk, text="有异议", actor=actor("rep"))
        assert refusal.value.code == "appeal_too_late"


def test_nobody_else_appeals_and_nothing_undecided_is_appealed_against(late, actor):
    proposal = late()
    with pytest.raises(Refused):
        appeal_proposal(proposal.pk, text="有异议", actor=actor("rep"))
    confirm_proposal(proposal.pk, actor=actor("manager"))
    with pytest.raises(NotAllowed):
        appeal_proposal(proposal.pk, text="替他说", actor=actor("supervisor"))
    with pytest.raises(Missing):
        appeal_proposal(proposal.pk, text="替他说", actor=actor("colleague"))


# Looked at again


@pytest.mark.parametrize(("takes_back", "month"), [(True, "2026-11-01"), (False, "None")])
def test_after_a_correction_a_person_decides_whether_it_stays(confirmed, actor, call, takes_back, month):
    call("rep", confirmed.duty, happened_at=at(11, 18))
    reviewed = review_proposal(confirmed.pk, takes_back=takes_back, why="补录属实", actor=actor("manager"))
    assert str(reviewed.reversed_month) == month
    assert last_told("rep") == "reviewed"
    run_rules()
    reviewed.refresh_from_db()
    assert reviewed.review == ("taken_back" if takes_back else "kept")
    with pytest.raises(Refused):
        review_proposal(confirmed.pk, takes_back=True, why="再看", actor=actor("manager"))


def test_a_new_owner_is_given_by_the_confirmation(late, actor, staff):
    proposal = late(what="reassign: yes")
    with pytest.raises(Invalid):
        confirm_proposal(proposal.pk, actor=actor("manager"))
    with pytest.raises(Invalid):
        confirm_proposal(proposal.pk, to=staff("rep"), actor=actor("manager"))
    done = confirm_proposal(proposal.pk, to=staff("colleague"), note="跟进不力", actor=actor("manager"))
    done.duty.customer.refresh_from_db()
    assert (done.duty.customer.owner, done.given_to) == (staff("colleague"), staff("colleague"))
