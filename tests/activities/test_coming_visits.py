"""A customer will come: a message the day before, a table where they eat, and somebody who receives them (CAR-31)."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.actions.coming import announce_visit, reserve_table
from guanxi.core.activities.models import Coming
from guanxi.core.activities.screens.coming import COMING_VISITS
from guanxi.core.customers.actions import transfer_customers
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.packs import pack_text

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def rules(actor):
    draft = save_draft(pack_text("customer-reception"), actor=actor("admin"))
    approve_version(draft.pk, effective_on=clock.today(), actor=actor("gm"))
    run_rules()


@pytest.fixture
def visit(actor, customer_of):
    values = {"comes_on": FRIDAY, "guests": 2, "meal": "lunch"}
    return announce_visit(customer_of("rep").pk, values, actor=actor("rep"))


def states(visit):
    rows = Duty.objects.filter(subject_kind="coming", subject_id=visit.pk, clause__isnull=False)
    return {d.clause.key: (d.state, d.due_on) for d in rows.select_related("clause")}


@pytest.mark.req("CAR-31")
def test_message_table_and_reception_are_raised_and_done(rules, visit, actor, staff):
    thursday = date(2026, 11, 19)
    assert states(visit) == {
        "visit-confirmed": ("open", FRIDAY),
        "table-reserved": ("open", thursday),
        "customer-received": ("open", FRIDAY),
    }
    assert set(Duty.objects.filter(subject_kind="coming").values_list("assignee", flat=True)) == {staff("rep").pk}
    reserve_table(visit.pk, table="锦江楼 三号包间 11:30", actor=actor("rep"))
    clock.advance(days=3)
    sent = NewActivity(kind="message", note="明天上午见，已为您订好座位")
    log_activity(visit.customer_id, sent, actor=actor("rep"))
    clock.advance(days=1)
    came = NewActivity(kind="shop", result="reached", note="参观了展厅，对理疗床感兴趣")
    log_activity(visit.customer_id, came, actor=actor("rep"))
    assert {key: state for key, (state, _day) in states(visit).items()} == dict.fromkeys(states(visit), "done")


@pytest.mark.req("CAR-31")
def test_nobody_reserves_where_nobody_eats(rules, actor, customer_of):
    visit = announce_visit(customer_of("rep").pk, {"comes_on": FRIDAY}, actor=actor("rep"))
    assert set(states(visit)) == {"visit-confirmed", "customer-received"}


def test_another_day_moves_what_is_to_be_prepared(rules, visit, actor):
    COMING_VISITS.change(visit.pk, {"comes_on": date(2026, 11, 25)}, version=visit.version, actor=actor("rep"))
    assert states(visit)["customer-received"] == ("open", date(2026, 11, 25))
    COMING_VISITS.remove(visit.pk, actor=actor("rep"), why="改期，时间未定")
    assert {state for state, _day in states(visit).values()} == {"withdrawn"}


def test_whoever_gets_the_customer_receives_them(rules, visit, actor, staff):
    transfer_customers([visit.customer_id], to=staff("colleague"), actor=actor("manager"), why="调整片区")
    assert Coming.objects.get(id=visit.pk).owner == staff("colleague")
    assert set(Duty.objects.open().filter(subject_kind="coming").values_list("assignee", flat=True)) == {
        staff("colleague").pk
    }


def test_what_cannot_be_is_refused_by_field(actor, customer_of):
    customer = customer_of("rep")
    for values, field in (
        ({}, "comes_on"),
        ({"comes_on": date(2026, 11, 15)}, "comes_on"),
        ({"comes_on": FRIDAY, "meal": "tea"}, "meal"),
        ({"comes_on": FRIDAY, "guests": 0}, "guests"),
    ):
        with pytest.raises(Invalid) as refused:
            announce_visit(customer.pk, values, actor=actor("rep"))
        assert list(refused.value.errors) == [field]
    with pytest.raises(Missing):
        announce_visit(customer.pk, {"comes_on": FRIDAY}, actor=actor("stranger"))


def test_it_is_entered_on_the_card_and_seen_in_list_and_panel(browse, customer_of):
    customer = customer_of("rep")
    rep = browse("rep")
    assert rep.get(f"/customers/{customer.pk}/coming").status_code == 200
    assert rep.post(f"/customers/{customer.pk}/coming", {"comes_on": ""}).status_code == 422
    entries = {"comes_on": "2026-11-20", "guests": "2", "meal": "dinner"}
    assert rep.post(f"/customers/{customer.pk}/coming", entries).status_code == 302
    visit = Coming.objects.get()
    assert "2026-11-20" in rep.get(f"/customers/{customer.pk}").content.decode()
    assert customer.name in rep.get("/coming-visits").content.decode()
    assert rep.post(f"/coming-visits/{visit.pk}/table", {"table": ""}).status_code == 422
    assert rep.post(f"/coming-visits/{visit.pk}/table", {"table": "锦江楼"}).status_code == 302
    assert browse("stranger").get(f"/coming-visits/{visit.pk}").status_code == 404
