"""Customers are created, changed, transferred, binned and left in peace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Stale
from guanxi.base.org.models import Reach, Restriction, Staff
from guanxi.base.records.reveal import reveals
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.actions import (
    add_team_member,
    change_customer,
    create_customer,
    end_team_member,
    leave_in_peace,
    remove_customer,
    restore_customer,
    transfer_customers,
)
from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db
Make = Callable[[str], Actor]
CustomerOf = Callable[..., Customer]


@pytest.mark.req("CUS-01")
def test_it_wants_a_name_and_a_way_to_reach_the_customer(actor: Make) -> None:
    with pytest.raises(Invalid) as refused:
        create_customer({"kind": "person", "name": "", "phone": ""}, actor=actor("rep"))
    assert set(refused.value.errors) == {"name", "phone"}


@pytest.mark.req("CUS-02", "CUS-22")
def test_the_creator_owns_it_in_the_unit_of_the_main_post(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    customer.refresh_from_db()
    assert customer.owner.name == "邱远"
    assert customer.collected_by.name == "邱远"
    assert customer.unit.code == "chengdu-sales"
    assert customer.number.startswith("K")
    assert {v.field for v in customer.validity.all()} == {"owner", "unit", "status"}


@pytest.mark.req("CUS-01")
def test_the_same_name_and_phone_is_one_person_and_another_name_a_couple(customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强", phone="13894821993")
    customer_of("rep", name="夏梅", phone="13894821993")
    with pytest.raises(Invalid) as refused:
        customer_of("colleague", name="崔强", phone="13894821993")
    assert "13894821993" not in str(refused.value.errors)
    assert Customer.objects.count() == 2


@pytest.mark.req("CUS-04")
def test_a_change_is_versioned_with_editor_and_time(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    clock.advance(hours=2)
    changed = change_customer(customer.pk, {"grade": "A", "remark": "晚上联系"}, version=1, actor=actor("rep"))
    assert changed.version == 2
    entry = Entry.objects.get(name="customers:customer:changed")
    assert entry.changes == {"grade": ["", "A"]}
    assert entry.personal == {"remark": ["", "晚上联系"]}
    assert (entry.who, entry.at) == ("邱远", clock.now())
    assert EventRow.objects.get(name="customers:customer:changed").ids == [customer.pk]


@pytest.mark.req("CUS-04")
def test_the_second_editor_is_told_what_changed_and_nothing_is_lost(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    change_customer(customer.pk, {"grade": "A"}, version=1, actor=actor("supervisor"))
    with pytest.raises(Stale) as conflict:
        change_customer(customer.pk, {"grade": "B", "name": customer.name}, version=1, actor=actor("rep"))
    assert conflict.value.theirs == {"grade": ("A", "B")}
    assert Customer.objects.get(pk=customer.pk).grade == "A"
    change_customer(customer.pk, {"grade": "B"}, version=conflict.value.version, actor=actor("rep"))
    assert Customer.objects.get(pk=customer.pk).grade == "B"


def test_saving_without_a_change_leaves_no_trace(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    before = Entry.objects.count()
    change_customer(customer.pk, {"name": customer.name}, version=1, actor=actor("rep"))
    assert Entry.objects.count() == before


@pytest.mark.req("ORG-02")
@pytest.mark.parametrize(
    ("login", "sees"),
    [("rep", True), ("colleague", False), ("supervisor", True), ("manager", True), ("gm", True), ("doctor", True),
     ("stranger", False), ("hangzhou", False), ("admin", False)],
)  # fmt: skip
def test_a_customer_is_seen_by_owner_superiors_and_branch_only(
    customer_of: CustomerOf, actor: Make, login: str, sees: bool
) -> None:
    customer = customer_of("rep")
    if sees:
        assert access_customer(actor(login), customer.pk) == customer
    else:
        with pytest.raises(Missing):
            access_customer(actor(login), customer.pk)


@pytest.mark.req("CUS-05")
def test_removal_is_a_right_of_its_own_and_can_be_taken_back(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    with pytest.raises(NotAllowed):
        remove_customer(customer.pk, actor=actor("rep"))
    remove_customer(customer.pk, actor=actor("manager"), why="重复")
    with pytest.raises(Missing):
        access_customer(actor("rep"), customer.pk)
    restore_customer(customer.pk, actor=actor("manager"))
    assert access_customer(actor("rep"), customer.pk).version == 3


@pytest.mark.req("CUS-05")
def test_a_person_created_again_meanwhile_keeps_the_binned_one_in_the_bin(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep", phone="13894821993")
    remove_customer(customer.pk, actor=actor("manager"))
    customer_of("rep", phone="13894821993")
    with pytest.raises(Invalid):
        restore_customer(customer.pk, actor=actor("manager"))


@pytest.mark.req("ORG-02")
def test_a_transfer_moves_owner_and_unit_and_keeps_their_history(
    customer_of: CustomerOf, actor: Make, staff: Callable[[str], Staff]
) -> None:
    customers = [customer_of("rep"), customer_of("rep")]
    clock.advance(days=1)
    moved = transfer_customers([c.pk for c in customers], to=staff("stranger"), actor=actor("gm"), why="调区")
    assert moved == 2
    fresh = Customer.objects.get(pk=customers[0].pk)
    assert (fresh.owner.name, fresh.unit.code) == ("彭海", "hangzhou-sales")
    owners = list(fresh.validity.filter(field="owner").order_by("from_at"))
    assert [o.value for o in owners] == [str(customers[0].owner_id), str(fresh.owner_id)]
    assert owners[0].to_at == owners[1].from_at == clock.now()


def test_a_transfer_is_all_or_none(customer_of: CustomerOf, actor: Make, staff: Callable[[str], Staff]) -> None:
    mine, foreign = customer_of("rep"), customer_of("stranger")
    with pytest.raises(Missing):
        transfer_customers([mine.pk, foreign.pk], to=staff("colleague"), actor=actor("manager"))
    assert Customer.objects.get(pk=mine.pk).owner.name == "邱远"


@pytest.mark.req("CUS-06")
def test_a_team_member_sees_the_customer_until_taken_off(
    customer_of: CustomerOf, actor: Make, staff: Callable[[str], Staff]
) -> None:
    customer = customer_of("rep")
    member = add_team_member(customer.pk, staff=staff("stranger"), role="service-doctor", actor=actor("rep"))
    assert access_customer(actor("stranger"), customer.pk) == customer
    with pytest.raises(NotAllowed):
        access_customer(actor("stranger"), customer.pk, to="update")
    end_team_member(member.pk, customer_id=customer.pk, actor=actor("rep"))
    with pytest.raises(Missing):
        access_customer(actor("stranger"), customer.pk)


def test_the_dead_and_those_who_asked_for_quiet_may_not_be_contacted(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    quiet = leave_in_peace(customer.pk, is_do_not_disturb=True, deceased_on=None, actor=actor("rep"))
    assert not quiet.may_be_contacted
    with pytest.raises(Invalid):
        leave_in_peace(customer.pk, is_do_not_disturb=False, deceased_on=date(2026, 11, 17), actor=actor("rep"))


def test_a_restriction_forbids_with_its_reason(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    Restriction.objects.create(kind="customer", subject_id=customer.pk, verb="update", reason="封存")
    with pytest.raises(NotAllowed, match="restricted"):
        change_customer(customer.pk, {"grade": "A"}, version=1, actor=actor("rep"))


def test_who_works_on_a_customer_sees_the_number_and_who_only_reads_does_not(
    customer_of: CustomerOf, actor: Make, staff: Callable[[str], Staff]
) -> None:
    customer = customer_of("rep")
    assert not reveals(actor("stranger"), "customer", customer)
    add_team_member(customer.pk, staff=staff("stranger"), role="service-doctor", actor=actor("rep"))
    assert reveals(actor("stranger"), "customer", customer)
    Reach.objects.create(kind="customer", record_id=customer.pk, staff=staff("hangzhou"), why="share:1")
    assert not reveals(actor("hangzhou"), "customer", customer)
