"""A list as a board: the same records as the list, in lanes, moved through the type's own action."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.records import boards
from guanxi.base.records.asked import Asked
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03")]
READERS = ["rep", "supervisor", "manager", "doctor", "gm", "stranger"]
Make = Callable[[str], Actor]


@pytest.fixture
def crowd(staff: Callable[[str], Staff]) -> list[Customer]:
    random = Random(11)
    owners = [staff(login) for login in ("rep", "colleague", "stranger")]
    rows = []
    for number in range(120):
        owner = random.choice(owners)
        rows.append(
            Customer(
                name=f"客户{number}",
                pinyin=f"ke hu {number:03}",
                phone=f"139{number:08}",
                owner=owner,
                unit=owner.posts.get().unit,
                status=random.choice(["potential", "potential", "active", "dormant"]),
                grade=random.choice(["", "A", "B"]),
                created_at=clock.now(),
                updated_at=clock.now(),
            )
        )
    return Customer.objects.bulk_create(rows)


def lanes_of(actor: Actor, by: str, sort: str = "") -> dict[str, list[int]]:
    """Every card of every lane, by following "more"."""
    asked, field = Asked(sort=sort), CUSTOMERS.field(by)
    found = {}
    for lane in boards.board_page(CUSTOMERS, asked, actor, field).lanes:
        ids, more, count = [row[0] for row in lane.rows], lane.more, lane.count
        while more:
            part = boards.lane_page(CUSTOMERS, asked, actor, field, lane.value, more)
            ids, more = [*ids, *(row[0] for row in part.rows)], part.more
        assert count == len(ids)
        found[lane.value] = ids
    return found


@pytest.mark.parametrize("is_long", [False, True], ids=["short", "long"])
@pytest.mark.parametrize(("by", "sort"), [("status", ""), ("grade", "name")])
@pytest.mark.parametrize("login", READERS)
def test_lanes_hold_what_a_plain_filter_shows(
    crowd: list[Customer], actor: Make, login: str, by: str, sort: str, is_long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long lists go by index, short ones are dealt out; both say the same."""
    if is_long:
        monkeypatch.setattr(boards, "CAP", 1)
    reader = actor(login)
    order = ["pinyin", "id"] if sort else ["-created_at", "-id"]
    seen = Customer.objects.visible_to(reader).order_by(*order)
    for value, ids in lanes_of(reader, by, sort).items():
        assert ids == list(seen.filter(**{by: value}).values_list("id", flat=True))


def test_a_board_of_a_long_list_wants_a_field_that_the_indexes_carry(
    crowd: list[Customer], actor: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "CAP", 1)
    assert boards.board_page(CUSTOMERS, Asked(), actor("gm"), CUSTOMERS.field("source")).too_broad
    assert not boards.board_page(CUSTOMERS, Asked(), actor("gm"), CUSTOMERS.field("status")).too_broad


def test_personal_fields_make_no_board(actor: Make) -> None:
    assert not any(field.is_personal for field in boards.board_fields(CUSTOMERS))


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def move(client: Client, customer: Customer, *, part: bool = True, **entries: Any) -> HttpResponse:
    given = {"field": "status", "value": "active", "version": customer.version, "asked": "as=board&by=status"}
    headers = {"HX-Request": "true"} if part else {}
    return client.post(f"/customers/{customer.pk}/move", given | {"op_key": str(uuid4())} | entries, headers=headers)


def test_a_card_moves_and_the_board_is_read_again(browse: Any, customer_of: Any) -> None:
    customer = customer_of("rep")
    response = move(browse("rep"), customer)
    assert response.status_code == 204
    assert "/customers?as=board&by=status" in response["HX-Location"]
    assert Customer.objects.get(id=customer.pk).status == "active"
    assert move(browse("rep"), Customer.objects.get(id=customer.pk), part=False, value="lost").status_code == 302


def test_a_card_changed_meanwhile_is_not_moved_and_it_is_said(browse: Any, customer_of: Any) -> None:
    customer = customer_of("rep")
    move(browse("manager"), customer, value="dormant")
    response = move(browse("rep"), customer, value="lost")
    assert response.status_code == 409
    assert "toasts" in response["HX-Trigger"]
    assert Customer.objects.get(id=customer.pk).status == "dormant"


@pytest.mark.parametrize(
    ("entries", "status"),
    [({"value": "gone"}, 422), ({"version": "x"}, 404), ({"field": "name"}, 404), ({"value": ""}, 422)],
)
def test_a_move_that_cannot_be_changes_nothing(browse: Any, customer_of: Any, entries: Any, status: int) -> None:
    customer = customer_of("rep")
    assert move(browse("rep"), customer, **entries).status_code == status
    assert Customer.objects.get(id=customer.pk).version == 1


@pytest.mark.req("SEC-01")
def test_a_strangers_card_is_not_there(browse: Any, customer_of: Any) -> None:
    assert move(browse("stranger"), customer_of("rep")).status_code == 404


def test_pages_more_cards_and_no_more_queries(crowd: list[Customer], browse: Any) -> None:
    client = browse("manager")
    client.get("/customers?as=board")
    with CaptureQueriesContext(connection) as few:
        page = text_of(client.get("/customers?as=board&by=status"))
    more = re.search(r'hx-get="([^"]*lane=potential[^"]*)"', page)
    assert more
    part = text_of(client.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"}))
    assert part.count("board-card") > 0
    assert "<html" not in part
    Customer.objects.filter(status="potential").update(status="dormant")
    with CaptureQueriesContext(connection) as other:
        client.get("/customers?as=board&by=status")
    assert len(other) == len(few)
