"""What `gift.py` alone brings about for programs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from guanxi.base.audit.models import Entry
from tests.api.conftest import Program

from .gift import Gift
from .urls import interface

Call = Callable[[str], Program]
NEW = {"name": "保温杯", "kind": "tool", "received_on": "2026-11-15", "value": "88.00", "phone": "138 0000 1234"}


def names(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [item["name"] for item in json.loads(answer.content)["items"]]


def test_what_a_program_writes_it_reads_again(call: Call):
    rep = call("rep")
    answer = rep.post("/gifts", NEW, Idempotency_Key="one")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["value"], made["phone"], made["version"]) == ("保温杯", "88.00", "13800001234", 1)
    assert made["owner"]["name"] == "邱远"
    assert made["number"].startswith("L0")
    assert rep.get(f"/gifts/{made['id']}").json() == made
    assert rep.post("/gifts", NEW, Idempotency_Key="one")["Idempotency-Replayed"] == "true"
    assert Gift.objects.count() == 1
    assert Entry.objects.get(kind="gift", name="toy:gift:created").via == "api"


def test_a_list_goes_page_by_page_in_the_declared_orders(call: Call, gift_of):
    for name in ("电饭煲", "大米", "保温杯"):
        gift_of("rep", name)
    rep = call("rep")
    first = rep.get("/gifts?sort=name&limit=2").json()
    assert [g["name"] for g in first["items"]] == ["保温杯", "大米"]
    assert names(rep.get(f"/gifts?sort=name&limit=2&at={first['next']}")) == ["电饭煲"]
    assert names(rep.get("/gifts")) == ["保温杯", "大米", "电饭煲"]


def test_a_list_is_narrowed_by_words_filters_and_criteria(call: Call, gift_of):
    gift_of("rep", "电饭煲", value="300")
    gift_of("rep", "大米", kind="food", value="40")
    rep = call("rep")
    for asked in ("q=dianfan", "sort=name&q=电饭", "where=value > 100", "where=kind = tool", "where=name contains 饭"):
        assert names(rep.get(f"/gifts?{asked}")) == ["电饭煲"], asked


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("where=value >", "where"),
        ("where=price > 100", "where"),
        ("where=value > tomorrow", "where"),
        ("sort=price", "sort"),
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("at=here", "at"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(call: Call, asked: str, field: str):
    answer = call("rep").get(f"/gifts?{asked}")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_masked_values_are_neither_read_nor_written_nor_asked(call: Call, gift_of):
    made = gift_of("rep", remark="送到家里")
    seen = call("supervisor").get(f"/gifts/{made.pk}").json()
    assert (seen["phone"], seen["remark"], seen["masked"]) == ("138****1234", None, ["phone", "remark"])
    answer = call("supervisor").patch(f"/gifts/{made.pk}", {"version": 1, "phone": "13900000000"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["phone"])
    assert call("supervisor").get("/gifts?where=remark contains 家").status_code == 422


def test_a_change_names_its_version(call: Call, gift_of):
    made = gift_of("rep")
    rep = call("rep")
    assert rep.patch(f"/gifts/{made.pk}", {"version": 1, "name": "茶杯"}).json()["version"] == 2
    answer = rep.patch(f"/gifts/{made.pk}", {"version": 1, "name": "酒杯"})
    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (409, "stale", ["name"])
    assert rep.patch(f"/gifts/{made.pk}", {"version": 2, "value": None, "is_returned": True}).json()["is_returned"]


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "gold"}, "kind"),
        ({"phone": "12"}, "phone"),
        ({"received_on": "2027-01-01"}, "received_on"),
        ({"value": "-1"}, "value"),
        ({"owner": 1}, "owner"),
        ({"own": {"f9": "x"}}, "own.f9"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(call: Call, entry: dict[str, object], field: str):
    answer = call("rep").post("/gifts", NEW | entry)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert not Gift.objects.exists()


def test_what_was_removed_is_missing(call: Call, gift_of):
    made = gift_of("rep")
    assert call("rep").delete(f"/gifts/{made.pk}").status_code == 403
    assert call("hangzhou").delete(f"/gifts/{made.pk}").status_code == 404
    assert call("manager").delete(f"/gifts/{made.pk}?why=重复").status_code == 204
    assert call("gm").get(f"/gifts/{made.pk}").status_code == 404


@pytest.mark.parametrize(
    ("login", "list_", "one"),
    [
        ("rep", 200, 200),
        ("manager", 200, 200),
        ("gm", 200, 200),
        ("doctor", 200, 200),
        ("stranger", 200, 404),
        ("admin", 403, 403),
    ],
)
def test_roles_decide(call: Call, gift_of, login: str, list_: int, one: int):
    made = gift_of("rep")
    answers = (call(login).get("/gifts"), call(login).get(f"/gifts/{made.pk}"))
    assert [answer.status_code for answer in answers] == [list_, one]


def test_the_document_says_it_all():
    document = interface.get_openapi_schema(path_prefix="/api/v1/")
    assert set(document["paths"]) == {"/api/v1/gifts", "/api/v1/gifts/{record_id}"}
    schemas = document["components"]["schemas"]
    assert schemas["NewGift"]["required"] == ["name"]
    assert schemas["GiftChange"]["required"] == ["version"]
    assert schemas["NewGift"]["properties"]["kind"]["enum"] == ["food", "tool", "voucher"]
    assert {"id", "number", "owner", "masked", "own", "version"} <= set(schemas["GiftOut"]["properties"])
