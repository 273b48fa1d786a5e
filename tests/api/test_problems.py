"""Errors in one shape, in the reader's language, without what was sent."""

from __future__ import annotations

import logging

import pytest
from django.db import DataError, OperationalError

from guanxi.edge.api.resources import me as me_module

pytestmark = [pytest.mark.django_db, pytest.mark.req("INS-05")]
SHAPE = {"code", "message", "errors", "reference"}
NEW = {"name": "崔强", "phone": "13800000001"}


def nested(depth: int) -> bytes:
    return b'{"name":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b'{"name": NaN}', 400),
        (b'{"name": "a", "name": "b"}', 400),
        (b"\xff\xfe", 400),
        ('{"name": "崔强"}'.encode("gb18030"), 400),
        (b'{"name": "\\ud800", "phone": "13800000001"}', 422),
        (nested(200_000), 400),
        (b'{"name": "x", "phone": 1e309}', 422),
        (b'{"name": "' + b"x" * 1_000_000 + b'", "phone": "13800000001"}', 422),
        (b'{"name": "' + b"x" * 6_000_000 + b'"}', 413),
    ],
)
def test_a_body_that_cannot_be_read_is_a_clear_refusal(call, body, status):
    answer = call("rep").send("POST", "/customers", body)
    assert answer.status_code == status
    assert set(answer.json()) >= SHAPE
    assert answer.json()["message"]


def test_the_message_comes_in_the_language_asked_for(call):
    program = call("rep")
    english = program.post("/customers", {"phone": "1380"}, Accept_Language="en").json()
    chinese = program.post("/customers", {"phone": "1380"}, Accept_Language="zh-CN").json()
    assert english["errors"]["name"] == ["This field is needed."]
    assert chinese["errors"]["name"] == ["此项必填。"]
    assert english["code"] == chinese["code"] == "invalid"


def test_what_was_sent_is_not_repeated(call):
    answer = call("rep").post("/customers", {"name": "崔强", "phone": "1387777123", "grade": "秘密"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "1387777123" not in text
    assert "秘密" not in text


MISSING = ["/customers/999999999", f"/customers/{10**23}", "/customers/x", "/no", "/", "/customers/a%0Ab"]


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_is_missing(call, path):
    answer = call("rep").get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "missing")


def test_a_foreign_record_is_answered_like_none(call, customer_of):
    customer = customer_of("rep")
    program = call("stranger")
    theirs, none = program.get(f"/customers/{customer.pk}"), program.get("/customers/999999999")
    assert theirs.status_code == none.status_code == 404
    assert theirs.json() | {"reference": ""} == none.json() | {"reference": ""}


def test_a_method_that_an_address_does_not_take_is_told_with_those_it_takes(call):
    answer = call("rep").send("PUT", "/customers")
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "GET, POST", "method_not_allowed")


def test_nobody_caches_an_answer(call):
    answer = call("rep").get("/me")
    assert answer["Cache-Control"] == "no-store"


def test_a_fault_of_ours_is_told_without_its_words_and_logged_with_its_place(call, monkeypatch, caplog):
    phone = "138" + "77771234"

    def fail(actor: object) -> None:
        raise DataError(f"Key (phone)=({phone}) already exists")

    monkeypatch.setattr(me_module, "grants_of", fail)
    with caplog.at_level(logging.INFO):
        answer = call("rep").get("/me")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert phone not in answer.content.decode() + caplog.text
    assert answer.json()["reference"] in caplog.text
    assert "DataError" in caplog.text
    assert "resources/me.py" in caplog.text


def test_a_resting_database_is_told_apart(call, monkeypatch):
    def fail(actor: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(me_module, "grants_of", fail)
    answer = call("rep").get("/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "resting")
