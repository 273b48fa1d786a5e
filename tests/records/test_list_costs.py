"""How many queries a list page costs: fixed, so that one more is a decision (design: at most five)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.org.models import Grant
from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db
# Session and who asks, with rights and habits; saved views; owners to choose from; rows with their count.
# One of the general manager's asks how old the last verified backup is.
COSTS = {"rep": 3, "doctor": 4, "supervisor": 4, "gm": 5}
# What is narrowed is counted before it is read.
NARROWED = ("status=potential", "q=崔", "grade=A&sort=contact", "where=need contains 药", "where=exists(activity)")
MOST = 6


def cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("login", COSTS)
def test_a_list_page(browse: Callable[[str], Client], customer_of: Callable[..., Customer], login: str) -> None:
    client = browse(login)
    before = cost(client, "/customers")
    for number in range(30):
        customer_of("rep", name=f"崔{number}")
    assert (before, cost(client, "/customers")) == (COSTS[login], COSTS[login])


@pytest.mark.parametrize("login", COSTS)
@pytest.mark.parametrize("asked", NARROWED)
def test_a_narrowed_list_page(
    browse: Callable[[str], Client], customer_of: Callable[..., Customer], login: str, asked: str
) -> None:
    for number in range(60):
        customer_of("rep", name=f"崔{number}")
    assert cost(browse(login), f"/customers?{asked}") <= MOST


@pytest.mark.req("ORG-02")
def test_a_right_taken_away_is_gone_with_the_next_request(browse: Callable[[str], Client]) -> None:
    supervisor, rep = browse("supervisor"), browse("rep")
    assert supervisor.get("/customers").status_code == 200
    Grant.objects.filter(role__key="sales-supervisor", kind="customer", verb="read").delete()
    assert supervisor.get("/customers").status_code == 403
    assert rep.get("/customers").status_code == 200
