"""Every form of the resolver and every write of the API, sent twice with one key, has one effect (F-26).

The forms are those of the matrix, which test_matrix.py and test_sweep.py hold complete: an address without a line fails
there, and so does one that takes a form its line does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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
from .sweep import Cell, ask, undone
from .test_planted_holes import plant  # noqa: F401  (a fixture)
from .test_sweep import only_shown, placed
from .twice import ASKS, KEY, SETS, differing, faults_of_repeating, prints_of, tables
from .world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
Plant = Callable[[Callable[..., HttpResponse]], None]
# As many as there are now; fewer would mean that the check lost sight of some.
FORMS, WRITES = 155, 23
# Where those are sent twice whose only line here is a refusal.
ELSEWHERE = {
    "records:import-undo": "tests/imports/test_undoing.py",
    "records:imports": "below",
    "org:own-factor": "tests/signin/test_second_factor.py",
    "org:sign_in_again": "it signs in, which is no command",
    "ops:review-begin": "tests/governance/test_sent_twice.py",
    "ops:review-close": "tests/governance/test_sent_twice.py",
    "ops:obligations": "tests/governance/test_sent_twice.py",
}


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


@pytest.mark.parametrize("cell", only_shown(), ids=lambda cell: cell.label)
def test_what_has_no_line_for_a_form_takes_none(cell: Cell, world: World):
    """Or there would be commands that nobody sends twice here. Most pages show themselves, whatever the method."""
    names = [name for name in tables() if name not in cell.writes]
    with undone():
        before = prints_of(names)
        answer = ask(replace(cell, method="POST", data=lambda _world: {"op_key": KEY}), world, sorted(cell.may)[0])
        changed = differing(before, prints_of(names))
    assert answer.status_code in (200, 405), answer.status_code
    assert changed == set()


def test_every_form_is_tried_with_what_it_accepts():
    """One whose only line is a refusal would never be sent twice; its own room does it then."""
    tried = {cell.route for cell in forms() if min(cell.ok) < 400}
    assert {cell.route for cell in forms()} - tried == set(ELSEWHERE)


def test_a_file_to_import_sent_twice_is_taken_once(world: World):
    key, file = {"op_key": "one-file", "kind": "file-forms"}, "顾客姓名,联系电话\n崔强,13799990421\n".encode()
    ways = [world.browsers["manager"].post("/imports", key | {"file": SimpleUploadedFile("a.csv", file)}) for _ in "12"]
    assert ways[0]["Location"] == ways[1]["Location"]
