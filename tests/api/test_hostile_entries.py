"""Whatever is sent for a field, the answer is a refusal in our shape or a success, never a fault."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.actions import create_task
from guanxi.domain.archive.actions import complete_file_form

pytestmark = [pytest.mark.django_db, pytest.mark.req("INS-05")]
NASTY: list[Any] = [
    None,
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e反\u202c",
    "１２３",
    "0" * 5000,
    "张" * 100_000,
    "' OR 1=1 --",
    "%(name)s %s {0} {{x}}",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+14:00",
    0,
    -1,
    2**31,
    2**63,
    10**30,
    1.5,
    1e308,
    True,
    [],
    ["a"],
    {},
    {"a": {"b": []}},
]
CUSTOMER = {
    "kind": "person",
    "name": "崔强",
    "phone": "13800000001",
    "status": "active",
    "type": "老客户",
    "grade": "A",
    "gender": "male",
    "birth_on": "1950-03-02",
    "birth_is_lunar": False,
    "address": "锦里",
    "source": "walk_in",
    "remark": "爱喝茶",
}
ACTIVITY = {
    "kind": "call",
    "note": "问候了近况，约好下周再谈",
    "result": "reached",
    "purpose": "问候",
    "direction": "out",
    "happened_at": "2026-11-16T08:30:00+08:00",
    "next_on": "2026-11-20",
    "details": None,
}
FORM = {
    "event_name": "秋季会",
    "completed_on": "2026-11-14",
    "purchased": True,
    "product": "茶",
    "amount": "880.00",
    "health": "好",
    "remark": "无",
}


@pytest.fixture
def places(customer_of, actor) -> dict[str, int]:
    customer = customer_of("rep")
    form = complete_file_form(customer.pk, {"event_name": "会", "completed_on": clock.today()}, actor=actor("rep"))
    duty = create_task(customer.pk, purpose="送月历", due_on=clock.today(), actor=actor("rep"))
    return {"customer": customer.pk, "form": form.pk, "duty": duty.pk}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/customers", CUSTOMER),
        ("PATCH", "/customers/{customer}", CUSTOMER | {"version": 1}),
        ("POST", "/customers/{customer}/transfer", {"to": 1, "why": "x"}),
        ("POST", "/customers/{customer}/activities", ACTIVITY | {"file_form": 1}),
        ("POST", "/file-forms", FORM | {"customer_id": 1}),
        ("PATCH", "/file-forms/{form}", FORM | {"version": 1}),
        ("POST", "/duties", {"customer_id": 1, "purpose": "x", "due_on": "2026-11-20", "to": 1}),
        ("POST", "/duties/{duty}/postpone", {"until": "2026-12-01", "why": "x"}),
        ("POST", "/duties/{duty}/hand-over", {"to": 1, "why": "x"}),
        ("POST", "/duties/{duty}/withdraw", {"why": "x"}),
        ("POST", "/duties/{duty}/finish", {"note": "x"}),
        ("POST", "/duties/{duty}/activities", ACTIVITY),
    ],
)
def test_no_entry_breaks_an_operation(call, places, method, path, body):
    program = call("gm")
    for field in body:
        for value in NASTY:
            answer = program.send(method, path.format(**places), body | {field: value})
            assert answer.status_code in (200, 201, 204, 403, 404, 409, 422), (field, value, answer.content)
            if answer.status_code >= 400:
                assert set(answer.json()) >= {"code", "message", "errors", "reference"}, (field, value)


@pytest.mark.parametrize("path", ["/customers", "/file-forms", "/duties", "/customers/{customer}/activities"])
def test_no_parameter_breaks_a_list(call, places, path):
    program = call("gm")
    names = ("q", "sort", "status", "grade", "owner", "limit", "at", "state", "person", "customer", "x")
    values = ("", "%00", "%ED%A0%80", "%", "'", "\\", "-1", "1e9", "9" * 30, "张三", "a&a", "[]", "null")
    for name in names:
        for value in values:
            answer = program.get(f"{path.format(**places)}?{name}={value}")
            assert answer.status_code in (200, 422), (name, value, answer.content)
