"""Limits that hold in every stretch of time, lock nobody else out, and are told when somebody guesses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import attempts, limits
from guanxi.base.org.actions import reset_password
from guanxi.base.org.limits import Limit
from guanxi.base.org.models import Account, Tally
from guanxi.core.messaging.models import Message
from guanxi.edge.ops import signins
from tests.conftest import PASSWORD

from .conftest import App, is_in, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]


def most_within(limit: Limit, *, every_seconds: int, minutes: int) -> int:
    """Tries all the time; the most that any stretch as long as the limit lets through."""
    passed = []
    for _ in range(minutes * 60 // every_seconds):
        if limits.take(limit):
            passed.append(clock.now())
        clock.advance(seconds=every_seconds)
    return max(sum(first <= at < first + limit.span for at in passed) for first in passed)


def test_no_stretch_of_time_holds_more_than_the_limit() -> None:
    """A window from quarter to quarter would let ten through around its turn."""
    clock.advance(minutes=14)
    assert most_within(Limit("both", "x", 5), every_seconds=20, minutes=45) == 5


def test_a_window_from_quarter_to_quarter_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted hole: counting per window, as the release before did."""

    def windowed(limit: Limit) -> bool:
        now = clock.now()
        key = f"{limit.key}{now:%H}{now.minute // 15}"
        return limits.judged(Limit(limit.scope, key, limit.most, 60)).passed

    monkeypatch.setattr(limits, "take", windowed)
    clock.advance(minutes=14)
    assert most_within(Limit("both", "x", 5), every_seconds=20, minutes=45) > 5


def test_refused_tries_do_not_make_the_block_longer(client: Client) -> None:
    for _ in range(20):
        sign_in(client, "rep", "wrong password")
        clock.advance(seconds=30)
    clock.advance(minutes=5)
    assert sign_in(client, "rep").status_code == 302


def guess(login: str, times: int, *, network: int = 1) -> None:
    """From an address of its own each time, as a botnet does."""
    for number in range(times):
        sign_in(Client(), login, f"wrong password {number}", REMOTE_ADDR=f"10.{network}.{number // 250}.{number % 250}")


