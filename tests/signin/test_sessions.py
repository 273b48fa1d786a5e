"""Sessions begin anew, end on the server, and their owner sees them all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import DataError, OperationalError
from django.test import Client, override_settings

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NotAllowed
from guanxi.base.org import sessions
from guanxi.base.org.actions import close_account, end_session, end_sessions_of, reset_password
from guanxi.base.org.models import Account, Grant, SessionOf
from tests.conftest import PASSWORD

from .conftest import App, is_in, second_step, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


def signed_in(login: str = "rep", **more: str) -> Client:
    browser = Client(**more)
    assert sign_in(browser, login).status_code == 302
    assert is_in(browser) or login == "admin"
    return browser


def account(login: str = "rep") -> Account:
    return Account.objects.get(login=login)


def age(browser: Client, name: str, seconds: int) -> None:
    """As if that had been so many seconds earlier."""
    session = browser.session
    session[name] -= seconds
    session.save()


class TestBeginning:
    def test_a_session_planted_before_is_not_the_one_after(self) -> None:
        browser = Client()
        browser.get("/sign-in")
        session = browser.session
        session["planted"] = True
        session.save()
        browser.cookies["guanxi_session"] = planted = session.session_key
        sign_in(browser, "rep")
        assert browser.session.session_key != planted
        attacker = Client()
        attacker.cookies["guanxi_session"] = planted
        assert not is_in(attacker)

    def test_also_not_through_the_second_step(self, app_of: Callable[[str], App]) -> None:
        app, browser = app_of("rep"), Client()
        sign_in(browser, "rep")
        half = browser.session.session_key
        second_step(browser, app.next_code())
        assert browser.session.session_key != half
        attacker = Client()
        attacker.cookies["guanxi_session"] = half
        assert not is_in(attacker)

    def test_a_made_up_key_is_no_session(self) -> None:
        browser = Client()
        browser.cookies["guanxi_session"] = "a" * 32
        assert not is_in(browser)


class TestEnding:
    def test_signing_out_ends_it_on_the_server(self) -> None:
        browser = signed_in()
        stolen = Client()
        stolen.cookies["guanxi_session"] = browser.cookies["guanxi_session"].value
        assert is_in(stolen)
        answer = browser.post("/sign-out")
        assert '"storage"' in answer["Clear-Site-Data"]
        assert not is_in(stolen)

    def test_idle_too_long(self, settings: LazySettings) -> None:
        browser = signed_in()
        age(browser, sessions.SEEN, settings.SESSION_IDLE_MINUTES * 60 - 60)
        assert is_in(browser)
        age(browser, sessions.SEEN, settings.SESSION_IDLE_MINUTES * 60 + 120)
        assert not is_in(browser)

    def test_half_a_day_after_the_sign_in_however_busy(self, settings: LazySettings) -> None:
        browser = signed_in()
        age(browser, sessions.SINCE, settings.SESSION_COOKIE_AGE - 60)
        assert is_in(browser)
        age(browser, sessions.SINCE, 120)
        assert not is_in(browser)

    def test_a_limit_that_is_off_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The planted hole."""
        browser = signed_in()
        monkeypatch.setattr(sessions, "is_over", lambda session: False)
        age(browser, sessions.SEEN, 10**6)
        assert is_in(browser)

    def test_a_closed_account_on_the_next_request(self, actor: Callable[[str], Actor]) -> None:
        browser = signed_in("stranger")
        Grant.objects.filter(pk=0).delete()
        close_account(account("stranger").pk, actor=actor("admin"))
        assert not is_in(browser)

    def test_a_password_from_an_administrator(self, actor: Callable[[str], Actor]) -> None:
        browser = signed_in()
        reset_password(account().pk, actor=actor("admin"))
        assert not is_in(browser)

    def test_the_own_new_password_ends_the_others_and_keeps_this_one(self) -> None:
        here, there = signed_in(), signed_in()
        fresh = "green tea at seven"
        here.post("/change-password", {"old": PASSWORD, "new": fresh, "again": fresh})
        assert (is_in(here), is_in(there)) == (True, False)
        assert len(sessions.live_of(account())) == 1

    def test_a_changed_role_holds_from_the_next_request(self) -> None:
        browser = signed_in()
        Grant.objects.filter(role__key="satisfaction-representative", kind="customer").delete()
        assert browser.get("/customers").status_code == 403


class TestOnesOwn:
    def test_the_page_lists_devices_and_marks_this_one(self) -> None:
        here = signed_in(HTTP_USER_AGENT=CHROME)
        sign_in(Client(), "rep", REMOTE_ADDR="203.0.113.9")
        page = here.get("/settings/sessions").content.decode()
        assert "Chrome, Windows" in page
        assert "203.0.113.9" in page
        assert page.count("本设备") == 1
        assert here.session.session_key not in page

    def test_one_is_ended(self) -> None:
        here, there = signed_in(), signed_in()
        other = SessionOf.objects.get(session_key=there.session.session_key)
        assert here.post(f"/settings/sessions/{other.pk}/end")["Location"] == "/settings/sessions"
        assert (is_in(here), is_in(there)) == (True, False)

    def test_all_others_are_ended(self) -> None:
        here, *others = signed_in(), signed_in(), signed_in()
        here.post("/settings/sessions/others")
        assert [is_in(one) for one in (here, *others)] == [True, False, False]
        assert Entry.objects.get(name="org:session:others_ended").changes == {"count": 2}

    def test_this_one_is_ended_like_a_sign_out(self) -> None:
        here = signed_in()
        own = SessionOf.objects.get(session_key=here.session.session_key)
        assert here.post(f"/settings/sessions/{own.pk}/end")["Location"] == "/sign-in"
        assert not is_in(here)

    def test_somebody_elses_is_not_there(self, actor: Callable[[str], Actor]) -> None:
        theirs = signed_in("colleague")
        other = SessionOf.objects.get(session_key=theirs.session.session_key)
        with pytest.raises(Missing):
            end_session(other.pk, actor=actor("rep"))
        assert is_in(theirs)


