"""The first password is forced, the own password and language are one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.actions import reset_password
from guanxi.base.org.models import Account
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-04")]
FRESH = "green tea at seven"


def change(client: Client, old: str, new: str, again: str | None = None) -> HttpResponse:
    return client.post("/change-password", {"old": old, "new": new, "again": new if again is None else again})


@pytest.fixture
def newcomer(actor: Callable[[str], Actor]) -> tuple[Client, str]:
    """Signed in with a one-time password."""
    password = reset_password(Account.objects.get(login="rep").pk, actor=actor("admin"))
    client = Client()
    client.post("/sign-in", {"login": "rep", "password": password})
    return client, password


def test_every_page_leads_to_the_password_until_it_is_changed(newcomer: tuple[Client, str]) -> None:
    client, _password = newcomer
    for path in ("/", "/customers", "/settings/staff", "/settings/tokens"):
        assert client.get(path)["Location"] == "/change-password", path
    assert client.get("/change-password").status_code == 200


def test_the_api_stays_shut_meanwhile(newcomer: tuple[Client, str]) -> None:
    assert newcomer[0].get("/api/v1/customers").status_code == 403


def test_after_the_change_work_goes_on(newcomer: tuple[Client, str]) -> None:
    client, password = newcomer
    assert change(client, password, FRESH)["Location"] == "/"
    assert client.get("/customers").status_code == 200
    assert Client().post("/sign-in", {"login": "rep", "password": password}).status_code == 422
    assert Client().post("/sign-in", {"login": "rep", "password": FRESH}).status_code == 302


def test_signing_out_and_language_work_before_the_change(newcomer: tuple[Client, str]) -> None:
    client, _password = newcomer
    assert client.post("/language", {"language": "en", "next": "/change-password"})["Location"] == "/change-password"
    assert "Choose your own password" in client.get("/change-password").content.decode()
    assert client.post("/sign-out")["Location"] == "/sign-in"


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("short", "至少使用10个字符"),
        ("password123", "最常见的密码"),
        (PASSWORD, "不能与当前密码相同"),
        ("x" * 129, "最多128个字符"),
        ("representative", "与登录名过于相似"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(browse: Callable[[str], Client], new: str, sentence: str) -> None:
    Account.objects.filter(login="rep").update(login="representativ")
    client = browse("representativ")
    response = change(client, PASSWORD, new)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Account.objects.get(login="representativ").check_password(PASSWORD)


def test_long_pasted_passwords_are_taken_whole(browse: Callable[[str], Client]) -> None:
    sentence = "春眠不觉晓，处处闻啼鸟。" * 10
    assert change(browse("rep"), PASSWORD, sentence).status_code == 302
    assert Client().post("/sign-in", {"login": "rep", "password": sentence}).status_code == 302
    assert Client().post("/sign-in", {"login": "rep", "password": sentence[:-1]}).status_code == 422


def test_two_different_entries_are_refused(browse: Callable[[str], Client]) -> None:
    assert change(browse("rep"), PASSWORD, FRESH, "green tea at eight").status_code == 422


def test_guessing_the_present_password_is_counted_like_a_sign_in(browse: Callable[[str], Client]) -> None:
    client = browse("rep")
    for _ in range(5):
        assert "当前密码不正确" in change(client, "wrong password", FRESH).content.decode()
    assert change(client, PASSWORD, FRESH).status_code == 422
    assert Account.objects.get(login="rep").check_password(PASSWORD)


def test_all_other_sessions_end_and_this_one_stays(browse: Callable[[str], Client]) -> None:
    here, there = browse("rep"), browse("rep")
    assert change(here, PASSWORD, FRESH).status_code == 302
    assert here.get("/customers").status_code == 200
    assert there.get("/customers")["Location"].startswith("/sign-in")


def test_the_change_is_in_the_trail_without_the_password(browse: Callable[[str], Client]) -> None:
    change(browse("rep"), PASSWORD, FRESH)
    entry = Entry.objects.get(name="org:account:password_changed")
    assert FRESH not in str([entry.changes, entry.personal])


def test_the_language_is_kept_with_the_account(browse: Callable[[str], Client]) -> None:
    client = browse("rep")
    client.post("/language", {"language": "en", "next": "/"})
    assert Account.objects.get(login="rep").language == "en"
    elsewhere = Client()
    elsewhere.post("/sign-in", {"login": "rep", "password": PASSWORD})
    assert elsewhere.cookies["guanxi_language"].value == "en"


def test_an_unknown_language_changes_nothing_and_next_never_leads_away(client: Client) -> None:
    response = client.post("/language", {"language": "xx", "next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert "guanxi_language" not in response.cookies
