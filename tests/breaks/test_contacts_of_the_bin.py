"""What hangs on a customer in the bin is as much out of sight as the customer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.core.activities.access import access_activity
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.customers.actions import remove_customer
from tests.api.conftest import Program, call, token_of  # noqa: F401  (fixtures of the programs, here too)

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-05")]
Make = Callable[[str], Actor]


@pytest.fixture
def contact(customer_of, actor: Make) -> int:
    customer = customer_of("rep")
    made = log_activity(customer.pk, NewActivity(kind="call", note="问候了近况，约好下周再谈"), actor=actor("rep"))
    remove_customer(customer.pk, actor=actor("manager"))
    return made.pk


@pytest.mark.parametrize("login", ["rep", "supervisor", "doctor", "service", "stranger", "hangzhou"])
def test_whoever_may_not_open_the_bin_misses_the_contacts_too(contact: int, actor: Make, login: str):
    with pytest.raises(Missing):
        access_activity(actor(login), contact)


@pytest.mark.parametrize("login", ["manager", "gm"])
def test_whoever_may_take_the_customer_out_still_reads_them(contact: int, actor: Make, login: str):
    assert access_activity(actor(login), contact).pk == contact


def test_programs_miss_them_as_people_do(contact: int, call: Callable[[str], Program]):  # noqa: F811  (a fixture has the name of its import)
    at = f"/activities/{contact}"
    assert call("rep").get(at).status_code == 404
    assert call("rep").patch(at, {"version": 1, "note": "另一种说法，说得更细"}).status_code == 404
    assert call("rep").delete(f"{at}?why=错").status_code == 404
    assert call("manager").get(at).status_code == 200
