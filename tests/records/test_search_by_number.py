"""The search box finds a customer by the number on the card, whole, and only within the reader's scope."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/search", "/customers"])
def test_the_number_on_the_card_finds_it(
    browse: Callable[[str], Client], customer_of: Callable[..., Customer], address: str
) -> None:
    customer = customer_of("rep", name="崔强", phone="13894821993")
    other = customer_of("rep", name="夏梅", phone="13894821994")
    customer.refresh_from_db()
    for typed in (customer.number, customer.number.lower()):
        page = browse("rep").get(address, {"q": typed}).content.decode()
        assert f"/customers/{customer.pk}" in page
        assert f"/customers/{other.pk}" not in page
    assert f"/customers/{customer.pk}" not in browse("hangzhou").get(address, {"q": customer.number}).content.decode()
