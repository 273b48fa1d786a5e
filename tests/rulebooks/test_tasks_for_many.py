"""A task for each customer of a segment: how care and useful information are planned for many (CAR-32)."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions.many import create_tasks, withdraw_tasks
from guanxi.core.rulebooks.models import Duty
from tests.lists.test_bulk_steps import confirmed, previewed, text_of

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def people(customer_of):
    return [customer_of("rep").pk, customer_of("colleague", name="夏梅").pk, customer_of("rep", name="黄娜娜").pk]


@pytest.mark.req("CAR-32")
def test_each_owner_gets_the_task_of_each_customer(people, actor, staff, browse):
    supervisor = browse("supervisor")
    at = previewed(supervisor, "task", people, purpose="寄送冬季养生资料", due_on="2026-11-20")
    assert "寄送冬季养生资料" in text_of(confirmed(supervisor, at))
    duties = Duty.objects.filter(clause=None).order_by("customer_id")
    assert [duty.assignee for duty in duties] == [staff("rep"), staff("colleague"), staff("rep")]
    assert {duty.due_on for duty in duties} == {FRIDAY}
    assert "寄送冬季养生资料" in browse("colleague").get("/").content.decode()


def test_who_rests_in_peace_gets_none_and_a_past_day_is_refused(people, actor):
    Customer.objects.filter(id=people[0]).update(deceased_on=clock.today())
    Customer.objects.filter(id=people[1]).update(is_do_not_disturb=True)
    done = create_tasks(people, purpose="问候", due_on=FRIDAY, actor=actor("supervisor"))
    assert [one.id for one in done] == people[2:]


def test_they_are_taken_back_together_while_open(people, actor):
    done = create_tasks(people, purpose="问候", due_on=FRIDAY, actor=actor("supervisor"))
    Duty.objects.filter(customer_id=people[0]).update(state="done", settled_at=clock.now())
    assert withdraw_tasks(done, actor=actor("supervisor")) == set(people[1:])


def test_customers_of_others_are_left_alone(people, actor):
    assert create_tasks(people, purpose="问候", due_on=FRIDAY, actor=actor("stranger")) == []


def test_a_thousand_cost_what_one_does(actor, customer_of, django_assert_num_queries):
    rep = actor("rep")
    people = [customer_of("rep", name=f"客户{n}").pk for n in range(12)]
    with django_assert_num_queries(9):
        create_tasks(people, purpose="问候", due_on=FRIDAY, actor=rep)
