"""The callbacks of clauses 7 to 11 under the shipped rulebook, each step from its trigger to its consequence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guanxi.base.kernel import clock
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.queries.boards import board_of

from .conftest import duties_of, move_to

pytestmark = pytest.mark.django_db
# clause, whether the person bought, step, day it is due on, who has it, who is told the day after, who two days later
STEPS = [
    pytest.param("buyer-callback", True, 1, 3, "rep", marks=pytest.mark.req("RB-21.7")),
    pytest.param("buyer-callback", True, 2, 30, "rep", marks=pytest.mark.req("RB-21.8")),
    pytest.param("buyer-callback", True, 3, 60, "rep", marks=pytest.mark.req("RB-21.9")),
    pytest.param("non-buyer-callback", False, 1, 3, "rep", marks=pytest.mark.req("RB-21.10")),
    pytest.param("non-buyer-callback", False, 2, 15, "rep", marks=pytest.mark.req("RB-21.10")),
    pytest.param("doctor-callback", True, 1, 15, "doctor", marks=pytest.mark.req("RB-21.11")),
    pytest.param("doctor-callback", True, 2, 30, "doctor", marks=pytest.mark.req("RB-21.11")),
    pytest.param("doctor-callback", True, 3, 60, "doctor", marks=pytest.mark.req("RB-21.11")),
]
SUPERIOR = {"rep": "supervisor", "doctor": "gm"}


@pytest.fixture
def duty(whole_rulebook_21, form_of, customer_of):
    def raised(clause, bought, step):
        form = form_of("rep", customer_of("rep"), purchased=bought)
        return duties_of(form, clause=clause)[step - 1]

    return raised


@pytest.mark.parametrize(("clause", "bought", "step", "days", "who"), STEPS)
def test_done_in_time_with_a_record_of_the_same_day_nobody_is_told(duty, call, staff, clause, bought, step, days, who):
    raised = duty(clause, bought, step)
    assert (raised.due_on, raised.assignee) == (clock.today() + timedelta(days=days), staff(who))
    move_to(raised.due_at - timedelta(hours=8))
    call(who, raised.customer, subject_kind="fileform", subject_id=raised.subject_id)
    for _earlier in range(step - 1):
        call(who, raised.customer, subject_kind="fileform", subject_id=raised.subject_id)
    raised.refresh_from_db()
    assert (raised.state, raised.settled_late) == ("done", False)
    clock.advance(days=4)
    run_rules()
    assert not Message.objects.filter(kind="rulebooks:duty:late", duty_id=raised.pk).exists()


@pytest.mark.parametrize(("clause", "bought", "step", "days", "who"), STEPS)
def test_left_undone_it_climbs_and_stands_on_the_doctors_board(duty, actor, staff, clause, bought, step, days, who):
    raised = duty(clause, bought, step)
    move_to(raised.due_at + timedelta(days=1, hours=1))
    run_rules()
    told = Message.objects.filter(kind="rulebooks:duty:late", duty_id=raised.pk)
    assert [message.recipient for message in told] == [staff(SUPERIOR[who])]
    if who == "rep":
        board = board_of(actor("doctor"), clock.today())
        assert [person.id for person in board.people if person.late] == [staff("rep").pk]
    clock.advance(days=2)
    run_rules()
    if who == "rep":
        assert staff("manager").pk in told.values_list("recipient", flat=True)
    raised.refresh_from_db()
    assert raised.is_late
