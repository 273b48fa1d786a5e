"""Signing in: one answer for every wrong try, and limits that all processes share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.org import limits
from guanxi.base.org.limits import Limit
from guanxi.base.org.models import Account, Tally
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-03")]


def sign_in(
    login: str, password: str, *, client: Client | None = None, next: str = "", address: str = ""
) -> HttpResponse:
    entries = {"login": login, "password": password, "next": next}
    return (client or Client()).post("/sign-in", entries, **({"REMOTE_ADDR": address} if address else {}))


def body(response: HttpResponse, *, login: str) -> str:
    """The page without what differs by nature: the login typed, and the CSRF token."""
    text = response.content.decode().replace(login, "")
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)


def test_the_right_password_opens_the_workbench(client: Client) -> None:
    response = sign_in("rep", PASSWORD, client=client)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session[SESSION_KEY] == str(Account.objects.get(login="rep").pk)
    entry = Entry.objects.get(name="org:account:signed_in")
    assert (entry.who, entry.staff_id) == ("邱远", Account.objects.get(login="rep").staff.pk)


def test_the_login_is_read_without_regard_to_case_and_spaces() -> None:
    assert sign_in(" REP ", PASSWORD).status_code == 302


def test_it_leads_to_the_page_that_was_asked_for_and_never_away() -> None:
    assert sign_in("rep", PASSWORD, next="/customers")["Location"] == "/customers"
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert sign_in("rep", PASSWORD, next=away)["Location"] == "/"


def test_unknown_login_wrong_password_and_closed_account_answer_alike() -> None:
    Account.objects.filter(login="colleague").update(is_active=False)
    wrong = sign_in("rep", "not the password", address="10.0.0.1")
    unknown = sign_in("nobody-here", "not the password", address="10.0.0.2")
    closed = sign_in("colleague", PASSWORD, address="10.0.0.3")
    texts = {body(wrong, login="rep"), body(unknown, login="nobody-here"), body(closed, login="colleague")}
    assert {r.status_code for r in (wrong, unknown, closed)} == {422}
    assert len(texts) == 1
    assert "登录名或密码不正确" in texts.pop()


def test_an_unknown_login_costs_as_much_hashing_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(Account, "set_password", lambda self, password: hashed.append(password))
    sign_in("nobody-here", "not the password")
    assert hashed == ["not the password"]


def test_a_new_session_begins_at_sign_in(client: Client) -> None:
    client.get("/sign-in")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["guanxi_session"] = before = session.session_key
    sign_in("rep", PASSWORD, client=client)
    assert client.session.session_key != before


def test_the_sixth_try_is_refused_even_with_the_right_password() -> None:
    for _ in range(5):
        assert sign_in("rep", "wrong password").status_code == 422
    refused = sign_in("rep", PASSWORD)
    assert refused.status_code == 422
    assert "15 分钟" in refused.content.decode() or "15分钟" in refused.content.decode()


def test_a_block_holds_for_that_address_only_so_nobody_can_lock_others_out() -> None:
    for _ in range(6):
        sign_in("rep", "wrong password", address="10.0.0.66")
    assert sign_in("rep", PASSWORD, address="10.0.0.66").status_code == 422
    assert sign_in("rep", PASSWORD, address="10.0.0.7").status_code == 302


def test_the_block_ends_a_quarter_of_an_hour_after_the_first_try() -> None:
    for _ in range(6):
        sign_in("rep", "wrong password")
    clock.advance(minutes=15)
    assert sign_in("rep", PASSWORD).status_code == 302


def test_success_does_not_wipe_the_failures_before_it() -> None:
    for _ in range(4):
        sign_in("rep", "wrong password")
    assert sign_in("rep", PASSWORD).status_code == 302
    sign_in("rep", "wrong password")
    assert sign_in("rep", PASSWORD).status_code == 422


def test_an_office_behind_one_address_shares_a_hundred_failures() -> None:
    for number in range(100):
        limits.take(Limit("address", "10.0.0.9", 100))
        assert number < 100
    assert sign_in("manager", PASSWORD, address="10.0.0.9").status_code == 422
    assert sign_in("manager", PASSWORD, address="10.0.0.10").status_code == 302


def test_old_tries_are_forgotten_at_night() -> None:
    limits.take(Limit("both", "x|1", 5))
    clock.advance(days=2)
    limits.take(Limit("both", "y|1", 5))
    limits.clear_old()
    assert list(Tally.objects.values_list("key", flat=True)) == ["y|1"]


@pytest.mark.django_db(transaction=True)
def test_four_processes_together_let_exactly_five_tries_through() -> None:
    """Each thread has a connection of its own, as each web process has."""
    start = Barrier(4)

    def knock(_worker: int) -> int:
        start.wait()
        try:
            return sum(limits.take(Limit("both", "rep|10.0.0.5", 5)) for _ in range(10))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        passed = list(pool.map(knock, range(4)))
    assert sum(passed) == 5
    Tally.objects.all().delete()


def test_signing_out_ends_the_session_and_clears_the_browser(browse: Callable[[str], Client]) -> None:
    client = browse("rep")
    response = client.post("/sign-out")
    assert response["Location"] == "/sign-in"
    assert "storage" in response["Clear-Site-Data"]
    assert client.get("/customers")["Location"].startswith("/sign-in")


def test_signing_out_needs_a_form(browse: Callable[[str], Client]) -> None:
    client = browse("rep")
    assert client.get("/sign-out").status_code == 405
    assert client.get("/customers").status_code == 200


@pytest.mark.parametrize(
    "name", ["account_signup", "account_reset_password", "account_email", "account_inactive", "account_reauthenticate"]
)
def test_other_routes_of_the_library_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


class TestTheDialogOverAHalfFilledForm:
    """`/sign-in/again`: the session ended, what was typed is still there."""

    def again(self, client: Client, login: str = "rep", password: str = PASSWORD) -> HttpResponse:
        entries: dict[str, Any] = {"login": login, "password": password}
        return client.post("/sign-in/again", entries, content_type="application/json")

    def test_it_gives_a_new_session_and_a_new_csrf_cookie(self) -> None:
        client = Client()
        response = self.again(client)
        assert response.status_code == 204
        assert client.cookies["guanxi_csrf"].value
        assert client.get("/customers").status_code == 200

    def test_it_takes_the_plain_form_too(self, client: Client) -> None:
        assert client.post("/sign-in/again", {"login": "rep", "password": PASSWORD}).status_code == 204

    @pytest.mark.parametrize("login", ["rep", "nobody-here"])
    def test_a_wrong_try_says_so_in_json_and_tells_nothing(self, client: Client, login: str) -> None:
        response = self.again(client, login, "wrong password")
        assert (response.status_code, response.json()) == (422, {"message": "登录名或密码不正确。"})

    def test_it_shares_the_limit_of_the_page(self, client: Client) -> None:
        for _ in range(5):
            sign_in("rep", "wrong password")
        assert self.again(client).status_code == 429
        assert sign_in("rep", PASSWORD).status_code == 422

    def test_odd_bodies_are_a_wrong_try(self, client: Client) -> None:
        for odd in ("", "[]", "{", "null", '"x"'):
            assert client.post("/sign-in/again", odd, content_type="application/json").status_code == 422

    def test_it_needs_the_token_against_forged_forms(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        assert self.again(strict).status_code == 403
