from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.core.activities.actions.activity import change_activity, remove_activity
from guanxi.core.customers.actions import leave_in_peace, remove_customer, restore_customer, transfer_customers
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions.fileform import change_file_form, remove_file_form

from .conftest import at, duties_of, move_to, states_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulebook_21")]


@pytest.fixture
def correct(actor):
    def change(form, **values):
        form.refresh_from_db()
        return change_file_form(form.pk, values, version=form.version, actor=actor("gm"))

    return change


def test_a_corrected_day_moves_the_open_duties(customer_of, form_of, correct):
    form = form_of("rep", customer_of("rep"))
    correct(form, completed_on=date(2026, 11, 15))
    assert [d.due_on for d in duties_of(form, clause="buyer-callback")] == [
        date(2026, 11, 18),
        date(2026, 12, 15),
        date(2027, 1, 14),
    ]


def test_what_a_correction_puts_into_the_past_is_held_against_nobody(customer_of, form_of, correct):
    form = form_of("rep", customer_of("rep"))
    correct(form, completed_on=date(2026, 11, 1))
    assert [d.is_caught_up for d in duties_of(form, clause="buyer-callback")] == [True, False, False]


def test_who_turns_out_not_to_have_bought_gets_the_other_clause(customer_of, form_of, correct):
    form = form_of("rep", customer_of("rep"))
    correct(form, purchased=False, product="")
    assert states_of(form) == ["withdrawn"] * 3
    assert {d.withdrawn_why for d in duties_of(form, clause="buyer-callback")} == {"audience"}
    assert states_of(form, "non-buyer-callback") == ["open"] * 2
    correct(form, purchased=True, product="蛋白粉")
    assert states_of(form) == ["open"] * 3
    assert states_of(form, "non-buyer-callback") == ["withdrawn"] * 2


def test_a_removed_form_takes_its_open_duties_along_and_leaves_what_was_done(actor, customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("rep", customer)
    remove_file_form(form.pk, actor=actor("gm"), why="两次录入")
    assert states_of(form) == ["done", "withdrawn", "withdrawn"]


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ({"deceased_on": date(2026, 11, 15), "is_do_not_disturb": False}, "deceased"),
        ({"deceased_on": None, "is_do_not_disturb": True}, "undisturbed"),
    ],
)
def test_the_dead_and_the_undisturbed_get_no_duty(actor, customer_of, form_of, rest, why):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    leave_in_peace(customer.pk, **rest, actor=actor("rep"))
    assert {(d.state, d.withdrawn_why) for d in duties_of(form)} == {("withdrawn", why)}
    later = form_of("rep", customer, event_name="答谢晚宴")
    assert duties_of(later) == []
    leave_in_peace(customer.pk, deceased_on=None, is_do_not_disturb=False, actor=actor("rep"))
    assert {d.state for d in [*duties_of(form), *duties_of(later)]} == {"open"}


def test_what_fell_due_while_it_was_withdrawn_is_caught_up_when_it_returns(actor, customer_of, form_of):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    leave_in_peace(customer.pk, deceased_on=None, is_do_not_disturb=True, actor=actor("rep"))
    clock.advance(days=10)
    leave_in_peace(customer.pk, deceased_on=None, is_do_not_disturb=False, actor=actor("rep"))
    assert [d.is_caught_up for d in duties_of(form, clause="buyer-callback")] == [True, False, False]


def test_what_was_late_before_stays_late_when_it_returns(actor, customer_of, form_of):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    clock.advance(days=10)
    leave_in_peace(customer.pk, deceased_on=None, is_do_not_disturb=True, actor=actor("rep"))
    leave_in_peace(customer.pk, deceased_on=None, is_do_not_disturb=False, actor=actor("rep"))
    assert [d.is_caught_up for d in duties_of(form, clause="buyer-callback")] == [False] * 3


def test_a_customer_in_the_bin_has_no_duties_until_restored(actor, customer_of, form_of):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    remove_customer(customer.pk, actor=actor("manager"))
    assert states_of(form) == ["withdrawn"] * 3
    restore_customer(customer.pk, actor=actor("manager"))
    assert states_of(form) == ["open"] * 3


def test_open_duties_go_with_the_customer_to_the_new_owner_and_done_ones_stay(actor, staff, customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("rep", customer)
    transfer_customers([customer.pk], to=staff("colleague"), actor=actor("manager"))
    assert [d.assignee for d in duties_of(form, clause="buyer-callback")] == [
        staff("rep"),
        staff("colleague"),
        staff("colleague"),
    ]
    assert {d.assignee for d in duties_of(form, clause="doctor-callback")} == {staff("doctor")}


def test_removed_evidence_opens_the_duty_again(actor, customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    activity = call("rep", customer)
    remove_activity(activity.pk, actor=actor("gm"), why="记错客户")
    duty = duties_of(form, clause="buyer-callback")[0]
    assert (duty.state, duty.settled_at, duty.settled_activity) == ("open", None, None)


def test_evidence_that_becomes_meagre_opens_the_duty_again(actor, customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    activity = call("rep", customer)
    change_activity(activity.pk, {"note": "好"}, version=1, actor=actor("rep"))
    assert states_of(form)[0] == "open"


def test_another_call_takes_the_place_of_removed_evidence(actor, customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    first, second = call("rep", customer), call("rep", customer)
    remove_activity(first.pk, actor=actor("gm"), why="记错客户")
    assert duties_of(form, clause="buyer-callback")[0].settled_activity == second


def test_a_correction_takes_lateness_away_and_never_lays_it_on(customer_of, form_of, call, correct):
    late, early = customer_of("rep"), customer_of("rep", name="夏梅珍")
    late_form, early_form = form_of("rep", late), form_of("rep", early)
    call("rep", early)
    clock.advance(days=5)
    call("rep", late)
    correct(early_form, completed_on=date(2026, 11, 1))
    correct(late_form, completed_on=date(2026, 11, 20))
    assert [duties_of(f, clause="buyer-callback")[0].settled_late for f in (late_form, early_form)] == [False, False]


def test_a_call_before_the_corrected_day_no_longer_counts(customer_of, form_of, call, correct):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("rep", customer)
    move_to(at(11, 20))
    correct(form, completed_on=date(2026, 11, 18))
    assert states_of(form) == ["open"] * 3


def test_the_night_changes_nothing_that_was_followed_by_day(customer_of, form_of, call):
    customer = customer_of("rep")
    form_of("rep", customer)
    call("rep", customer)
    before = list(Duty.objects.order_by("id").values())
    run_rules()
    assert list(Duty.objects.order_by("id").values()) == before
