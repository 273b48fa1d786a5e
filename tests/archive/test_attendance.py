"""Who took part, the form of the same day, and requests to the doctor (FIL-06, RB-21.5, RB-21.12)."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions import change_file_form, remove_file_form
from guanxi.domain.archive.actions.attendance import Gathering, remove_attendance, take_attendance
from guanxi.domain.archive.actions.callback import ask_doctor, withdraw_request
from guanxi.domain.archive.models import Attendance

from .filing import duty_of

pytestmark = pytest.mark.django_db
FORM_OF_THE_DAY = """
  - id: file-form-of-the-day
    article: 二.1-4 参加活动的顾客当日填写档案表
    topic: file-form
    subject: attendance
    when: attended
    by: owner
    steps: [{due: 0 days, purpose: 填写档案表}]
    evidence: {form: [file-form]}
    ladder: [{at: due + 1 day, tell: superior}]
"""
ON_REQUEST = """
  - id: doctor-on-request
    article: 二.8 未购买顾客应代表或经理要求由医生回访
    topic: doctor-on-request
    subject: callback-request
    when: asked
    by: {role: service-doctor}
    steps: [{due: 0 days, purpose: 应要求回访}]
    evidence: {activity: [call, visit], with: [result, note], recorded: same day}
"""


@pytest.fixture
def came(actor, customer_of):
    """`came("rep", 2)`: so many customers at one event today."""

    def take(login: str = "rep", count: int = 1) -> list[Attendance]:
        ids = [customer_of(login).pk for _one in range(count)]
        return take_attendance(Gathering("健康讲座", clock.today(), ids), actor=actor(login))

    return take


@pytest.mark.req("FIL-06")
def test_several_customers_are_written_down_at_once_and_nobody_twice(actor, customer_of):
    first, second = customer_of("rep"), customer_of("rep")
    event = Gathering("健康讲座", clock.today(), [first.pk, second.pk], buyers={second.pk})
    taken = take_attendance(event, actor=actor("rep"))
    assert {one.customer_id: one.purchased for one in taken} == {first.pk: False, second.pk: True}
    with pytest.raises(Invalid):
        take_attendance(event, actor=actor("rep"))
    assert Attendance.objects.count() == 2


@pytest.mark.req("RB-21.5", "FIL-06")
def test_whoever_came_gets_a_form_the_same_day(clause, came, filed, staff):
    clause(FORM_OF_THE_DAY)
    attendance = came()[0]
    duty = duty_of("attendance", attendance.pk, "file-form-of-the-day")
    assert (duty.assignee, duty.due_on, duty.state) == (staff("rep"), date(2026, 11, 16), "open")
    form = filed(customer=attendance.customer)
    duty.refresh_from_db()
    attendance.refresh_from_db()
    assert (duty.state, duty.settled_late, attendance.file_form) == ("done", False, form)


@pytest.mark.req("RB-21.5")
def test_the_form_of_another_event_settles_nothing_and_who_lacks_one_is_listed(clause, came, filed, browse):
    clause(FORM_OF_THE_DAY)
    attendance = came()[0]
    filed(customer=attendance.customer, event_name="另一场")
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").state == "open"
    clock.advance(days=1)
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").is_late
    page = browse("rep").get("/attendances?form=missing").content.decode()
    assert f"/attendances/{attendance.pk}" in page
    assert f"/attendances/{attendance.pk}" not in browse("colleague").get("/attendances?form=missing").content.decode()


def test_a_form_renamed_to_the_event_counts_and_one_removed_opens_the_duty_again(clause, came, filed, actor):
    clause(FORM_OF_THE_DAY)
    attendance = came()[0]
    form = filed(customer=attendance.customer, event_name="写错的名称")
    change_file_form(form.pk, {"event_name": "健康讲座"}, version=form.version, actor=actor("rep"))
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").state == "done"
    remove_file_form(form.pk, why="重复", actor=actor("manager"))
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").state == "open"


def test_a_form_that_was_there_before_the_list_is_recognised(clause, customer_of, filed, actor):
    clause(FORM_OF_THE_DAY)
    customer = customer_of("rep")
    form = filed(customer=customer)
    attendance = take_attendance(Gathering("健康讲座", clock.today(), [customer.pk]), actor=actor("rep"))[0]
    attendance.refresh_from_db()
    assert attendance.file_form == form
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").state == "done"


def test_taken_off_the_list_there_is_nothing_to_do(clause, came, actor):
    clause(FORM_OF_THE_DAY)
    attendance = came()[0]
    remove_attendance(attendance.pk, why="记错人", actor=actor("manager"))
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").state == "withdrawn"


def test_customers_of_others_are_not_written_down(customer_of, actor):
    other = customer_of("stranger")
    with pytest.raises(Missing):
        take_attendance(Gathering("健康讲座", clock.today(), [other.pk]), actor=actor("rep"))


def test_the_page_takes_a_whole_event_and_the_link_fills_in_the_form(browse, customer_of):
    first, second = customer_of("rep", name="崔强"), customer_of("rep", name="夏梅珍")
    values = {"event_name": "答谢晚宴", "held_on": "2026-11-16", "event_kind": "dinner"}
    client = browse("rep")
    assert client.post("/attendances/new", values).status_code == 422
    answer = client.post("/attendances/new", values | {"customer": [first.pk], "buyer": [second.pk]})
    assert answer.status_code == 302
    attendance = Attendance.objects.get(customer=second)
    assert attendance.purchased
    page = client.get(f"/customers/{second.pk}/file-forms/new?attendance={attendance.pk}").content.decode()
    assert 'value="答谢晚宴"' in page
    assert 'value="2026-11-16"' in page


@pytest.mark.parametrize("odd", ["0", "x", "9" * 30, "999999999"])
def test_an_odd_attendance_in_the_address_leaves_the_form_empty(odd, browse, customer_of):
    customer = customer_of("rep")
    assert browse("rep").get(f"/customers/{customer.pk}/file-forms/new?attendance={odd}").status_code == 200


@pytest.mark.req("RB-21.12", "CAR-04")
def test_the_doctor_calls_a_non_buyer_when_somebody_asks(clause, customer_of, actor, staff, recorded):
    clause(ON_REQUEST)
    customer = customer_of("rep")
    request = ask_doctor(customer.pk, date(2026, 11, 18), "想了解用法", actor=actor("rep"))
    duty = duty_of("callbackrequest", request.pk, "doctor-on-request")
    assert (duty.assignee, duty.due_on) == (staff("doctor"), date(2026, 11, 18))
    assert Message.objects.filter(recipient=staff("doctor"), kind="archive:callbackrequest:waits").count() == 1
    clock.advance(days=2)
    recorded("doctor", customer.pk)
    duty.refresh_from_db()
    assert (duty.state, duty.settled_late) == ("done", False)


@pytest.mark.req("RB-21.12")
def test_a_call_before_the_day_wanted_is_the_call_that_was_asked_for(clause, customer_of, actor, recorded):
    clause(ON_REQUEST)
    customer = customer_of("rep")
    request = ask_doctor(customer.pk, date(2026, 11, 20), "想了解用法", actor=actor("rep"))
    clock.advance(days=1)
    recorded("doctor", customer.pk)
    assert duty_of("callbackrequest", request.pk, "doctor-on-request").state == "done"


@pytest.mark.req("RB-21.12")
def test_buyers_are_in_the_doctors_plan_already(clause, filed, actor):
    form = filed()
    with pytest.raises(Invalid):
        ask_doctor(form.customer_id, clock.today(), "再打一次", actor=actor("rep"))


def test_a_request_taken_back_asks_the_doctor_for_nothing(clause, customer_of, actor):
    clause(ON_REQUEST)
    request = ask_doctor(customer_of("rep").pk, clock.today(), "想了解用法", actor=actor("rep"))
    withdraw_request(request.pk, why="已经见面", actor=actor("rep"))
    assert duty_of("callbackrequest", request.pk, "doctor-on-request").state == "withdrawn"


def test_forms_and_lists_follow_the_customer_to_the_new_owner(came, actor, staff):
    from guanxi.core.customers.actions import transfer_customers

    attendance = came()[0]
    transfer_customers([attendance.customer_id], to=staff("colleague"), actor=actor("manager"), why="调整")
    attendance.refresh_from_db()
    assert attendance.owner == staff("colleague")
    assert not Duty.objects.filter(assignee=staff("rep"), state="open").exists()


@pytest.mark.req("RB-21.5", "FIL-06")
def test_a_form_with_something_missing_is_not_filled_in_until_it_is_complete(clause, came, filed, actor, browse):
    clause(FORM_OF_THE_DAY.replace("[file-form]", "[complete-file-form]"))
    attendance = came()[0]
    form = filed(customer=attendance.customer, health="")
    assert form.whole_since is None
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").state == "open"
    led = browse("rep").get(f"/customers/{attendance.customer_id}/file-forms/new?attendance={attendance.pk}")
    assert led["Location"] == f"/file-forms/{form.pk}/edit"
    assert "尚未填写完整" in browse("rep").get(f"/file-forms/{form.pk}").content.decode()
    clock.advance(days=1)
    change_file_form(form.pk, {"health": "高血压"}, version=form.version, actor=actor("rep"))
    duty = duty_of("attendance", attendance.pk, "file-form-of-the-day")
    assert (duty.state, duty.settled_late) == ("done", True)
    form.refresh_from_db()
    change_file_form(form.pk, {"amount": None}, version=form.version, actor=actor("rep"))
    assert duty_of("attendance", attendance.pk, "file-form-of-the-day").state == "open"
