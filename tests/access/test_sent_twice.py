"""Every form of the resolver and every write of the API, sent twice with one key, has one effect (F-26).

The forms are those of the matrix, which test_matrix.py and test_sweep.py hold complete: an address without a line fails
there, and so does one that takes a form its line does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from guanxi.base.org.models import RegistrationRequest
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import signed_in
from guanxi.core.customers.actions import change_customer
from guanxi.core.customers.models import Customer
from guanxi.edge.api.endpoint import ENDPOINTS

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS, SEES, customer
from .routes import every_route
from .sweep import Cell
from .test_planted_holes import plant  # noqa: F401  (a fixture)
from .test_sweep import placed
from .twice import ASKS, SETS, faults_of_repeating
from .world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
Plant = Callable[[Callable[..., HttpResponse]], None]
# As many as there are now; fewer would mean that the check lost sight of some.
FORMS, WRITES = 155, 23


def forms() -> list[Cell]:
    return [cell for cell in CELLS if cell.method == "POST"]


def writes() -> list[Cell]:
    return [placed(cell) for name, cell in OPERATIONS.items() if endpoint_writes(name)]


def endpoint_writes(name: str) -> bool:
    return next(endpoint for endpoint in ENDPOINTS.values() if endpoint.name == name).writes


@pytest.mark.parametrize("cell", forms(), ids=lambda cell: cell.label)
def test_a_form_sent_twice_has_one_effect(cell: Cell, world: World):
    assert list(faults_of_repeating(cell, world)) == []


@pytest.mark.parametrize("cell", writes(), ids=lambda cell: f"{cell.method} {cell.route}")
def test_a_write_of_the_api_sent_twice_has_one_effect(cell: Cell, world: World):
    assert list(faults_of_repeating(cell, world)) == []


def test_nothing_was_left_out():
    assert len(forms()) >= FORMS
    assert len(writes()) >= WRITES


@pytest.mark.parametrize("route", [*ASKS, *SETS])
def test_what_is_no_command_is_so_for_a_reason_that_still_holds(route: str, world: World):
    """With a kept key and one effect it would need no exception."""
    cell = next(cell for cell in forms() if cell.route == route)
    assert list(faults_of_repeating(cell, world, reasons=False)) != []


def test_asking_twice_for_an_account_asks_once(client: Client):
    entry = {"name": "新来的", "phone": "13700000009", "department": "成都", "agreed": "on"}
    assert [client.post("/register", entry).status_code for _time in (1, 2)] == [200, 200]
    assert RegistrationRequest.objects.filter(phone__endswith="13700000009").count() == 1


# --- holes planted for the check itself ---

HOLE = Cell("hole", SEES, customer, method="POST", ok=(302,))


def changes(request: Any, record_id: int) -> HttpResponse:
    found = Customer.objects.get(id=record_id)
    change_customer(record_id, {"remark": f"{found.remark}!"}, version=found.version, actor=request.actor)
    return HttpResponse(status=302, headers={"Location": "/"})


def changes_what_the_trail_does_not_see(request: HttpRequest, record_id: int) -> HttpResponse:
    Customer.objects.filter(id=record_id).update(remark="!")
    return HttpResponse(status=302, headers={"Location": "/"})


def refuses_the_second(request: Any, record_id: int) -> HttpResponse:
    if "!" in Customer.objects.get(id=record_id).remark:
        return HttpResponse(status=409)
    return changes(request, record_id)


def test_a_form_without_operation_keys_is_found(plant: Plant, world: World):  # noqa: F811
    plant(signed_in(changes))
    found = "\n".join(faults_of_repeating(HOLE, world))
    assert "sent twice changed again: ['audit_entry'" in found
    assert "without keeping its operation key" in found


def test_a_form_whose_repetition_is_refused_is_found(plant: Plant, world: World):  # noqa: F811
    plant(signed_in(refuses_the_second))
    assert "answers 302, and 409 to its repetition" in "\n".join(faults_of_repeating(HOLE, world))


def test_a_form_that_changes_without_a_trail_is_found(plant: Plant, world: World):  # noqa: F811
    plant(signed_in(changes_what_the_trail_does_not_see))
    assert "changes ['customers_customer'] without keeping" in "\n".join(faults_of_repeating(HOLE, world))


def test_a_form_that_cannot_be_tried_is_found(plant: Plant, world: World):  # noqa: F811
    plant(signed_in(changes))
    assert "the key was not tried" in "\n".join(faults_of_repeating(replace(HOLE, ok=(204,)), world))


def test_a_form_sent_once_is_left_in_peace(plant: Plant, world: World):  # noqa: F811
    plant(signed_in(sent_once(changes)))
    assert list(faults_of_repeating(HOLE, world)) == []


def test_every_form_is_at_an_address_of_the_resolver():
    assert {cell.route for cell in forms()} <= {route.name for route in every_route()}
