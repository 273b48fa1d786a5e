"""The API under made-up requests: never a fault of ours, never an answer that the document does not foresee."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.access import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from tests.access.conftest import world  # noqa: F401  (the fixture)
from tests.access.sweep import undone
from tests.access.world import World

from .cases import Met, cases, cell_of, name_of, operations, right

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06", "INS-05")]
EXAMPLES, LONG = 100, 1000
# What the schema allows may still be refused by a rule of the company: documented, in words, with 404, 409 or 422.
BY_SCHEMA_ALONE = positive_data_acceptance
ALL = list(operations())
each = pytest.mark.parametrize("operation", ALL, ids=name_of)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Each request would close the connection whose transaction holds the world."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(case: Case, headers: dict[str, str], met: Met) -> None:
    with undone():
        response = case.call(headers=headers)
        met.asked += 1
        met.statuses.add(response.status_code)
        case.validate_response(
            response, headers=headers, transport_kwargs={"headers": headers}, excluded_checks=[BY_SCHEMA_ALONE]
        )


def as_whom(operation: APIOperation, world: World) -> dict[str, str]:  # noqa: F811  (the fixture's name)
    may = cell_of(operation).may
    who = next(role for role in ("gm", "manager", "rep", *sorted(may)) if role in may)
    return {"Authorization": f"Bearer {world.tokens[who]}"}


def fuzz(operation: APIOperation, world: World, *, examples: int, is_repeatable: bool) -> Met:  # noqa: F811
    met, headers = Met(), as_whom(operation, world)
    ask(right(operation, world), headers, met)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=is_repeatable,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation, world))
    def run(case: Case) -> None:
        ask(case, headers, met)

    run()
    return met


@pytest.mark.slow
@each
def test_an_operation_answers_as_its_document_says(operation: APIOperation, world: World) -> None:  # noqa: F811
    met = fuzz(operation, world, examples=EXAMPLES, is_repeatable=True)
    assert met.was_done
    # An operation that takes nothing has few different requests.
    takes = operation.body or operation.query or operation.path_parameters
    assert met.asked > (EXAMPLES // 2 if takes else 2)


@pytest.mark.soak
@each
def test_for_long(operation: APIOperation, world: World) -> None:  # noqa: F811
    assert fuzz(operation, world, examples=LONG, is_repeatable=False).was_done


def test_every_operation_of_the_document_is_met() -> None:
    assert len(ALL) == len({name_of(operation) for operation in ALL}) >= 49
