from datetime import date

import pytest

from guanxi.base.kernel import clock

from .conftest import at, duties_of, move_to, states_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulebook_21")]


@pytest.mark.req("CAR-02")
def test_a_buyer_is_called_by_the_representative_within_3_30_and_60_days(staff, customer_of, form_of):
    form = form_of("rep", customer_of("rep"))
    duties = duties_of(form, clause="buyer-callback")
    assert [d.due_on for d in duties] == [date(2026, 11, 19), date(2026, 12, 16), date(2027, 1, 15)]
    assert {d.assignee for d in duties} == {staff("rep")}
    assert [d.purpose for d in duties] == ["指导服用产品", "征询意见", "了解服用效果"]


@pytest.mark.req("CAR-03")
def test_a_non_buyer_is_called_within_3_and_15_days_and_not_by_the_doctor(customer_of, form_of):
    form = form_of("rep", customer_of("rep"), purchased=False)
    assert [(d.clause.key, d.due_on) for d in duties_of(form)] == [
        ("non-buyer-callback", date(2026, 11, 19)),
        ("non-buyer-callback", date(2026, 12, 1)),
    ]


@pytest.mark.req("CAR-04")
def test_the_doctor_of_the_branch_calls_a_buyer_within_15_30_and_60_days(staff, customer_of, form_of):
    duties = duties_of(form_of("rep", customer_of("rep")), clause="doctor-callback")
    assert [d.due_on for d in duties] == [date(2026, 12, 1), date(2026, 12, 16), date(2027, 1, 15)]
    assert {d.assignee for d in duties} == {staff("doctor")}


def test_where_nobody_is_found_the_duty_is_listed_without_a_name(customer_of, form_of):
    duties = duties_of(form_of("stranger", customer_of("stranger")), clause="doctor-callback")
    assert [d.assignee for d in duties] == [None, None, None]


def test_a_call_settles_the_first_step_and_only_that(customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    activity = call("rep", customer)
    first = duties_of(form, clause="buyer-callback")[0]
    assert states_of(form) == ["done", "open", "open"]
    assert (first.settled_activity, first.settled_late) == (activity, False)
    assert states_of(form, "doctor-callback") == ["open"] * 3


@pytest.mark.req("CAR-07")
@pytest.mark.parametrize("note", ["", "好", "已回访"])
def test_an_empty_or_meagre_note_settles_nothing(customer_of, form_of, call, note):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    call("rep", customer, note=note)
    assert states_of(form) == ["open"] * 3


@pytest.mark.req("CAR-07")
def test_a_copied_note_settles_nothing(customer_of, form_of, call):
    first, second = customer_of("rep"), customer_of("rep", name="夏梅珍")
    note = "客户说每天早晚服用,睡眠好一些"
    call("rep", first, note=note)
    form = form_of("rep", second)
    call("rep", second, note=note)
    assert states_of(form) == ["open"] * 3


@pytest.mark.req("CAR-07")
def test_a_call_recorded_on_another_day_settles_nothing(customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    move_to(at(11, 17, 0, 1))
    call("rep", customer, happened_at=at(11, 16, 23, 59))
    assert states_of(form) == ["open"] * 3


def test_a_call_in_the_last_minute_is_in_time_and_one_at_24_hours_is_late(customer_of, form_of, call):
    early, late = customer_of("rep"), customer_of("rep", name="夏梅珍")
    forms = [form_of("rep", early), form_of("rep", late)]
    move_to(at(11, 19, 23, 59))
    call("rep", early)
    move_to(at(11, 20, 0, 0))
    call("rep", late)
    assert [duties_of(f, clause="buyer-callback")[0].settled_late for f in forms] == [False, True]


def test_a_late_call_settles_the_step_that_is_late(customer_of, form_of, call):
    customer = customer_of("rep")
    form = form_of("rep", customer)
    clock.advance(days=5)
    call("rep", customer)
    assert states_of(form) == ["done", "open", "open"]
    call("rep", customer)
    assert states_of(form) == ["done", "done", "open"]
    call("rep", customer)
    assert states_of(form) == ["done", "done", "open"]
