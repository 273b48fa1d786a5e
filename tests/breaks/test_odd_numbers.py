"""Numbers no page ever sends: too long to count, without end, or nested a thousand times."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.org.models import Role
from guanxi.base.records.keys import Cursor
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer

pytestmark = [pytest.mark.django_db]
ENDLESS = "9" * 5000
LISTS = ["/customers", "/customers?sort=name", "/customers?sort=contact", "/file-forms", "/duties"]


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("text", ["[1,Infinity,false]", "[1,1e400,true]", '["\\ud800",1,false]', "[" * 9000])
def test_a_made_up_place_in_a_list_leads_to_its_first_page(
    browse: Callable[[str], Client], address: str, text: str
) -> None:
    mark = "&" if "?" in address else "?"
    assert browse("gm").get(f"{address}{mark}at={cursor(text)}").status_code == 200


def test_a_place_of_ours_is_still_found() -> None:
    place = Cursor("chen mo", 7, back=True)
    assert Cursor.decode(place.encode()) == place


@pytest.mark.parametrize("address", ["/settings/calendar?year=", "/settings/staff?unit=", "/settings/trail?who="])
def test_a_number_too_long_to_count_breaks_no_page(browse: Callable[[str], Client], address: str) -> None:
    assert browse("admin").get(address + ENDLESS).status_code == 200


def test_a_number_too_long_to_count_breaks_no_form(
    browse: Callable[[str], Client], customer_of: Callable[..., Customer]
) -> None:
    customer = customer_of("rep")
    card = f"/customers/{customer.pk}"
    assert browse("gm").post(f"{card}/transfer", {"to": ENDLESS}).status_code == 422
    assert browse("gm").post(f"{card}/team/add", {"staff": ENDLESS, "role": "service-doctor"}).status_code == 422
    entries = {"name": "崔强", "phone": customer.phone, "kind": "person", "status": "potential", "version": ENDLESS}
    assert browse("rep").post(f"{card}/edit", entries).status_code < 500
    rights = {"units": ENDLESS, "beside": "customer"}
    role = Role.objects.get(key="sales-manager")
    assert browse("admin").post(f"/settings/roles/{role.pk}/rights", rights).status_code == 422


def test_a_made_up_direction_is_refused(browse: Callable[[str], Client], customer_of: Callable[..., Customer]) -> None:
    entries = {"kind": "call", "direction": "sideways", "note": "问了近况，一切都好，下周再联系。"}
    answer = browse("rep").post(f"/customers/{customer_of('rep').pk}/log", entries)
    assert answer.status_code == 422
    assert not Activity.objects.exists()
