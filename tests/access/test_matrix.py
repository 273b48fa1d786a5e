"""The matrix is complete: no address and no operation without a line, and no line without its address."""

from __future__ import annotations

import pytest

from guanxi.base.org.web import Access
from guanxi.edge.api.endpoint import ENDPOINTS

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS
from .routes import Route, every_route
from .sweep import Cell

WHO = {"public", "signed_in", "needs", "token"}


def missing_lines(routes: list[Route]) -> list[str]:
    known = {cell.route for cell in CELLS}
    return [f"{r.name} ({r.path})" for r in routes if not r.endpoints and r.name not in known]


def test_every_address_says_who_may_open_it():
    assert [r.name for r in every_route() if r.access is None or r.access.who not in WHO] == []


def test_every_address_has_a_line():
    assert missing_lines(every_route()) == []


def test_every_line_has_its_address():
    assert {cell.route for cell in CELLS} - {route.name for route in every_route()} == set()


def test_every_operation_of_the_api_has_a_line():
    assert {endpoint.name for endpoint in ENDPOINTS.values()} == set(OPERATIONS)


def test_every_operation_is_at_an_address_of_the_resolver():
    served = {endpoint.name for route in every_route() for endpoint in route.endpoints.values()}
    assert served == set(OPERATIONS)


def test_addresses_without_sign_in_are_those_of_the_matrix():
    declared = {route.name for route in every_route() if route.access and route.access.who == "public"}
    assert declared == {cell.route for cell in CELLS if cell.is_public}


@pytest.mark.parametrize("cell", [*CELLS, *OPERATIONS.values()], ids=lambda cell: cell.label)
def test_every_refusal_has_its_positive_control(cell: Cell):
    assert cell.may or cell.is_public


def test_operations_declare_what_the_matrix_allows_somebody_to_do():
    """An operation open to whoever signed in would need no role; only asking who one is does."""
    assert {e.name for e in ENDPOINTS.values() if e.access == Access("signed_in")} == {"me"}
