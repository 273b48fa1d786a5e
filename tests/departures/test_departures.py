"""Who leaves hands over first: announced, received by a manager or doctor, and only then completed (ORG-10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from guanxi.base.audit.models import EventRow
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org import departures
from guanxi.base.org.actions import (
    DepartureEntry,
    announce_departure,
    cancel_departure,
    change_departure,
    close_account,
    confirm_received,
    end_employment,
)
from guanxi.base.org.models import Account, Departure, Staff
from guanxi.core.customers.actions import transfer_customers
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.models import Duty

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-10")]
ActorOf = Callable[[str], Actor]
StaffOf = Callable[[str], Staff]
FRIDAY = date(2026, 11, 20)
BOOK = """
rulebook: leaving
title: 离职交接制度
source: "[001] 会销客户档案管理制度范文"
rules:
  - id: handed-over-before-leaving
    article: "二.12 员工离职前，须将全部档案移交顾服主管医生或销售经理"
    topic: departure
    subject: departure
    when: announced
    by: owner
    steps: [{due: 0 days, purpose: 移交全部档案}]
    evidence: {state: [received], by: anyone}
    ladder:
      - {at: due - 1 day, remind: assignee}
      - {at: due + 1 day, tell: superior}
  - id: no-departure-with-files
    article: "二.12 未移交者不得办理离职"
    topic: departure
    subject: departure
    forbids: [complete]
