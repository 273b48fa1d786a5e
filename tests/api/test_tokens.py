"""Who may call: a live token, or for reading the session of the browser."""

from __future__ import annotations

import pytest
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account, ApiToken
from guanxi.base.org.tokens import end_token
from guanxi.core.customers.models import Customer

from .conftest import Program

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-01")]
NEW = {"name": "崔强", "phone": "13800000001"}


def test_a_live_token_speaks_for_its_person(call, staff):
    told = call("rep").get("/me").json()
    assert told["staff"] == {"id": staff("rep").id, "name": "邱远"}
    assert (told["login"], told["via"]) == ("rep", "api")
    assert {"kind": "customer", "verb": "read", "scope": "own"} in told["rights"]


@pytest.mark.parametrize("header", ["Bearer gx_no", "Bearer", "Bearer  ", "Basic cmVwOng=", "gx_no", "", "Bearer \x7f"])
def test_anything_else_is_not_signed_in(db, header):
    answer = Program(Authorization=header).get("/me")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] in ("token_unknown", "not_signed_in")


def test_without_a_token_the_answer_is_json_and_no_sign_in_page(db):
    answer = Program().get("/customers")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_a_token_that_only_reads_refuses_every_write(call, customer_of):
    customer = customer_of("rep")
    program = call("rep", may_write=False)
    assert program.get(f"/customers/{customer.pk}").status_code == 200
    answers = [
        program.post("/customers", NEW),
        program.patch(f"/customers/{customer.pk}", {"version": 1, "remark": "x"}),
        program.delete(f"/customers/{customer.pk}"),
        program.post(f"/customers/{customer.pk}/activities", {"kind": "call"}),
    ]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(403, "token_reads_only")}
    assert Customer.objects.count() == 1


def test_an_ended_token_fails_on_the_next_request(call, actor):
    program = call("rep")
    assert program.get("/me").status_code == 200
    end_token(ApiToken.objects.get(account__login="rep"), actor=actor("rep"))
    assert program.get("/me").status_code == 401


def test_an_expired_token_fails(call):
    program = call("rep", days=1)
    assert program.get("/me").status_code == 200
    clock.advance(days=1)
    assert program.get("/me").status_code == 401


def test_a_closed_account_fails_on_the_next_request(call):
    program = call("rep")
    assert program.get("/me").status_code == 200
    Account.objects.filter(login="rep").update(is_active=False)
    assert program.get("/me").status_code == 401


def test_the_session_of_the_browser_reads(browse):
    answer = browse("rep").get("/api/v1/me")
    assert (answer.status_code, answer.json()["login"]) == (200, "rep")


def test_the_session_of_the_browser_changes_nothing(browse):
    client: Client = browse("rep")
    answer = client.post("/api/v1/customers", NEW, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_needed")
    assert not Customer.objects.exists()


def test_a_bad_token_is_not_mended_by_a_session(browse):
    assert browse("rep").get("/api/v1/me", headers={"Authorization": "Bearer gx_no"}).status_code == 401


def test_a_session_with_its_first_password_does_not_read(browse):
    client = browse("rep")
    Account.objects.filter(login="rep").update(must_change_password=True)
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "password_to_change")


def test_the_session_of_a_closed_account_does_not_read(browse):
    client = browse("rep")
    assert client.get("/api/v1/me").status_code == 200
    Account.objects.filter(login="rep").update(is_active=False)
    assert client.get("/api/v1/me").status_code == 401


def test_an_account_without_posts_may_do_nothing_but_ask_who_it_is(db, token_of):
    account = Account.objects.create_user("nobody", "correct horse battery", created_at=clock.now())
    program = Program(token_of(account.login))
    assert program.get("/me").json()["rights"] == []
    assert program.get("/customers").status_code == 403
    assert program.post("/customers", NEW).status_code == 403


def test_an_end_of_access_by_another_token_leaves_this_one(call, actor):
    first, second = call("rep"), call("rep")
    end_token(ApiToken.objects.order_by("id").first(), actor=Actor.system("tests"))
    assert (first.get("/me").status_code, second.get("/me").status_code) == (401, 200)
