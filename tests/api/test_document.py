"""The OpenAPI document: public, complete, and the one that is kept in the repository."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from guanxi.edge.api.document import KEPT
from guanxi.edge.api.endpoint import ENDPOINTS


def document():
    return Client().get("/api/v1/openapi.json").json()


def test_anyone_may_read_it_and_it_touches_no_data(db, django_assert_num_queries):
    # The list of refused networks is read every few seconds, whatever is asked for.
    document()
    with django_assert_num_queries(0):
        assert document()["info"]["title"] == "Guanxi"


def test_it_is_the_one_kept_in_the_repository(db):
    """After a change: python manage.py openapi, and read the difference."""
    assert document() == json.loads(KEPT.read_text("utf-8"))


def test_it_names_every_operation_and_no_other(db):
    named = {
        (method.upper(), operation["operationId"])
        for by_method in document()["paths"].values()
        for method, operation in by_method.items()
    }
    assert named == {(endpoint.method, endpoint.name) for endpoint in ENDPOINTS.values()}


def test_every_operation_asks_for_a_token_and_tells_its_errors(db):
    for path, by_method in document()["paths"].items():
        for method, operation in by_method.items():
            assert operation["security"] == [{"Token": []}], (method, path)
            assert {"401", "403", "404", "422"} <= set(operation["responses"]), (method, path)


@pytest.mark.parametrize("address", ["/api/v1/docs", "/api/docs"])
def test_there_is_no_page_with_scripts_of_others(db, address):
    assert Client().get(address).status_code == 404
