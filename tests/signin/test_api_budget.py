"""Every token has a budget of calls, shared by all processes and refilled evenly."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.actions import close_account
from guanxi.base.org.models import Account, ApiBudget, ApiToken
from guanxi.base.org.tokens import give_token, token_for
from guanxi.edge.api.document import document_text

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06", "SHR-01")]
Call = Callable[[str], int]


@pytest.fixture
def token(db: None) -> str:
    return give_token(Account.objects.get(login="rep"), name="x", actor=Actor.system("tests"))


def status(token: str, path: str = "/api/v1/me") -> int:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_the_limit_is_the_limit(settings: LazySettings, token: str) -> None:
    settings.API_CALLS_A_MINUTE = 20
    answers = [status(token) for _ in range(25)]
    assert answers == [200] * 20 + [429] * 5


def test_the_answer_says_when_to_come_back_and_that_is_true(settings: LazySettings, token: str) -> None:
    settings.API_CALLS_A_MINUTE = 6
    for _ in range(6):
        status(token)
    refused = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "10")
    assert refused.json()["code"] == "too_many_calls"
    assert "10" in refused.json()["message"]
    clock.advance(seconds=9)
    assert status(token) == 429
    clock.advance(seconds=1)
    assert [status(token), status(token)] == [200, 429]


def test_it_fills_up_to_the_limit_and_not_beyond(settings: LazySettings, token: str) -> None:
    settings.API_CALLS_A_MINUTE = 5
    status(token)
    clock.advance(days=3)
    assert [status(token) for _ in range(6)] == [200] * 5 + [429]


def test_tokens_do_not_share(settings: LazySettings, token: str) -> None:
    settings.API_CALLS_A_MINUTE = 1
    other = give_token(Account.objects.get(login="rep"), name="y", actor=Actor.system("tests"))
    assert [status(token), status(token), status(other)] == [200, 429, 200]


def test_a_refused_write_changed_nothing(settings: LazySettings, token: str) -> None:
    settings.API_CALLS_A_MINUTE = 1
    status(token)
    body = json.dumps({"name": "崔强", "phone": "13800000001"})
    answer = Client().generic(
        "POST",
        "/api/v1/customers",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 429


def test_wrong_tokens_cost_no_budget(token: str) -> None:
    assert token_for("gx_no") is None
    assert not ApiBudget.objects.exists()


def test_the_document_tells_it() -> None:
    operations = [one for path in json.loads(document_text())["paths"].values() for one in path.values()]
    assert len(operations) > 30
    assert not [one["operationId"] for one in operations if "429" not in one["responses"]]


def test_counting_costs_no_query_of_its_own(token: str) -> None:
    status(token)
    with CaptureQueriesContext(connection) as queries:
        status(token)
    assert sum("org_apibudget" in query["sql"] for query in queries) == 1
    assert len(queries) == 2


def test_the_database_does_not_wait_for_the_disk_to_count() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'org_apibudget'")
        assert cursor.fetchone() == ("u",)


def test_when_it_was_used_is_kept_to_the_minute(token: str) -> None:
    status(token)
    first = ApiToken.objects.get().last_used_at
    assert first == clock.now()
    clock.advance(seconds=30)
    status(token)
    assert ApiToken.objects.get().last_used_at == first
    clock.advance(seconds=45)
    status(token)
    assert ApiToken.objects.get().last_used_at == clock.now()


def test_a_closed_account_ends_its_tokens(actor: Callable[[str], Actor]) -> None:
    token = give_token(Account.objects.get(login="stranger"), name="x", actor=Actor.system("tests"))
    assert status(token) == 200
    close_account(Account.objects.get(login="stranger").pk, actor=actor("admin"))
    assert status(token) == 401
    assert ApiToken.objects.get(account__login="stranger").ended_at


@pytest.mark.django_db(transaction=True)
def test_counting_takes_less_than_a_millisecond(company: None, token: str) -> None:
    """The whole statement that finds the caller, with its commit; the median of many."""
    took = []
    for _ in range(200):
        began = time.perf_counter()
        assert token_for(token)
        took.append(time.perf_counter() - began)
    assert statistics.median(took) < 0.004
