"""Lists stop counting at ten thousand; who asks for the exact number gets it, within their own scope."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.core.customers.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def short_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guanxi.base.records.listing.CAP", 5)
    monkeypatch.setattr("guanxi.base.records.keys.CAP", 5)


@pytest.fixture
def customers(customer_of: Callable[..., Customer]) -> None:
    for number in range(8):
        customer_of("rep", name=f"崔{number}", industry="茶叶" if number % 2 else "医药")
    customer_of("stranger", name="彭一")


@pytest.mark.usefixtures("customers", "short_counts")
@pytest.mark.parametrize(
    ("login", "query", "said"),
    [("rep", "", "8"), ("gm", "", "9"), ("gm", "?status=potential", "9"), ("rep", "?status=lost", "0")],
)
def test_the_exact_number_is_told(browse: Callable[[str], Client], login: str, query: str, said: str) -> None:
    response = browse(login).get(f"/customers/count{query}", headers=HTMX)
    assert response.status_code == 200
    assert response.content.decode().split()[0] == said


@pytest.mark.usefixtures("customers", "short_counts")
def test_a_list_too_broad_is_narrowed_before_it_is_counted(browse: Callable[[str], Client]) -> None:
    assert browse("rep").get('/customers/count?where=industry = "茶叶"', headers=HTMX).status_code == 422
    assert browse("rep").get("/customers/count?where=industry ===", headers=HTMX).status_code == 422


@pytest.mark.usefixtures("customers")
def test_a_plain_link_leads_back_to_the_list(browse: Callable[[str], Client]) -> None:
    response = browse("rep").get("/customers/count?status=lost")
    assert (response.status_code, response.headers["Location"]) == (302, "/customers?status=lost")
