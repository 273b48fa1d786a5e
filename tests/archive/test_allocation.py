"""Forms received are allocated by five rules in order, and become customers (CUS-23, FIL-04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed
from guanxi.base.org.models import Absence, Post, Staff
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.models import Message
from guanxi.domain.archive.actions import allocate_forms
from guanxi.domain.archive.actions.allocation import Decision
from guanxi.domain.archive.allocating import Proposal, candidates, propose
from guanxi.domain.archive.models import AllocationRule, ContactForm

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-23", "RB-21.3")]
Acting = Callable[[str], Actor]
Person = Callable[[str], Staff]
Received = Callable[..., ContactForm]


def proposed(form: ContactForm, actor: Acting) -> Proposal:
    return propose([form], candidates(actor("manager")))[0]


def goes_away(login: str) -> None:
    """The collector works elsewhere from now on."""
    Post.objects.filter(staff__account__login=login).update(ends_on=clock.today() - timedelta(days=1))


def test_first_whoever_collected_it(received: Received, actor: Acting, staff: Person) -> None:
    found = proposed(received("rep"), actor)
    assert (found.rule, found.owner and found.owner.id) == (AllocationRule.COLLECTOR, staff("rep").pk)


def test_second_who_has_customers_in_the_area(
    received: Received, actor: Acting, staff: Person, customer_of: Callable[..., Customer]
) -> None:
    form = received("rep", area="武侯区")
    customer_of("colleague", address="成都市武侯区一环路")
    goes_away("rep")
    found = proposed(form, actor)
    assert (found.rule, found.owner and found.owner.id) == (AllocationRule.AREA, staff("colleague").pk)


def test_third_a_share_for_who_is_new(received: Received, actor: Acting, staff: Person) -> None:
    form = received("rep")
    Staff.objects.filter(id=staff("colleague").pk).update(joined_on=clock.today() - timedelta(days=30))
    goes_away("rep")
    found = proposed(form, actor)
    assert (found.rule, found.owner and found.owner.id) == (AllocationRule.NEWCOMER, staff("colleague").pk)


def test_fourth_who_has_least_to_do(
    received: Received, actor: Acting, staff: Person, customer_of: Callable[..., Customer]
) -> None:
    form = received("supervisor")
    for number in range(3):
        customer_of("rep", name=f"崔强{number}")
    goes_away("supervisor")
    Post.objects.filter(staff__account__login__in=["rep", "colleague"]).update(
        superior=Post.objects.get(staff__account__login="manager")
    )
    found = proposed(form, actor)
    assert (found.rule, found.owner and found.owner.id) == (AllocationRule.WORKLOAD, staff("colleague").pk)


def test_several_do_not_all_go_to_the_same_person(received: Received, actor: Acting, staff: Person) -> None:
    forms = [received("supervisor", name=name) for name in ("甲一", "乙二", "丙三", "丁四")]
    goes_away("supervisor")
    Post.objects.filter(staff__account__login__in=["rep", "colleague"]).update(
        superior=Post.objects.get(staff__account__login="manager")
    )
    owners = [one.owner.id for one in propose(forms, candidates(actor("manager"))) if one.owner]
    assert sorted(owners) == sorted([staff("rep").pk, staff("colleague").pk] * 2)


def test_who_is_away_gets_nothing_but_what_they_collected(received: Received, actor: Acting, staff: Person) -> None:
    form = received("rep")
    for login in ("rep", "colleague"):
        Absence.objects.create(staff=staff(login), starts_on=clock.today(), ends_on=clock.today())
    assert proposed(form, actor).rule == AllocationRule.COLLECTOR
    goes_away("rep")
    found = proposed(form, actor)
    assert (found.rule, found.owner) == (AllocationRule.MANAGER, None)


def test_fifth_the_manager_decides_and_says_why(received: Received, actor: Acting, staff: Person) -> None:
    form = received("rep")
    with pytest.raises(Invalid) as refused:
        allocate_forms({form.pk: Decision(staff("colleague").pk)}, actor=actor("manager"))
    assert f"why-{form.pk}" in refused.value.errors
    made = allocate_forms({form.pk: Decision(staff("colleague").pk, "她认识这位顾客")}, actor=actor("manager"))
    item = made.items.get()
    assert (item.rule, item.proposed_id, item.owner_id) == (
        AllocationRule.MANAGER,
        staff("rep").pk,
        staff("colleague").pk,
    )


@pytest.mark.req("FIL-04", "CUS-22")
def test_a_customer_comes_into_being_with_owner_collector_and_source(
    received: Received, actor: Acting, staff: Person
) -> None:
    form = received("rep", name="崔桂兰")
    allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
    form.refresh_from_db()
    customer = Customer.objects.get(id=form.customer_id)
    assert (customer.name, customer.phone) == ("崔桂兰", form.phone)
    assert (customer.owner_id, customer.collected_by_id) == (staff("rep").pk, staff("rep").pk)
    assert customer.source == "cold_visit"
    assert (form.state, form.allocator_id) == ("allocated", staff("manager").pk)
    assert Message.objects.filter(recipient=staff("rep"), kind="archive:allocation:given").count() == 1


def test_somebody_known_is_linked_and_never_doubled(
    received: Received, actor: Acting, staff: Person, customer_of: Callable[..., Customer]
) -> None:
    known = customer_of("colleague", name="崔桂兰", phone="13800010099")
    form = received("rep", name="崔桂兰", phone="13800010099")
    made = allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
    item = made.items.get()
    assert (item.customer_id, item.was_known, item.owner_id) == (known.pk, True, staff("colleague").pk)
    assert Customer.objects.filter(name="崔桂兰").count() == 1


def test_the_same_person_twice_on_one_list_is_one_customer(received: Received, actor: Acting, staff: Person) -> None:
    forms = [received("rep", name="崔桂兰", phone="13800010098") for _ in range(2)]
    allocate_forms({form.pk: Decision(staff("rep").pk) for form in forms}, actor=actor("manager"))
    assert Customer.objects.filter(name="崔桂兰").count() == 1
    assert set(ContactForm.objects.values_list("customer__name", flat=True)) == {"崔桂兰"}


def test_a_form_is_allocated_once(received: Received, actor: Acting, staff: Person) -> None:
    form = received("rep")
    allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
    with pytest.raises(Invalid):
        allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))


def test_only_the_manager_who_holds_it_allocates(
    received: Received, signed: Received, actor: Acting, staff: Person
) -> None:
    form = received("rep")
    for login in ("rep", "supervisor", "service", "gm"):
        with pytest.raises(NotAllowed):
            allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor(login))
    with pytest.raises(Invalid):
        allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("hangzhou"))
    with pytest.raises(Invalid):
        allocate_forms({signed("rep").pk: Decision(staff("rep").pk)}, actor=actor("manager"))
    with pytest.raises(Invalid) as refused:
        allocate_forms({form.pk: Decision(staff("stranger").pk, "想给他")}, actor=actor("manager"))
    assert f"owner-{form.pk}" in refused.value.errors


def test_the_screen_proposes_with_the_reason_and_keeps_a_list(
    received: Received, browse: Callable[[str], Client], staff: Person
) -> None:
    form = received("rep", name="崔桂兰")
    client = browse("manager")
    page = client.get("/allocations/new").content.decode()
    assert "谁收集归谁" in page
    assert "崔桂兰" in page
    answer = client.post("/allocations/new", {"forms": [form.pk], f"owner-{form.pk}": staff("rep").pk})
    assert answer.status_code == 302
    listed = client.get(answer["Location"]).content.decode()
    assert form.number in listed
    paper = client.get(f"{answer['Location']}/print").content.decode()
    assert form.number in paper
    assert "P0" in paper
