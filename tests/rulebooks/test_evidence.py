"""Which contact settles which duty."""

import pytest

from guanxi.base.kernel import clock
from guanxi.core.activities.actions.activity import change_activity
from guanxi.core.customers.actions import add_team_member

from .conftest import at, duties_of, move_to, states_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulebook_21")]


@pytest.fixture
def two_forms(customer_of, form_of):
    customer = customer_of("rep")
    return customer, form_of("rep", customer), form_of("rep", customer, event_name="答谢晚宴")


def test_a_call_that_names_no_form_counts_for_every_series_of_the_customer(two_forms, call):
    customer, one, other = two_forms
    call("rep", customer)
    assert (states_of(one), states_of(other)) == (["done", "open", "open"],) * 2


def test_a_call_that_names_a_form_counts_for_that_alone(two_forms, call):
    customer, one, other = two_forms
    call("rep", customer, subject_kind="fileform", subject_id=one.pk)
    assert (states_of(one), states_of(other)) == (["done", "open", "open"], ["open"] * 3)


def test_a_colleagues_call_settles_nothing_of_mine(actor, staff, customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    add_team_member(customer.pk, staff=staff("colleague"), role="support", actor=actor("rep"))
    call("colleague", customer)
    assert states_of(form) == ["open"] * 3


@pytest.mark.req("CAR-07")
@pytest.mark.parametrize(("later", "state"), [(at(11, 16, 22), "done"), (at(11, 17, 8), "open")])
def test_a_record_written_up_the_same_day_counts_and_one_written_up_the_next_does_not(
    actor, customer_of, form_of, call, later, state
):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    activity = call("rep", customer, note="")
    move_to(later)
    note = "客户说每天早晚服用,睡眠比上周好一些"
    change_activity(activity.pk, {"note": note}, version=1, actor=actor("rep"))
    assert states_of(form)[0] == state


def test_mending_a_complete_record_the_next_day_keeps_the_duty_settled(actor, customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    activity = call("rep", customer)
    move_to(at(11, 17, 8))
    change_activity(activity.pk, {"note": activity.note + "(改正一个错字)"}, version=1, actor=actor("rep"))
    assert states_of(form)[0] == "done"


@pytest.mark.req("CAR-05")
@pytest.mark.parametrize(
    ("kind", "state"), [("call", "done"), ("visit", "done"), ("message", "open"), ("note", "open")]
)
def test_calls_and_visits_count_and_other_channels_do_not(customer_of, form_of, call, kind, state):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("rep", customer, kind=kind)
    assert states_of(form)[0] == state


def test_a_call_without_a_result_settles_nothing(customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("rep", customer, result="")
    assert states_of(form) == ["open"] * 3


def test_a_call_before_the_form_was_completed_settles_nothing(customer_of, form_of, call):
    customer = customer_of("rep")
    call("rep", customer)
    move_to(at(11, 17))
    form = form_of("rep", customer)
    assert states_of(form) == ["open"] * 3


def test_a_call_on_the_day_of_the_form_counts_also_when_the_form_comes_later(customer_of, form_of, call):
    customer = customer_of("rep")
    call("rep", customer)
    clock.advance(hours=3)
    assert states_of(form_of("rep", customer)) == ["done", "open", "open"]


def test_the_second_step_opens_when_the_first_is_due(customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("rep", customer)
    move_to(at(11, 19, 23, 59))
    call("rep", customer)
    assert states_of(form) == ["done", "open", "open"]
    move_to(at(11, 20, 0, 0))
    call("rep", customer)
    assert states_of(form) == ["done", "done", "open"]


def test_the_step_that_is_still_coming_is_served_before_one_that_was_caught_up(customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer, completed_on=at(11, 2).date())
    call("rep", customer)
    assert states_of(form) == ["open", "done", "open"]
    call("rep", customer)
    assert states_of(form) == ["done", "done", "open"]
    assert duties_of(form, clause="buyer-callback")[0].settled_late is False


def test_the_doctors_call_settles_the_doctors_duty(customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("doctor", customer)
    assert (states_of(form), states_of(form, "doctor-callback")) == (["open"] * 3, ["done", "open", "open"])
