from datetime import date

import pytest

from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.actions import transfer_customers
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.access import access_duty
from guanxi.core.rulebooks.actions import complete_task, create_task, hand_over_duty, postpone_duty, withdraw_duty
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions.fileform import change_file_form

from .conftest import at, duties_of, move_to, states_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulebook_21")]


@pytest.fixture
def customer(customer_of):
    return customer_of("rep")


@pytest.fixture
def form(form_of, customer):
    return form_of("rep", customer)


@pytest.fixture
def duty(form):
    return duties_of(form, clause="buyer-callback")[0]


def test_postponing_keeps_the_day_of_the_clause_beside_the_new_one(actor, duty):
    postponed = postpone_duty(duty.pk, until=date(2026, 11, 25), why="客户出差", actor=actor("rep"))
    assert (postponed.due_on, postponed.base_due_at) == (date(2026, 11, 25), duty.base_due_at)


@pytest.mark.parametrize(
    ("until", "why", "field"), [(date(2026, 11, 25), " ", "why"), (date(2026, 11, 19), "忙", "until")]
)
def test_postponing_needs_a_reason_and_a_later_day(actor, duty, until, why, field):
    with pytest.raises(Invalid) as refused:
        postpone_duty(duty.pk, until=until, why=why, actor=actor("rep"))
    assert list(refused.value.errors) == [field]


def test_a_postponement_stays_when_it_is_later_than_the_corrected_day(actor, form, duty):
    postpone_duty(duty.pk, until=date(2026, 11, 25), why="客户出差", actor=actor("rep"))
    change_file_form(form.pk, {"completed_on": date(2026, 11, 15)}, version=form.version, actor=actor("gm"))
    duty.refresh_from_db()
    assert duty.due_on == date(2026, 11, 25)


def test_the_receiver_of_a_handed_over_duty_is_told_and_may_open_the_customer(actor, staff, customer, duty, call):
    with pytest.raises(Missing):
        access_customer(actor("colleague"), customer.pk)
    hand_over_duty(duty.pk, to=staff("colleague"), why="休假", actor=actor("rep"))
    message = Message.objects.get(recipient=staff("colleague"), kind="rulebooks:duty:handed_over")
    assert (message.duty_id, message.params["from"]) == (duty.pk, "邱远")
    assert access_customer(actor("colleague"), customer.pk) == customer
    call("colleague", customer)
    duty.refresh_from_db()
    assert duty.state == "done"
    run_rules()
    with pytest.raises(Missing):
        access_customer(actor("colleague"), customer.pk)


def test_a_handed_over_duty_stays_with_the_receiver_when_the_customer_changes_hands(actor, staff, customer, form, duty):
    hand_over_duty(duty.pk, to=staff("colleague"), why="休假", actor=actor("rep"))
    transfer_customers([customer.pk], to=staff("supervisor"), actor=actor("manager"))
    names = [d.assignee.account.login for d in duties_of(form, clause="buyer-callback")]
    assert names == ["colleague", "supervisor", "supervisor"]


def test_when_the_receiver_leaves_the_duty_returns_to_whom_the_clause_names(actor, staff, form, duty):
    hand_over_duty(duty.pk, to=staff("colleague"), why="休假", actor=actor("rep"))
    colleague = staff("colleague")
    colleague.left_on = date(2026, 11, 16)
    colleague.save()
    move_to(at(11, 17))
    run_rules()
    duty.refresh_from_db()
    assert (duty.assignee, duty.is_hand_assigned) == (staff("rep"), False)


def test_nobody_excuses_himself_but_a_superior_can(actor, form, duty):
    with pytest.raises(NotAllowed):
        withdraw_duty(duty.pk, why="不想打", actor=actor("rep"))
    withdraw_duty(duty.pk, why="客户搬走", actor=actor("supervisor"))
    run_rules()
    assert states_of(form) == ["withdrawn", "open", "open"]
    with pytest.raises(Refused):
        postpone_duty(duty.pk, until=date(2026, 11, 25), why="忙", actor=actor("rep"))


def test_what_a_clause_asks_for_is_not_ticked_off(actor, duty):
    with pytest.raises(Refused) as refused:
        complete_task(duty.pk, note="打过了", actor=actor("rep"))
    assert refused.value.code == "needs_evidence"


def test_a_task_is_set_done_and_left_alone_by_the_rules(actor, staff, customer):
    task = create_task(
        customer.pk, purpose="送体检报告", due_on=date(2026, 11, 18), to=staff("rep"), actor=actor("supervisor")
    )
    assert Message.objects.get(kind="rulebooks:task:given").recipient == staff("rep")
    run_rules()
    done = complete_task(task.pk, note="已送到", actor=actor("rep"))
    run_rules()
    done.refresh_from_db()
    assert (done.state, done.settled_late) == ("done", False)


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("rep", 3),
        ("supervisor", 3),
        ("manager", 3),
        ("gm", 6),
        ("doctor", 3),
        ("colleague", 0),
        ("hangzhou", 0),
        ("admin", 0),
    ],
)
def test_each_sees_the_duties_of_those_they_answer_for(actor, form, login, sees):
    assert Duty.objects.visible_to(actor(login)).count() == sees


def test_a_duty_of_nobody_is_seen_by_whoever_answers_for_the_owner(actor, customer_of, form_of):
    form = form_of("stranger", customer_of("stranger"))
    orphan = duties_of(form, clause="doctor-callback")[0]
    assert access_duty(actor("hangzhou"), orphan.pk) == orphan
    with pytest.raises(Missing):
        access_duty(actor("manager"), orphan.pk)