"""


@pytest.fixture
def announce(actor: ActorOf, staff: StaffOf) -> Callable[..., Departure]:
    def make(who: str = "rep", *, by: str = "manager", to: str = "doctor", on: date = FRIDAY) -> Departure:
        return announce_departure(staff(who).pk, DepartureEntry(on, staff(to).pk), actor=actor(by))

    return make


def leave(who: Staff, actor: Actor) -> None:
    end_employment(who.pk, on=clock.today(), actor=actor)


@pytest.mark.req("RB-21.18")
def test_the_clause_from_the_announcement_to_the_last_day(
    approve: Callable[..., Any], announce: Callable[..., Departure], customer_of: Any, actor: ActorOf, staff: StaffOf
):
    approve(BOOK)
    customer, rep = customer_of("rep"), staff("rep")
    departure = announce()
    duty = Duty.objects.get(clause__key="handed-over-before-leaving")
    assert (duty.assignee_id, duty.due_on, duty.state) == (rep.pk, FRIDAY, "open")
    with pytest.raises(Refused) as held:
        confirm_received(departure.pk, actor=actor("doctor"))
    assert [(one.kind, one.count) for one in held.value.details["held"]] == [("customer", 1)]
    with pytest.raises(Refused) as holding:
        leave(rep, actor("admin"))
    assert holding.value.code == "holds"
    transfer_customers([customer.pk], to=staff("colleague"), actor=actor("manager"), why="离职交接")
    with pytest.raises(NotAllowed) as restricted:
        leave(rep, actor("admin"))
    assert (restricted.value.code, "不得办理离职" in str(restricted.value.message)) == ("restricted", True)
    confirm_received(departure.pk, actor=actor("doctor"))
    duty.refresh_from_db()
    assert duty.state == "done"
    leave(rep, actor("admin"))
    departure.refresh_from_db()
    assert departure.completed_at is not None
    assert not Account.objects.get(login="rep").is_active
    names = EventRow.objects.filter(name__startswith="org:departure:").order_by("id").values_list("name", flat=True)
    assert [name.rsplit(":", 1)[1] for name in names] == ["announced", "received", "completed"]


@pytest.mark.req("RB-21.18")
def test_who_does_not_hand_over_in_time_is_late_and_the_superior_is_told(
    approve: Callable[..., Any], announce: Callable[..., Departure], customer_of: Any, staff: StaffOf
):
    from guanxi.core.rulebooks.jobs import run_rules

    approve(BOOK)
    customer_of("rep")
    announce()
    clock.advance(days=6)
    run_rules()
    late = Message.objects.filter(kind="rulebooks:duty:late")
    assert [one.recipient_id for one in late] == [staff("supervisor").pk]


@pytest.mark.req("RB-21.18")
def test_under_the_clause_nobody_leaves_unannounced(approve: Callable[..., Any], actor: ActorOf, staff: StaffOf):
    approve(BOOK)
    with pytest.raises(NotAllowed, match="restricted"):
        leave(staff("colleague"), actor("admin"))
    assert Account.objects.get(login="colleague").is_active


def test_without_a_clause_an_announced_departure_waits_for_its_receiver(
    announce: Callable[..., Departure], actor: ActorOf, staff: StaffOf
):
    departure = announce()
    with pytest.raises(Refused) as waiting:
        leave(staff("rep"), actor("admin"))
    assert waiting.value.code == "not_received"
    with pytest.raises(Refused) as open_:
        close_account(Account.objects.get(login="rep").pk, actor=actor("admin"))
    assert open_.value.code == "not_received"
    confirm_received(departure.pk, actor=actor("doctor"))
    leave(staff("rep"), actor("admin"))


def test_what_came_after_the_receipt_is_handed_over_too(
    announce: Callable[..., Departure], customer_of: Any, actor: ActorOf, staff: StaffOf
):
    confirm_received(announce().pk, actor=actor("doctor"))
    customer_of("rep")
    with pytest.raises(Refused) as holding:
        leave(staff("rep"), actor("admin"))
    assert holding.value.code == "holds"


@pytest.mark.parametrize(
    ("login", "may"), [("doctor", True), ("gm", True), ("manager", False), ("supervisor", False), ("admin", False)]
)
def test_the_receiver_or_a_superior_of_the_receiver_confirms(
    login: str, may: bool, announce: Callable[..., Departure], actor: ActorOf
):
    departure = announce()
    if may:
        assert confirm_received(departure.pk, actor=actor(login)).received_by is not None
        return
    with pytest.raises(NotAllowed):
        confirm_received(departure.pk, actor=actor(login))


@pytest.mark.parametrize("login", ["rep", "colleague", "stranger", "hangzhou"])
def test_nobody_confirms_for_themselves_or_from_outside(login: str, announce: Callable[..., Departure], actor: ActorOf):
    departure = announce()
    with pytest.raises((NotAllowed, Missing)):
        confirm_received(departure.pk, actor=actor(login))


def test_a_superior_of_the_receiver_who_leaves_does_not_confirm(announce: Callable[..., Departure], actor: ActorOf):
    departure = announce("manager", by="gm", to="doctor")
    assert departure.receiver.name == "沈洁"
    with pytest.raises(NotAllowed):
        confirm_received(departure.pk, actor=actor("manager"))


@pytest.mark.parametrize("receiver", ["rep", "colleague", "admin", "supervisor"])
def test_a_manager_or_doctor_receives(receiver: str, announce: Callable[..., Departure]):
    with pytest.raises(Invalid) as refused:
        announce(to=receiver)
    assert set(refused.value.errors) == {"receiver"}


def test_it_is_announced_once_by_others_and_within_reason(announce: Callable[..., Departure], actor: ActorOf):
    for by, error in (("rep", NotAllowed), ("colleague", NotAllowed), ("hangzhou", Refused)):
        with pytest.raises(error):
            announce(by=by)
    with pytest.raises(Refused) as own:
        announce("manager", by="manager")
    assert own.value.code in ("own", "not_allowed", "missing")
    for day in (date(2024, 12, 31), date(2028, 1, 1)):
        with pytest.raises(Invalid):
            announce(on=day)
    announce()
    with pytest.raises(Refused) as twice:
        announce(by="gm")
    assert twice.value.code == "announced"


def test_it_can_be_changed_and_taken_back(announce: Callable[..., Departure], actor: ActorOf, staff: StaffOf):
    departure = announce()
    entry = DepartureEntry(date(2026, 11, 27), staff("manager").pk, "改期")
    change_departure(departure.pk, entry, actor=actor("manager"))
    with pytest.raises(Invalid):
        cancel_departure(departure.pk, why=" ", actor=actor("gm"))
    cancel_departure(departure.pk, why="决定留下", actor=actor("gm"))
    with pytest.raises(Refused):
        confirm_received(departure.pk, actor=actor("manager"))
    assert departures.open_departure(staff("rep").pk) is None
    announce()


@pytest.mark.req("ORG-07")
@pytest.mark.parametrize(
    ("last_day", "announced", "late"),
    [
        (date(2026, 11, 20), date(2026, 11, 16), 0),
        (date(2026, 11, 13), date(2026, 11, 16), 0),  # Friday to Monday: one working day
        (date(2026, 11, 13), date(2026, 11, 17), 1),
        (date(2026, 11, 12), date(2026, 11, 16), 1),
        (date(2026, 9, 30), date(2026, 10, 9), 1),  # over the holiday of October
    ],
)
def test_a_late_announcement_is_measured_in_working_days(
    last_day: date, announced: date, late: int, announce: Callable[..., Departure]
):
    clock.advance(days=(announced - clock.today()).days)
    assert departures.days_late(announce(on=last_day)) == late


@pytest.mark.req("ORG-11")
def test_an_overdue_hand_over_is_marked(announce: Callable[..., Departure], browse: Callable[[str], Client]):
    announce()
    assert "交接逾期" not in browse("gm").get("/departures").content.decode()
    clock.advance(days=5)
    assert "交接逾期" in browse("gm").get("/departures").content.decode()


@pytest.mark.req("ORG-11")
def test_all_customers_go_to_the_successor_in_one_action_with_their_history(
    announce: Callable[..., Departure], customer_of: Any, browse: Callable[[str], Client], staff: StaffOf
):
    from guanxi.base.records.bulk.models import BulkRun
    from guanxi.base.records.bulk.running import carry_on

    customers = [customer_of("rep") for _number in range(3)]
    departure, page = announce(), browse("manager")
    shown = page.get(f"/departures/{departure.pk}").content.decode()
    assert "customer-transfer" in shown
    asked = {"kind": "customer", "step": "customer-transfer", "all": "1", "asked": f"owner={staff('rep').pk}"}
    started = page.post("/bulk/start", asked)
    assert page.post(f"{started.url}/preview", {"to": staff("colleague").pk, "why": "离职交接"}).status_code == 302
    assert page.post(f"{started.url}/confirm").status_code == 302
    carry_on(BulkRun.objects.get().pk)
    owners = set(Customer.objects.filter(id__in=[one.pk for one in customers]).values_list("owner__name", flat=True))
    assert owners == {"黄娜"}
    assert confirm_received(departure.pk, actor=_actor("doctor")).received_at is not None


def _actor(login: str) -> Actor:
    account = Account.objects.select_related("staff").get(login=login)
    return Actor(account.staff.name, "web", account_id=account.pk, staff_id=account.staff.pk)


def test_who_leaves_and_who_receives_are_told_and_see_the_list(
    announce: Callable[..., Departure], customer_of: Any, browse: Callable[[str], Client], staff: StaffOf
):
    customer_of("rep")
    departure = announce()
    told = Message.objects.filter(kind__startswith="org:departure:").order_by("kind")
    assert [one.recipient.account.login for one in told] == ["rep", "doctor"]
    for login in ("rep", "doctor", "supervisor", "gm", "admin"):
        assert "客户" in browse(login).get(f"/departures/{departure.pk}").content.decode()
    for login in ("colleague", "stranger", "hangzhou"):
        assert browse(login).get(f"/departures/{departure.pk}").status_code == 404
    confirm = "我已全部接收"
    assert confirm not in browse("rep").get(f"/departures/{departure.pk}").content.decode()
    answer = browse("doctor").post(f"/departures/{departure.pk}/received")
    assert answer.status_code == 422
    Customer.objects.update(owner=staff("colleague"))
    assert confirm in browse("doctor").get(f"/departures/{departure.pk}").content.decode()
    assert browse("doctor").post(f"/departures/{departure.pk}/received").status_code == 302


def test_the_form_says_what_is_wrong(browse: Callable[[str], Client], staff: StaffOf):
    answer = browse("manager").post("/departures/new", {"staff": staff("rep").pk, "leaves_on": "x"})
    assert answer.status_code == 422
    for word in ("2026-11-21", "请从列表中选择"):
        assert word in answer.content.decode()
    sent = {"staff": staff("rep").pk, "leaves_on": "2026-11-20", "receiver": staff("doctor").pk, "note": "回老家"}
    assert browse("manager").post("/departures/new", sent).status_code == 302
    card = browse("admin").get(f"/settings/staff/{staff('rep').pk}").content.decode()
    assert "沈洁" in card


@pytest.mark.req("RB-21.18")
def test_the_shipped_clause_stands_before_the_end_of_employment(
    whole_rulebook_21: Any, announce: Callable[..., Departure], actor: ActorOf, staff: StaffOf
):
    departure = announce()
    assert Duty.objects.filter(clause__key="handed-over-before-leaving", assignee=staff("rep")).count() == 1
    with pytest.raises(NotAllowed, match="restricted"):
        leave(staff("rep"), actor("admin"))
    confirm_received(departure.pk, actor=actor("doctor"))
    leave(staff("rep"), actor("admin"))
    assert not Duty.objects.filter(clause__key="handed-over-before-leaving", state="open").exists()
