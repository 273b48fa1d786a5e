"""The message centre shows what was told, once, in the reader's language, and only to the one who was told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.core.customers.actions import transfer_customers
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.actions import mark_read, tell
from guanxi.core.messaging.kinds import title_of
from guanxi.core.messaging.models import Message
from guanxi.core.messaging.queries import messages_of, unread_count

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAR-30")]
KIND = "rulebooks:duty:late"


@pytest.fixture
def told(staff: Callable[[str], Staff]) -> Callable[..., None]:
    def tell_supervisor(key: str, **params: str) -> None:
        words = {"assignee": "邱远", "customer": "崔强", "due_on": "2026-11-18", "article": "三日内回访"} | params
        tell(staff("supervisor").pk, KIND, params=words, dedupe_key=key, group_key="late:2026-11-19")

    return tell_supervisor


def test_the_same_message_comes_once(told: Callable[..., None]) -> None:
    told("duty:1:2")
    told("duty:1:2")
    assert Message.objects.count() == 1


def test_messages_of_one_kind_and_day_are_read_as_one_group(
    told: Callable[..., None], actor: Callable[[str], Actor]
) -> None:
    told("duty:1:2")
    told("duty:2:2", customer="夏梅珍")
    groups, more = messages_of(actor("supervisor"))
    assert [len(group.lines) for group in groups] == [2]
    assert more is None
    assert messages_of(actor("manager"))[0] == []


def test_the_words_follow_the_language() -> None:
    params = {
        "assignee": "邱远",
        "customer": "崔强",
        "due_on": "2026-11-18",
        "purpose": "征询意见",
        "purpose_en": "ask for opinions",
    }
    with translation.override("en"):
        assert title_of(KIND, params) == "邱远 is late with 崔强: ask for opinions, due on 2026-11-18."


def test_a_message_of_an_unknown_kind_or_with_missing_words_still_shows() -> None:
    assert title_of("gone:kind", {}) == "gone:kind"
    with translation.override("en"):
        assert "–" in title_of(KIND, {"assignee": "邱远"})


def test_reading_is_for_ones_own_messages(told: Callable[..., None], actor: Callable[[str], Actor]) -> None:
    told("duty:1:2")
    told("duty:2:2")
    ids = list(Message.objects.values_list("id", flat=True))
    assert mark_read(ids, actor=actor("manager")) == 0
    clock.advance(minutes=5)
    assert mark_read(ids[:1], actor=actor("supervisor")) == 1
    assert unread_count(actor("supervisor")) == 1


def test_the_page_shows_message_and_clause_and_the_bell_its_count(
    told: Callable[..., None], browse: Callable[[str], Client]
) -> None:
    told("duty:1:2")
    client = browse("supervisor")
    page = client.get("/messages").content.decode()
    assert "崔强" in page
    assert "三日内回访" in page
    assert "1" in client.get("/messages/unread").content.decode()
    assert client.post("/messages/read").status_code == 302
    assert "count-bubble" not in client.get("/messages/unread").content.decode()
    assert "崔强" not in browse("rep").get("/messages").content.decode()


def test_a_new_owner_is_told_once_however_many_customers_come(
    customer_of: Callable[..., Customer], staff: Callable[[str], Staff], actor: Callable[[str], Actor]
) -> None:
    customers = [customer_of("rep"), customer_of("rep")]
    transfer_customers([customers[0].pk], to=staff("colleague"), actor=actor("manager"))
    clock.advance(minutes=1)
    third = customer_of("rep")
    transfer_customers([customers[1].pk, third.pk], to=staff("colleague"), actor=actor("manager"))
    groups, _more = messages_of(actor("colleague"))
    with translation.override("en"):
        titles = [title_of(m.kind, m.params) for m in Message.objects.order_by("id")]
    assert titles == ["林岚 gave you the customer 崔强.", "林岚 gave you 2 customers."]
    assert [group.first.link for group in groups] == ["/customers", f"/customers/{customers[0].pk}"]
