"""All addresses x all who could ask, with real objects of somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS
from .routes import every_route
from .sweep import Cell, ask, canaries_in, faults_of, text_of, undone
from .world import CANARIES, READ_ONLY, World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-01", "SHR-02")]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.label)
def test_pages(cell: Cell, world: World):
    assert "\n".join(faults_of(cell, world)) == ""


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str, world: World):
    assert "\n".join(faults_of(placed(OPERATIONS[name]), world)) == ""


def placed(cell: Cell) -> Cell:
    """With the method and address of the operation; the owner's read-only token may what the owner may read."""
    found = ((route.name, e) for route in every_route() for e in route.endpoints.values() if e.name == cell.route)
    route, endpoint = next(found)
    may = cell.may | {READ_ONLY} if not endpoint.writes and "rep" in cell.may else cell.may
    return replace(cell, route=route, method=endpoint.method, may=may, audits=endpoint.writes)


def only_shown() -> list[Cell]:
    takes_forms = {cell.route for cell in CELLS if cell.method == "POST"}
    return [c for c in CELLS if c.route not in takes_forms and not c.query and not c.is_public]


@pytest.mark.parametrize("cell", only_shown(), ids=lambda cell: cell.label)
def test_what_only_shows_changes_nothing_when_posted_to(cell: Cell, world: World):
    """A view that takes any method must not let one through that its line does not know."""
    posted = replace(cell, method="POST", ok=(200, 302, 405), refusals=(405,))
    assert "\n".join(faults_of(posted, world)) == ""


def test_every_canary_is_seen_by_somebody_who_may(world: World):
    """Or its silence elsewhere would prove nothing."""
    seen: set[str] = set()
    for cell in [*CELLS, *map(placed, OPERATIONS.values())]:
        if cell.method == "GET" and "manager" in cell.may:
            with undone():
                seen |= canaries_in(text_of(ask(cell, world, "manager")))
    assert seen == set(CANARIES)
