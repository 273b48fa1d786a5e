"""What a contact was for, and that nobody rings somebody twice on one day without knowing."""

from __future__ import annotations

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.queries import contacts_today
from guanxi.core.customers.actions import add_team_member

CALL = {"kind": "call", "result": "reached", "note": "问候了近况，家里都好，约好周五再谈"}


@pytest.mark.req("CAR-32", "CAR-29")
def test_care_information_and_promotion_are_told_apart(actor, customer_of, browse):
    customer = customer_of("rep")
    log_activity(customer.pk, NewActivity(**CALL, intent="information"), actor=actor("rep"))
    page = browse("rep").get(f"/customers/{customer.pk}").content.decode()
    assert "电话 · 实用信息" in page
    with pytest.raises(Invalid):
        log_activity(customer.pk, NewActivity(**CALL, intent="smalltalk"), actor=actor("rep"))


@pytest.mark.req("CAR-29")
def test_a_contact_of_a_colleague_today_is_said_before_the_next(actor, staff, customer_of, browse):
    customer = customer_of("rep")
    log_activity(customer.pk, NewActivity(**CALL, intent="care"), actor=actor("rep"))
    add_team_member(customer.pk, staff=staff("colleague"), role="support", actor=actor("rep"))
    page = browse("colleague").get(f"/customers/{customer.pk}/log").content.decode()
    assert "邱远今天09:00已经联系过（电话 · 关怀）。" in page
    assert "已经联系过" not in browse("rep").get(f"/customers/{customer.pk}/log").content.decode()


@pytest.mark.req("CAR-29")
def test_yesterday_notes_and_calls_that_came_in_are_no_contact_of_today(actor, staff, customer_of):
    customer, rep = customer_of("rep"), actor("rep")
    log_activity(customer.pk, NewActivity(**CALL), actor=rep)
    clock.advance(days=1)
    log_activity(customer.pk, NewActivity(kind="note", note="客户的女儿来取过样品"), actor=rep)
    log_activity(customer.pk, NewActivity(**CALL | {"direction": "in", "note": "来电询问周末活动的时间"}), actor=rep)
    assert not contacts_today(customer.pk, besides=None).exists()


def test_the_form_takes_what_it_was_for(browse, customer_of):
    customer = customer_of("rep")
    rep = browse("rep")
    assert rep.post(f"/customers/{customer.pk}/log", CALL | {"intent": "care"}).status_code == 302
    assert customer.activities.get().intent == "care"
    assert rep.post(f"/customers/{customer.pk}/log", CALL | {"intent": "?"}).status_code == 422
