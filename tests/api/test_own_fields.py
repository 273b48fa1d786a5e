"""Fields the company added itself, as programs read and write them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Grant
from guanxi.base.records.own_fields.actions import Choice, Entry, create_own_field
from guanxi.core.customers.models import Customer

from .conftest import Program

pytestmark = [pytest.mark.django_db, pytest.mark.req("FLD-01")]
Call = Callable[[str], Program]
NEW = {"name": "崔强", "phone": "13800000001"}


@pytest.fixture
def own(actor: Callable[[str], Actor]) -> dict[str, str]:
    """The keys of four fields of customers by what they are."""
    admin = actor("admin")
    fields = {
        "date": Entry(label="入会日期"),
        "number": Entry(label="家庭人数"),
        "choice": Entry(label="体质", choices=[Choice("平和"), Choice("阳虚")]),
        "text": Entry(label="病史", is_personal=True),
    }
    return {kind: create_own_field("customer", kind, entry, actor=admin).key for kind, entry in fields.items()}


def test_a_program_reads_what_it_wrote(call: Call, own: dict[str, str]):
    values: dict[str, Any] = {own["date"]: "2026-05-01", own["number"]: 3, own["text"]: "高血压"}
    answer = call("rep").post("/customers", NEW | {"own": values})
    assert answer.status_code == 201, answer.content.decode()
    told = answer.json()
    assert (told["own"][own["date"]], told["own"][own["text"]]) == ("2026-05-01", "高血压")
    assert Decimal(str(told["own"][own["number"]])) == 3
    assert told["own"][own["choice"]] is None
    assert call("rep").get(f"/customers/{told['id']}").json()["own"] == told["own"]
    assert Customer.objects.get(id=told["id"]).own[own["date"]] == "2026-05-01"


def test_a_change_leaves_the_other_own_fields_alone(call: Call, own: dict[str, str]):
    rep = call("rep")
    made = rep.post("/customers", NEW | {"own": {own["number"]: 3, own["text"]: "高血压"}}).json()
    changed = rep.patch(f"/customers/{made['id']}", {"version": 1, "own": {own["number"]: None}}).json()
    assert (changed["own"][own["number"]], changed["own"][own["text"]]) == (None, "高血压")


@pytest.mark.parametrize(
    ("kind", "value"), [("date", "soon"), ("number", "many"), ("choice", "9"), ("number", [1]), ("date", {"a": 1})]
)
def test_what_does_not_fit_is_refused_by_its_key(call: Call, own: dict[str, str], kind: str, value: object):
    answer = call("rep").post("/customers", NEW | {"own": {own[kind]: value}})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [f"own.{own[kind]}"]


@pytest.mark.parametrize("key", ["f999", "name", "own", "", "f1; DROP TABLE"])
def test_only_known_keys_are_taken(call: Call, own: dict[str, str], key: str):
    answer = call("rep").post("/customers", NEW | {"own": {key: "x"}})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [f"own.{key}"])


def test_personal_ones_are_masked_and_cannot_be_written(call: Call, own: dict[str, str]):
    """The customer service manager reads the branch; the role's right to reveal is taken away."""
    made = call("rep").post("/customers", NEW | {"own": {own["text"]: "高血压", own["number"]: 3}}).json()
    Grant.objects.filter(role__key="service-manager", verb="reveal").delete()
    service = call("service")
    seen = service.get(f"/customers/{made['id']}").json()
    assert seen["own"][own["text"]] is None
    assert f"own.{own['text']}" in seen["masked"]
    assert seen["own"][own["number"]] is not None
    answer = service.patch(f"/customers/{made['id']}", {"version": 1, "own": {own["text"]: "无"}})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [f"own.{own['text']}"])
    asked = f"/customers?where={own['text']} contains 高血压"
    assert service.get(asked).status_code == 422


def test_lists_are_narrowed_by_them(call: Call, own: dict[str, str]):
    rep = call("rep")
    rep.post("/customers", NEW | {"own": {own["number"]: 3, own["date"]: "2026-05-01"}})
    rep.post("/customers", {"name": "吴静", "phone": "13800000002", "own": {own["number"]: 5}})
    for where, name in ((f"{own['number']} > 4", "吴静"), (f"{own['date']} < 2026-06-01", "崔强")):
        assert [c["name"] for c in rep.get(f"/customers?where={where}").json()["items"]] == [name]
