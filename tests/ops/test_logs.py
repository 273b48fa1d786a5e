"""Canaries: what a person typed must not turn up in the log, whatever goes wrong."""

from __future__ import annotations

import io
import logging
import logging.config
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import DataError, connection
from django.test import Client, RequestFactory

from guanxi.edge.ops import logs

PHONE = "13912345678"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The product's own formatter and filter, on a stream that can be read."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Formatter(**_style(settings.LOGGING["formatters"]["line"])))
    handler.addFilter(logs.Scrubbed())
    logging.getLogger().addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.INFO)
    yield stream
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(level)


def _style(entry: dict[str, str]) -> dict[str, str]:
    return {"fmt": entry["format"], "style": entry["style"]}


@pytest.mark.django_db
def test_a_request_is_logged_by_route_status_time_and_account(
    log: io.StringIO, browse: Callable[[str], Client]
) -> None:
    browse("rep").get("/customers", {"q": PHONE})
    line = next(line for line in log.getvalue().splitlines() if "guanxi.access" in line)
    assert "GET /customers 200" in line
    assert "account=" in line
    assert "account=-" not in line
    assert PHONE not in log.getvalue()


@pytest.mark.django_db
def test_a_page_that_is_not_there_is_logged_without_its_path(log: io.StringIO) -> None:
    Client().get(f"/customers/{PHONE}/nonsense", {"q": PHONE})
    assert "GET - 404" in log.getvalue()
    assert PHONE not in log.getvalue()


@pytest.mark.django_db
def test_of_an_exception_its_kind_and_place_are_logged_but_not_its_text(log: io.StringIO) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::date", [PHONE])
    except DataError:
        logging.getLogger("guanxi").exception("The import failed")
    text = log.getvalue()
    assert "DataError" in text
    assert "test_logs.py" in text
    assert PHONE not in text


def test_django_names_the_route_of_a_failed_request_not_its_path(log: io.StringIO) -> None:
    request = RequestFactory().get(f"/customers/{PHONE}")
    record = {"request": request, "status_code": 500}
    logging.getLogger("django.request").error("Internal Server Error: %s", request.path, extra=record)
    assert "GET - 500" in log.getvalue()
    assert PHONE not in log.getvalue()
