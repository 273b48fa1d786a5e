"""What is not yours looks like nothing: the same answer as for what does not exist, the same lists as without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.core.customers.actions import create_customer
from guanxi.domain.archive.actions import complete_file_form

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS
from .sweep import Cell, ask, text_of, undone
from .test_sweep import placed
from .world import World, actor_of, form_fields, person

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-01", "SHR-04")]
FAR = 987_654_321
OUTSIDERS = ("colleague", "stranger", "hangzhou")
# Tokens, operation keys, references, numbers of papers and the address itself differ from answer to answer.
CHANGING = re.compile(r'[0-9a-zA-Z_-]{32,}|\bP\d{8}\b|"reference": "\w+"|/\d+\b')


def essence(answer: HttpResponse) -> str:
    return CHANGING.sub("", text_of(answer))


def of_one_thing() -> list[Cell]:
    """Reading one record that is not everybody's."""
    cells = [cell for cell in CELLS if cell.method == "GET" and not cell.is_public]
    cells += [placed(cell) for cell in OPERATIONS.values()]
    return [c for c in cells if c.method == "GET" and c.args.__name__ != "nothing" and set(OUTSIDERS) - c.may]


def far_away(cell: Cell, world: World) -> Cell:
    args: dict[str, Any] = {k: FAR if isinstance(v, int) else v for k, v in cell.args(world).items()}
    return replace(cell, args=lambda world: args)


@pytest.mark.parametrize("cell", of_one_thing(), ids=lambda cell: cell.label)
def test_a_record_out_of_sight_is_answered_like_one_that_is_not_there(cell: Cell, world: World):
    for who in set(OUTSIDERS) - cell.may:
        with undone():
            # The first request of a session in a process costs a query more than the others.
            ask(far_away(cell, world), world, who)
        with undone(), CaptureQueriesContext(connection) as for_theirs:
            theirs = ask(cell, world, who)
        with undone(), CaptureQueriesContext(connection) as for_none:
            none = ask(far_away(cell, world), world, who)
        # 403 where the role never includes the step, whatever the record.
        assert theirs.status_code == none.status_code in (403, 404), (cell.label, who)
        assert essence(theirs) == essence(none), who
        assert len(for_theirs) == len(for_none), (cell.label, who)


def lists() -> list[Cell]:
    cells = [cell for cell in CELLS if cell.method == "GET" and cell.args.__name__ == "nothing" and not cell.is_public]
    cells += [c for c in (placed(o) for o in OPERATIONS.values()) if c.method == "GET" and c.args.__name__ == "nothing"]
    # The trail tells its readers of every change; of whom it tells nothing. A second factor has a new secret each time.
    return [cell for cell in cells if cell.route not in ("ops:trail", "ops:registered", "org:own-factor")]


@pytest.mark.parametrize("cell", lists(), ids=lambda cell: cell.label)
def test_lists_counts_and_search_are_the_same_whether_it_exists_or_not(cell: Cell, world: World):
    for who in set(OUTSIDERS) & cell.may:
        before = essence(ask_undone(cell, world, who))
        with one_more():
            assert essence(ask_undone(cell, world, who)) == before, who


def ask_undone(cell: Cell, world: World, who: str) -> HttpResponse:
    with undone():
        return ask(cell, world, who)


@contextmanager
def one_more() -> Iterator[None]:
    """Another customer of the representative with a form and its duties, for the length of the block."""
    with undone():
        customer = create_customer(person("隐金雀二", "13799990417"), actor=actor_of("rep"))
        complete_file_form(customer.pk, form_fields(), actor=actor_of("rep"))
        yield


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE"])
def test_no_other_method_opens_a_side_door(method: str, world: World):
    """Also with the headers by which some servers let a POST stand for another method."""
    for cell in of_one_thing():
        address = reverse(cell.route, kwargs=cell.args(world))
        for who in set(OUTSIDERS) - cell.may:
            client = Client()
            client.cookies = world.browsers[who].cookies
            with undone():
                plain = client.generic(method, address)
                overridden = client.post(address, headers={"X-HTTP-Method-Override": "GET", "X-Method-Override": "GET"})
            for answer in (plain, overridden):
                assert answer.status_code in (401, 403, 404, 405), (cell.label, who, method, answer.status_code)
