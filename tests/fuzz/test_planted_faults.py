"""The fuzz is itself tested: faults are planted between it and the API, and it finds each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from schemathesis.core.failures import FailureGroup

from config.wsgi import application
from tests.access.conftest import world  # noqa: F401  (the fixture)
from tests.access.world import World

from .cases import name_of, operations
from .test_api_fuzz import fuzz, one_connection  # noqa: F401  (the fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
HEADERS = [("Content-Type", "application/json")]


def always(status: str, body: bytes, headers: list[tuple[str, str]] = HEADERS) -> App:
    """Only for what is signed in and well asked: the API's own refusals stay as they are."""

    def answers(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        told: list[str] = []

        def look(real: str, given: Any, *rest: Any) -> Any:
            told.append(real)
            return start(status, headers) if real.startswith("200") else start(real, given, *rest)

        real = b"".join(application(environ, look))
        return [body if told[0].startswith("200") else real]

    return answers


def lets_anybody_in(token: str) -> App:
    def answers(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        return application(environ | {"HTTP_AUTHORIZATION": f"Bearer {token}"}, start)

    return answers


def finds(app: App, world: World, name: str) -> str:  # noqa: F811
    operation = next(one for one in operations(app=app) if name_of(one) == name)
    with pytest.raises((FailureGroup, ExceptionGroup, AssertionError)) as found:
        fuzz(operation, world, examples=20, is_repeatable=True)
    return str(found.value) + "".join(str(one) for one in getattr(found.value, "exceptions", ()))


def test_a_fault_of_ours(world: World) -> None:  # noqa: F811
    assert "Server error" in finds(always("500 Oops", b"{}"), world, "customers_get")


def test_a_status_the_document_does_not_name(world: World) -> None:  # noqa: F811
    assert "Undocumented status" in finds(always("206 Partial", b"{}"), world, "customers_get")


def test_an_answer_of_another_shape(world: World) -> None:  # noqa: F811
    assert "violates schema" in finds(always("200 OK", b'{"id": "one"}'), world, "customers_get")


def test_an_answer_that_is_no_json(world: World) -> None:  # noqa: F811
    html = [("Content-Type", "text/html")]
    assert "Content-Type" in finds(always("200 OK", b"<p>", html), world, "customers_list")


def test_a_token_that_nobody_asks_for(world: World) -> None:  # noqa: F811
    assert "auth" in finds(lets_anybody_in(world.tokens["gm"]), world, "customers_list").lower()
