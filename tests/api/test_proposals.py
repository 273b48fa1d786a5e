"""Consequences through the API: read, confirmed, forgiven, appealed against, answered."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Proposal
from tests.consequences.conftest import at, form_of, in_force, late, move_to  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-04")]


@pytest.fixture
def proposal(late):  # noqa: F811  (a fixture)
    return late(what="deduct: {field: amount, least: 50 CNY, most: 500 CNY}")


def test_it_is_read_by_whom_it_concerns_with_its_clause(call, proposal):
    told = call("rep").get(f"/proposals/{proposal.pk}").json()
    assert (told["kind"], told["state"], told["amount"], told["least"], told["most"]) == (
        "deduct",
        "proposed",
        "50.00",
        "50.00",
        "500.00",
    )
    assert (told["person"]["name"], told["confirmer"]["name"]) == ("邱远", "林岚")
    assert "逾期三日" in told["clause"]["article"]
    assert call("rep").get("/proposals?person=me").json()["items"] == [told]
    assert call("manager").get("/proposals?waiting=true").json()["items"] == [told]
    assert call("rep").get("/proposals?waiting=true").json()["items"] == []
    assert call("colleague").get(f"/proposals/{proposal.pk}").status_code == 404


def test_it_is_confirmed_once_and_appealed_against(call, proposal):
    manager, path = call("manager"), f"/proposals/{proposal.pk}"
    assert manager.post(f"{path}/confirm", {"amount": "20"}).json()["errors"].keys() == {"amount"}
    told = manager.post(f"{path}/confirm", {"amount": "120"}).json()
    assert (told["state"], told["amount"], told["month"], told["decided_by"]["name"]) == (
        "confirmed",
        "120.00",
        "2026-11-01",
        "林岚",
    )
    again = manager.post(f"{path}/confirm", {"amount": "120"})
    assert (again.status_code, again.json()["code"]) == (409, "proposal_decided")
    assert call("rep").post(f"{path}/appeal", {"text": "当天停电"}).json()["appeal"] == "open"
    answered = call("gm").post(f"{path}/answer", {"upheld": True, "why": "属实"}).json()
    assert (answered["appeal"], answered["reversed_month"]) == ("upheld", "2026-11-01")


def test_it_is_forgiven_with_a_reason(call, proposal):
    path = f"/proposals/{proposal.pk}/forgive"
    assert call("manager").post(path, {}).status_code == 422
    assert call("rep").post(path, {"why": "算了"}).status_code == 403
    assert call("manager").post(path, {"why": "情有可原"}).json()["state"] == "forgiven"


def test_the_same_key_confirms_once(call, proposal):
    manager, path = call("manager"), f"/proposals/{proposal.pk}/confirm"
    first = manager.post(path, {"amount": "60"}, Idempotency_Key="one")
    assert manager.post(path, {"amount": "60"}, Idempotency_Key="one").json() == first.json()


def test_pages_follow_each_other_and_cost_the_same(call, in_force, form_of):  # noqa: F811  (fixtures)
    in_force()
    for _each in range(5):
        form_of("rep")
    move_to(at(11, 22))
    run_rules()
    program = call("gm")
    first = program.get("/proposals?limit=2").json()
    second = program.get(f"/proposals?limit=2&at={first['next']}").json()
    ids = [item["id"] for page in (first, second) for item in page["items"]]
    assert ids == list(Proposal.objects.order_by("-id").values_list("id", flat=True)[:4])
    assert [queries(program, f"/proposals?limit={limit}") for limit in (1, 5)] == [2, 2]


def queries(program, path) -> int:
    with CaptureQueriesContext(connection) as found:
        assert program.get(path).status_code == 200
    return len(found)
