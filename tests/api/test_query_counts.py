"""How many queries an operation costs: fixed, so that one more is a decision. Two are token and rights."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.domain.archive.actions import complete_file_form

pytestmark = pytest.mark.django_db
NEW = {"name": "崔强", "phone": "13800000001"}
FORM = {"event_name": "秋季会", "completed_on": "2026-11-14", "purchased": True, "product": "茶"}
CALL = {"kind": "call", "note": "问候了近况，约好下周再谈"}


def cost(answer_of) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert answer_of().status_code < 300
    # The savepoint of the test's own transaction is BEGIN and COMMIT in production.
    return len(queries)


def test_reading(call, customer_of, actor):
    program, customer = call("rep"), customer_of("rep")
    values = {"event_name": "秋季会", "completed_on": clock.today()}
    form = complete_file_form(customer.pk, values, actor=actor("rep"))
    paths = {
        "me": "/me",
        "customers": "/customers",
        "search": "/customers?q=崔强",
        "customer": f"/customers/{customer.pk}",
        "contacts": f"/customers/{customer.pk}/activities",
        "forms": "/file-forms",
        "form": f"/file-forms/{form.pk}",
        "duties": "/duties",
        "rulebooks": "/rulebooks",
    }
    costs = {name: cost(partial(program.get, path)) for name, path in paths.items()}
    assert costs == {
        "me": 2,
        "customers": 3,
        "search": 4,
        "customer": 2,
        "contacts": 3,
        "forms": 3,
        "form": 2,
        "duties": 3,
        "rulebooks": 3,
    }


def test_writing(call, customer_of):
    program, customer = call("rep"), customer_of("rep")
    at = f"/customers/{customer.pk}"
    costs = {
        "create": cost(lambda: program.post("/customers", NEW)),
        "create under a key": cost(lambda: program.post("/customers", NEW | {"name": "吴静"}, Idempotency_Key="k")),
        "again": cost(lambda: program.post("/customers", NEW | {"name": "吴静"}, Idempotency_Key="k")),
        "change": cost(lambda: program.patch(at, {"version": 1, "remark": "爱喝茶"})),
        "log": cost(lambda: program.post(f"{at}/activities", CALL)),
        "form": cost(lambda: program.post("/file-forms", FORM | {"customer_id": customer.pk})),
    }
    at_most = {"create": 13, "create under a key": 17, "again": 7, "change": 16, "log": 15, "form": 15}
    assert {name: count for name, count in costs.items() if count > at_most[name]} == {}
