from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.base.org.models import Absence, Post
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import postpone_duty
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty

from .conftest import at, duties_of, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulebook_21")]


def told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind__startswith="rulebooks:duty:").order_by("id")
    return [(m.recipient.account.login, m.kind.split(":")[-1]) for m in rows]


def test_the_ladder_reminds_then_tells_the_superior_then_the_sales_manager_once_each(customer_of, form_of):
    form_of("rep", customer_of("rep"))
    run_rules()
    assert told() == []
    move_to(at(11, 18, 0, 0))
    run_rules()
    run_rules()
    assert told() == [("rep", "remind")]
    move_to(at(11, 20, 0, 0))
    run_rules()
    assert told() == [("rep", "remind"), ("supervisor", "late")]
    move_to(at(11, 22, 8))
    run_rules()
    run_rules()
    assert told() == [("rep", "remind"), ("supervisor", "late"), ("manager", "late")]


def test_a_caught_up_duty_never_climbs(customer_of, form_of):
    form_of("rep", customer_of("rep"), completed_on=date(2026, 11, 10))
    run_rules()
    assert told() == []
    assert Duty.objects.filter(is_caught_up=True).count() == 1


def test_a_settled_duty_does_not_climb(customer_of, form_of, call):
    customer = customer_of("rep")
    form_of("rep", customer)
    call("rep", customer)
    clock.advance(days=6)
    run_rules()
    assert told() == []


def test_the_ladder_stands_still_while_the_assignee_is_on_leave(staff, customer_of, form_of):
    form_of("rep", customer_of("rep"))
    Absence.objects.create(staff=staff("rep"), starts_on=date(2026, 11, 18), ends_on=date(2026, 11, 24))
    move_to(at(11, 24))
    run_rules()
    assert told() == []
    move_to(at(11, 25))
    run_rules()
    assert ("supervisor", "late") in told()


def test_a_postponed_duty_climbs_from_its_new_day(actor, customer_of, form_of):
    form = form_of("rep", customer_of("rep"))
    postpone_duty(duties_of(form)[0].pk, until=date(2026, 11, 25), why="客户出差", actor=actor("rep"))
    move_to(at(11, 23))
    run_rules()
    assert told() == []
    move_to(at(11, 24))
    run_rules()
    assert told() == [("rep", "remind")]


def test_a_vacant_post_is_passed_over_on_the_way_up(staff, customer_of, form_of):
    form_of("rep", customer_of("rep"))
    Post.objects.filter(staff=staff("supervisor")).update(ends_on=date(2026, 11, 17))
    move_to(at(11, 20))
    run_rules()
    assert ("manager", "late") in told()
    assert ("supervisor", "late") not in told()


def test_nobody_is_told_of_himself_as_his_own_superior(staff, customer_of, form_of):
    """The representative also holds the supervisor's post (兼岗): the one above that is told."""
    form_of("rep", customer_of("rep"))
    Post.objects.filter(staff=staff("supervisor")).update(staff=staff("rep"), is_main=False)
    move_to(at(11, 20))
    run_rules()
    assert sorted(told()) == [("manager", "late"), ("rep", "remind")]
