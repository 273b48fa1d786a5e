"""Whatever stands in an address or a form, the answer is a page or a refusal, never a fault."""

from __future__ import annotations

from copy import deepcopy
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.base.records.keys import Cursor

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS
from .sweep import Cell, nothing, undone
from .world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INS-05")]
# Every parameter that some page reads.
NAMES = """
q sort status grade owner before after state person clause month year version day who kind unit show part view pack next
customer step as closed below effective_on anchors_from
""".split()  # noqa: SIM905  (thirty quotation marks say no more)
VALUES = ["", "\x00", "%'\\", "-1", "9" * 30, "２０２６", "9999-12", "9999-12-31", "0001-01-01"]
PLACES = [
    "x",
    "%00",
    Cursor("x", 1).encode(),
    Cursor("x", 1, back=True).encode(),
    Cursor(None, 1).encode(),
    Cursor({"a": 1}, 1).encode(),
    Cursor([1], 2**70).encode(),
    Cursor("2026-11-16T09:00:00+08:00", -1).encode(),
    Cursor("9999-12-31T23:59:59.999999+00:00", 1).encode(),
    Cursor(10**30, 10**30).encode(),
    Cursor("\x00", 1).encode(),
]


def twin_of(client: Client) -> Client:
    """Signing out or a new password changes the cookies of one client, not of the world's."""
    twin = Client(raise_request_exception=False)
    twin.cookies = deepcopy(client.cookies)
    return twin


def pages() -> list[Cell]:
    seen = {cell.route: cell for cell in CELLS if cell.method == "GET" and not cell.is_public}
    return list(seen.values())


def status_of(cell: Cell, world: World, query: str) -> int:
    who = "gm" if "gm" in cell.may else sorted(cell.may)[0]
    with undone():
        return twin_of(world.browsers[who]).get(reverse(cell.route, kwargs=cell.args(world)) + query).status_code


@pytest.mark.parametrize("cell", pages(), ids=lambda cell: cell.route)
def test_no_parameter_breaks_a_page(cell: Cell, world: World):
    queries = ["?" + "&".join(f"{name}={quote(value)}" for name in NAMES) for value in VALUES]
    if cell.args is nothing:
        queries += [f"?at={place}&sort={sort}" for place in PLACES for sort in ("", "name", "contact")]
    broken = [query for query in queries if status_of(cell, world, query) >= 500]
    assert broken == []


ENTRIES = ["", "\x00", "-1", "9" * 30, "２０２６", "9999-12-31", "x" * 100_000, "\u202e<反>%(who)s"]


def posted_to() -> list[Cell]:
    return [cell for cell in CELLS if cell.method == "POST"]


@pytest.mark.parametrize("cell", posted_to(), ids=lambda cell: cell.route)
def test_no_entry_breaks_a_form(cell: Cell, world: World):
    who = "gm" if "gm" in cell.may else sorted(cell.may)[0]
    address, right = reverse(cell.route, kwargs=cell.args(world)), cell.data(world) if cell.data else {}
    broken = []
    for field in [*right, "op_key", "version"]:
        for entry in ENTRIES:
            with undone():
                answer = twin_of(world.browsers[who]).post(address, right | {field: entry})
            if answer.status_code >= 500:
                broken.append((field, entry[:40], answer.status_code))
    assert broken == []
