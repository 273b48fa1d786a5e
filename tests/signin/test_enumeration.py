"""Nobody learns from an answer, or from how long it takes, which accounts exist."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from guanxi.base.org import attempts, signin
from guanxi.base.org.models import Account
from guanxi.base.org.signin import Backend
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
RUNS, SHARE = 15, 0.20
WRONG = "not the password"
Ask = Callable[[int], HttpResponse]


@pytest.fixture(autouse=True)
def real_hashes(settings: LazySettings) -> None:
    """As in production; the tests' cheap ones would hide a missing hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for account in Account.objects.filter(login__in=["rep", "colleague"]):
        account.set_password(PASSWORD)
        account.is_active = account.login == "rep"
        account.save()


def signing_in(login: str, password: str = WRONG) -> Ask:
    def ask(number: int) -> HttpResponse:
        entries = {"login": login, "password": password}
        return Client().post("/sign-in", entries, REMOTE_ADDR=f"10.{len(login)}.7.{number}")

    return ask


def asking_for_an_account(phone: str) -> Ask:
    def ask(number: int) -> HttpResponse:
        entry = {"name": "新来的", "phone": phone.format(number), "department": "成都", "agreed": "on"}
        return Client().post("/register", entry, REMOTE_ADDR=f"10.{len(phone)}.8.{number}")

    return ask


def medians(*asks: Ask) -> list[float]:
    """In turns, so that whatever else the machine does falls on all alike."""
    took: list[list[float]] = [[] for _ in asks]
    for number in range(RUNS):
        for ask, times in zip(asks, took, strict=True):
            began = time.process_time()
            ask(number)
            times.append(time.process_time() - began)
    return [statistics.median(times) for times in took]


def spread(*asks: Ask) -> float:
    found = medians(*asks)
    return max(found) / min(found) - 1


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "ALONE_AN_HOUR", 10_000)


def test_known_unknown_and_closed_take_the_same_time_to_refuse() -> None:
    asks = signing_in("rep"), signing_in("nobody-here"), signing_in("colleague", PASSWORD)
    assert spread(*asks) <= SHARE


def test_leaving_out_the_hash_for_unknown_names_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted hole."""
    real = Backend.authenticate

    def hasty(self: Backend, request: object, **credentials: str) -> object:
        known = Account.objects.filter(login=credentials["username"]).exists()
        return real(self, request, **credentials) if known else None

    monkeypatch.setattr(signin.Backend, "authenticate", hasty)
    assert spread(signing_in("rep"), signing_in("nobody-here")) > SHARE


def test_asking_for_an_account_is_answered_alike_whether_the_number_is_known() -> None:
    first = asking_for_an_account("13700000009")
    assert first(99).status_code == 200
    known, new = asking_for_an_account("13700000009"), asking_for_an_account("137000{:05}")
    texts = {without_token(known(77)), without_token(new(77))}
    assert len(texts) == 1


def without_token(answer: HttpResponse) -> str:
    return "\n".join(line for line in answer.content.decode().splitlines() if "csrf" not in line)