class TestManyAddressesOneAccount:
    def test_a_known_browser_still_opens_it(self) -> None:
        mine = Client()
        sign_in(mine, "rep")
        mine.post("/sign-out")
        guess("rep", 60)
        assert sign_in(mine, "rep", REMOTE_ADDR="10.9.9.9").status_code == 302
        assert is_in(mine)

    def test_an_unknown_browser_waits_longer_and_longer_and_then_gets_in(self) -> None:
        guess("rep", 60)
        waits = []
        for _ in range(40):
            stranger = Client()
            answer = sign_in(stranger, "rep", REMOTE_ADDR="10.9.9.9")
            if answer.status_code == 302:
                break
            waits.append(clock.now())
            clock.advance(minutes=1)
        assert answer.status_code == 302
        assert 1 <= len(waits) <= attempts.LONGEST_WAIT + 1

    def test_guesses_are_slowed_down_to_four_an_hour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many addresses: from the wait on, the password is the least of his troubles."""
        guess("rep", 150)
        taken = 0
        for number in range(120):
            answer = sign_in(Client(), "rep", "still wrong", REMOTE_ADDR=f"10.77.1.{number}")
            taken += "不正确" in answer.content.decode()
            clock.advance(seconds=30)
        assert taken <= 60 / attempts.LONGEST_WAIT + 1

    def test_somebody_elses_browser_is_no_known_one(self) -> None:
        theirs = Client()
        sign_in(theirs, "colleague")
        theirs.post("/sign-out")
        guess("rep", 60)
        assert sign_in(theirs, "rep", REMOTE_ADDR="10.9.9.9").status_code == 422

    def test_a_forged_cookie_is_no_known_browser(self) -> None:
        forger = Client()
        forger.cookies["guanxi_device"] = f"[{Account.objects.get(login='rep').pk}]"
        guess("rep", 60)
        assert sign_in(forger, "rep", REMOTE_ADDR="10.9.9.9").status_code == 422

    def test_a_second_factor_opens_it_from_anywhere(self, app_of: Callable[[str], App]) -> None:
        app_of("rep")
        guess("rep", 60)
        answer = sign_in(Client(), "rep", REMOTE_ADDR="10.9.9.9")
        assert answer["Location"] == "/sign-in/second-step"

    def test_a_new_password_from_an_administrator_opens_it(self, actor: Callable[[str], Actor]) -> None:
        guess("rep", 60)
        password = reset_password(Account.objects.get(login="rep").pk, actor=actor("admin"))
        assert sign_in(Client(), "rep", password, REMOTE_ADDR="10.9.9.9").status_code == 302

    def test_right_wrong_and_unknown_are_answered_alike_meanwhile(self) -> None:
        for login in ("rep", "nobody-here"):
            guess(login, 60, network=len(login))
            sign_in(Client(), login, "wrong", REMOTE_ADDR="10.8.8.8")
        answers = {
            sign_in(Client(), login, password, REMOTE_ADDR="10.9.9.9")
            .content.decode()
            .partition('role="alert"')[2][:120]
            for login, password in (("rep", PASSWORD), ("rep", "wrong"), ("nobody-here", "wrong"))
        }
        assert len(answers) == 1
        assert "以前登录过的浏览器" in answers.pop()

    def test_a_hard_lock_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The planted hole: after twenty failures from anywhere the account is shut, also for its owner."""
        monkeypatch.setattr("guanxi.base.org.signin._is_proven", lambda request, user: False)
        monkeypatch.setattr(attempts.Attempt, "may_after_waiting", lambda self: clock.now())
        with pytest.raises(AssertionError):
            self.test_a_known_browser_still_opens_it()


def spray(accounts: int, passwords: int, addresses: int) -> int:
    """How many got in. Every address goes on to the next account, so that none is noticed by itself."""
    for number in range(accounts):
        login = f"user{number:03}"
        if not Account.objects.filter(login=login).exists():
            Account.objects.create_user(login, PASSWORD, must_change_password=False, created_at=clock.now())
    inside = 0
    for turn, (password, account) in enumerate(product(range(passwords), range(accounts))):
        browser = Client()
        sign_in(browser, f"user{account:03}", f"password{password}", REMOTE_ADDR=f"10.1.2.{turn % addresses}")
        inside += SESSION_KEY in browser.session
    return inside


def spray_is_told(accounts: int, passwords: int, addresses: int, settings: LazySettings) -> None:
    settings.SIGN_IN_ALERT = 50
    began = clock.now()
    assert spray(accounts, passwords, addresses) == 0
    told = Message.objects.filter(kind=signins.SPRAYED)
    assert {message.recipient.account.login for message in told} == {"admin"}
    assert told.count() == 1, "once an hour, not for every try"
    assert (told.get().created_at - began).total_seconds() <= 60


def test_a_spray_opens_nothing_and_is_told(settings: LazySettings) -> None:
    spray_is_told(20, 5, 10, settings)


@pytest.mark.soak
def test_a_spray_of_ten_thousand_opens_nothing_and_is_told(settings: LazySettings) -> None:
    spray_is_told(200, 50, 100, settings)


def test_some_failures_are_nobodys_business(settings: LazySettings) -> None:
    settings.SIGN_IN_ALERT = 50
    guess("rep", 49)
    assert not Message.objects.filter(kind=signins.SPRAYED).exists()


def test_what_no_limit_looks_at_goes_at_night(client: Client) -> None:
    sign_in(client, "rep", "wrong")
    assert Tally.objects.exists()
    clock.advance(days=1)
    limits.clear_old()
    assert not Tally.objects.exists()
