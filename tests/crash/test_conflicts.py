"""Two people change the same record from the same version at the same time: one is taken, the other is asked (F-20)."""

from __future__ import annotations

import contextvars
import json
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account
from guanxi.base.org.tokens import give_token
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.req("DAT-01")
TAKEN, ASKED = {200, 302}, 409
Send = Callable[[str, int, str], HttpResponse]
PEOPLE = ("rep", "supervisor")


@pytest.mark.usefixtures("company")
def test_of_two_changes_at_once_one_is_taken_and_the_other_asked() -> None:
    assert conflicts(100) == Counter(taken=100, asked=100)


@pytest.mark.soak
@pytest.mark.usefixtures("company")
def test_of_a_thousand_pairs_none_is_lost() -> None:
    assert conflicts(1000) == Counter(taken=1000, asked=1000)


def conflicts(pairs: int) -> Counter[str]:
    """Form against form, form against program, program against program."""
    actor = actor_of("rep")
    customer = create_customer({"kind": "person", "name": "崔强", "phone": "13800000017"}, actor=actor)
    ways = [[by_form(login) for login in PEOPLE], [by_program(login) for login in PEOPLE]]
    seen: Counter[str] = Counter()
    for number in range(pairs):
        one, other = ways[number % 2][0], ways[number // 2 % 2][1]
        seen += met(customer.pk, number + 1, one, other)
    return seen


def met(customer: int, version: int, one: Send, other: Send) -> Counter[str]:
    answers: dict[str, HttpResponse] = {}
    start = threading.Barrier(2)

    def change(send: Send, remark: str) -> None:
        start.wait(20)
        answers[remark] = send(f"customers/{customer}", version, remark)
        connection.close()

    both = [(one, f"甲说的{version}"), (other, f"乙说的{version}")]
    threads = [threading.Thread(target=contextvars.copy_context().run, args=(change, *given)) for given in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    stored = Customer.objects.get(id=customer)
    return told(answers, stored)


def told(answers: dict[str, HttpResponse], stored: Customer) -> Counter[str]:
    """What was taken is what is stored; whoever was asked sees it beside their own."""
    seen: Counter[str] = Counter()
    for remark, answer in answers.items():
        if answer.status_code in TAKEN:
            seen["taken" if stored.remark == remark else "lost"] += 1
        elif answer.status_code == ASKED and says_what_differs(answer, stored):
            seen["asked"] += 1
        else:
            seen[f"answered {answer.status_code}"] += 1
    return seen


def says_what_differs(answer: HttpResponse, stored: Customer) -> bool:
    """A form shows the other's words beside one's own; a program is told the field and the version to read."""
    text = answer.content.decode()
    if not text.startswith("{"):
        return stored.remark in text
    return json.loads(text)["code"] == "stale" and "remark" in text


def by_form(login: str) -> Send:
    client = Client()
    client.force_login(Account.objects.get(login=login), backend="guanxi.base.org.signin.Backend")

    def send(path: str, version: int, remark: str) -> HttpResponse:
        typed = {"version": version, "kind": "person", "name": "崔强", "phone": "13800000017", "remark": remark}
        return client.post(f"/{path}/edit", typed | {"status": "potential", "op_key": f"{login}-{version}"})

    return send


def by_program(login: str) -> Send:
    token = give_token(Account.objects.get(login=login), name="conflicts", actor=Actor.system("tests"))

    def send(path: str, version: int, remark: str) -> HttpResponse:
        body = {"version": version, "remark": remark}
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{login}-{version}"}
        return Client().patch(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    return send


def actor_of(login: str) -> Actor:
    account = Account.objects.select_related("staff").get(login=login)
    return Actor(account.staff.name, "web", account_id=account.pk, staff_id=account.staff.pk)


@pytest.mark.usefixtures("company")
def test_a_lost_update_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: nobody looks at the version."""
    monkeypatch.setattr("guanxi.core.customers.actions.customer.refuse_stale", lambda *_given: None)
    assert conflicts(1)["lost"] == 1