def test_an_administrator_ends_all_sessions_of_somebody(actor: Callable[[str], Actor]) -> None:
    one, two, other = signed_in(), signed_in(), signed_in("colleague")
    assert end_sessions_of(account().pk, actor=actor("admin")) == 2
    assert [is_in(browser) for browser in (one, two, other)] == [False, False, True]
    with pytest.raises(NotAllowed):
        end_sessions_of(account("colleague").pk, actor=actor("rep"))


def test_no_session_is_begun_that_nobody_can_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies between the session and the word whose it is leaves neither."""
    monkeypatch.setattr(sessions, "LINK", "SELECT 1 / 0, %s, %s")
    with pytest.raises(DataError):
        Client().login(username="rep", password=PASSWORD)
    monkeypatch.undo()
    assert not [one for one in Session.objects.all() if SESSION_KEY in one.get_decoded()]


def test_links_of_sessions_that_are_gone_go_at_night() -> None:
    signed_in()
    Session.objects.all().delete()
    assert sessions.clear_links() == 1
    assert not SessionOf.objects.exists()


class TestAskingAgain:
    """Ten minutes after the sign-in some steps want the password or the code once more."""

    def old(self, login: str = "rep") -> Client:
        browser = signed_in(login)
        age(browser, sessions.SINCE, sessions.PROOF_SECONDS + 1)
        return browser

    def test_a_token_is_not_created_at_an_unlocked_screen(self) -> None:
        browser = self.old()
        entry = {"name": "x", "days": "30"}
        assert "请先确认是您本人" in browser.get("/settings/tokens").content.decode()
        assert browser.post("/settings/tokens", entry)["Location"] == "/confirm?next=%2Fsettings%2Ftokens"
        assert browser.post("/confirm", {"password": "wrong", "next": "/settings/tokens"}).status_code == 422
        assert browser.post("/settings/tokens", entry).status_code == 302
        confirmed = browser.post("/confirm", {"password": PASSWORD, "next": "/settings/tokens"})
        assert confirmed["Location"] == "/settings/tokens"
        assert browser.post("/settings/tokens", entry).status_code == 200

    def test_the_second_factor_is_not_changed_there(self) -> None:
        browser = self.old()
        for send in (browser.get, browser.post):
            assert send("/settings/second-factor")["Location"].startswith("/confirm")

    def test_who_has_a_second_factor_confirms_with_it(self, app_of: Callable[[str], App]) -> None:
        app, browser = app_of("rep"), Client()
        sign_in(browser, "rep")
        second_step(browser, app.next_code())
        assert is_in(browser)
        age(browser, sessions.SINCE, sessions.PROOF_SECONDS + 1)
        assert browser.post("/confirm", {"password": PASSWORD, "next": "/"}).status_code == 422
        assert browser.post("/confirm", {"code": app.next_code(), "next": "/"}).status_code == 302

    def test_it_never_leads_away(self) -> None:
        browser = self.old()
        for away in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            assert browser.post("/confirm", {"password": PASSWORD, "next": away})["Location"] == "/"

    def test_guesses_are_counted_like_a_sign_in(self) -> None:
        browser = self.old()
        for _ in range(5):
            browser.post("/confirm", {"password": "wrong"})
        assert browser.post("/confirm", {"password": PASSWORD}).status_code == 422


def test_a_new_key_leaves_sessions_and_second_factors_in_peace(
    app_of: Callable[[str], App], settings: LazySettings
) -> None:
    """The drill of docs/how-to/second-factor.md: the old key stays as a fallback for half a day."""
    app, browser, plain = app_of("rep"), Client(), signed_in("colleague")
    sign_in(browser, "rep")
    second_step(browser, app.next_code())
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[old]):
        assert is_in(browser)
        assert is_in(plain)
        fresh = Client()
        sign_in(fresh, "rep")
        assert second_step(fresh, app.next_code()).status_code == 302
    with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[]):
        assert not is_in(plain), "without the fallback the drill fails"


class TestWithoutTheDatabase:
    def test_a_lost_database_is_not_told_as_a_bad_request(self, monkeypatch: pytest.MonkeyPatch) -> None:
        browser = signed_in()

        def lost(*_args: object, **_more: object) -> None:
            raise OperationalError("the connection is lost")

        session = browser.session
        monkeypatch.setattr(Session, "save", lost)
        with pytest.raises(OperationalError):
            session.save()

    def test_a_session_that_ended_meanwhile_still_is(self) -> None:
        browser = signed_in()
        session = browser.session
        assert session["_auth_user_id"]
        Session.objects.all().delete()
        with pytest.raises(UpdateError):
            session.save()
