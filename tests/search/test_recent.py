"""What a person opened and searched lately: theirs alone, twenty of each, and only what they may still see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.records.search import recent
from guanxi.base.records.search.models import Opened, Searched
from guanxi.core.customers.actions import remove_customer
from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
Act = Callable[[str], Actor]
Has = Callable[..., Customer]


def box(client: Client) -> str:
    return client.get("/search", headers={"HX-Request": "true"}).content.decode()


def test_an_opened_card_is_offered_before_anything_is_typed(browse: Browse, customer_of: Has, actor: Act) -> None:
    first, second = customer_of("rep", name="曾建国"), customer_of("rep", name="夏梅")
    client = browse("rep")
    for customer in (first, second, first):
        client.get(f"/customers/{customer.pk}")
        clock.advance(minutes=1)
    page = box(client)
    assert page.index("曾建国") < page.index("夏梅")
    assert page.count(f'href="/customers/{first.pk}"') == 1
    assert "曾建国" not in box(browse("supervisor"))
    remove_customer(first.pk, actor=actor("manager"))
    assert "曾建国" not in box(client)


def test_searches_are_kept_without_phone_numbers(browse: Browse) -> None:
    client = browse("rep")
    for text in ("zjg", "康宁", "13894824417", "zeng 48244", "010-88886666", "4417", "zjg"):
        assert client.post("/search/remember", {"q": text}).status_code == 204
        clock.advance(minutes=1)
    assert list(Searched.objects.order_by("-at").values_list("text", flat=True)) == ["zjg", "4417", "康宁"]
    assert 'data-again="康宁"' in box(client)
    assert 'data-again="康宁"' not in box(browse("colleague"))


def test_twenty_of_each_are_kept(actor: Act) -> None:
    rep, colleague = actor("rep"), actor("colleague")
    recent.opened(colleague, "customer", 1)
    for number in range(1, 31):
        recent.opened(rep, "customer", number)
        recent.searched(rep, f"词{number}")
        clock.advance(minutes=1)
    recent.opened(rep, "customer", 30)
    kept = Opened.objects.filter(account_id=rep.account_id).order_by("-at").values_list("record_id", flat=True)
    assert list(kept) == list(range(30, 10, -1))
    assert Searched.objects.filter(account_id=rep.account_id).count() == 20
    assert Opened.objects.filter(account_id=colleague.account_id).count() == 1
