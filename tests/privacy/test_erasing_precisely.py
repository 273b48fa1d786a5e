"""Erasing one person goes through, and takes nothing from others who are called alike or live in the same town."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.models import Restriction
from guanxi.base.records.models import Segment
from guanxi.core.customers.models import Customer
from guanxi.core.privacy.actions.erasure import erase_customer
from guanxi.core.privacy.actions.request import Asked, refuse_request, take_in_request
from guanxi.core.privacy.actions.setting_apart import hold_customer, release_customer, restrict_customer
from guanxi.core.privacy.models import SetApart
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-10")]
CustomerOf = Callable[..., Customer]
ActorOf = Callable[[str], Actor]


def asks(customer: Customer, wish: str, actor: Actor) -> int:
    return take_in_request(Asked(wish, "本人", "身份证", customer.pk), actor=actor).pk


def test_a_request_that_was_refused_once_is_not_in_the_way(customer_of: CustomerOf, actor: ActorOf) -> None:
    customer = customer_of("rep")
    refuse_request(asks(customer, "copy", actor("gm")), answer="无法核实身份", actor=actor("gm"))
    assert erase_customer(customer.pk, actor=actor("gm")).counts["privacy_personrequest"] == 1


def test_lifting_a_restriction_opens_nothing_of_who_was_erased(customer_of: CustomerOf, actor: ActorOf) -> None:
    customer = customer_of("rep")
    apart = restrict_customer(customer.pk, why="有争议", actor=actor("gm"))
    clock.advance(days=1)
    erase_customer(customer.pk, actor=actor("gm"))
    assert not SetApart.objects.filter(lifted_at=None).exists()
    with pytest.raises(Missing):
        release_customer(apart.pk, why="已澄清", actor=actor("gm"))
    assert Restriction.objects.get(kind="customer", subject_id=customer.pk).reason == "erased"


def test_a_request_stays_open_while_something_stands_in_the_way(
    customer_of: CustomerOf, actor: ActorOf, client: Client
) -> None:
    """Also for a program that sends no key with its form."""
    customer = customer_of("rep")
    number = asks(customer, "delete", actor("gm"))
    hold_customer(customer.pk, why="诉讼", actor=actor("gm"))
    client.login(username="gm", password=PASSWORD)
    assert client.post(f"/privacy/requests/{number}/erase").status_code == 422
    assert client.post(f"/privacy/requests/{number}/erase", {"op_key": "k" * 20}).status_code == 422
    assert 'formaction="' in client.get(f"/privacy/requests/{number}").content.decode(), "still to be answered"


@pytest.mark.parametrize("address", ["成都市", "四川省成都市锦江区春熙路", "8 号"])
def test_the_town_of_the_erased_is_the_town_of_others(address: str, customer_of: CustomerOf, actor: ActorOf) -> None:
    customer, about = customer_of("rep", address=address), actor("manager")
    now, criteria = clock.now(), f"address = {address}"
    Segment.objects.create(
        kind="customer", name="邻居", criteria=criteria, owner_id=about.staff_id, created_at=now, updated_at=now
    )
    erase_customer(customer.pk, actor=actor("gm"))
    assert Segment.objects.count() == 1


def test_who_is_called_alike_keeps_the_trail(customer_of: CustomerOf, actor: ActorOf) -> None:
    erased, alike = customer_of("rep", name="崔强"), customer_of("rep", name="崔强")
    erase_customer(erased.pk, actor=actor("gm"))
    told = {e.subject_id: e.personal for e in Entry.objects.filter(kind="customer", name="customers:customer:created")}
    assert told[erased.pk] == {}
    assert "崔强" in str(told[alike.pk])
