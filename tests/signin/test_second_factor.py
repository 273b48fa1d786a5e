"""The second factor: nobody who has one gets in without it, on any path."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org import factors, sessions, stage
from guanxi.base.org.actions import create_role, require_second_factor, reset_factor, reset_password, take_off_factor
from guanxi.base.org.models import Account, RecoveryCode, Role, SecondFactor, Unit
from guanxi.base.org.tokens import give_token
from guanxi.edge.ops import people
from tests.conftest import PASSWORD

from .conftest import App, is_in, second_step, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
Apps = Callable[[str], App]


def test_the_password_alone_opens_nothing(app_of: Apps, client: Client) -> None:
    app_of("rep")
    assert sign_in(client, "rep")["Location"] == "/sign-in/second-step"
    assert not is_in(client)
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/sign-out").status_code == 302


def test_password_and_code_open(app_of: Apps, client: Client) -> None:
    app = app_of("rep")
    sign_in(client, "rep")
    assert "验证器" in client.get("/sign-in/second-step").content.decode()
    assert second_step(client, app.next_code())["Location"] == "/"
    assert is_in(client)
    assert Entry.objects.filter(name="org:account:signed_in").count() == 1


def test_it_leads_to_the_page_that_was_asked_for(app_of: Apps, client: Client) -> None:
    app = app_of("rep")
    client.post("/sign-in", {"login": "rep", "password": PASSWORD, "next": "/customers"})
    assert second_step(client, app.next_code())["Location"] == "/customers"


def test_a_code_opens_once(app_of: Apps) -> None:
    app = app_of("rep")
    code = app.next_code()
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser, "rep")
    assert second_step(first, code).status_code == 302
    assert second_step(second, code).status_code == 422
    assert not is_in(second)


def test_the_code_that_set_it_up_and_older_ones_open_nothing(app_of: Apps, client: Client) -> None:
    app = app_of("rep")
    sign_in(client, "rep")
    assert second_step(client, app.code()).status_code == 422
    assert second_step(client, app.code(steps=-1)).status_code == 422
    assert second_step(client, app.code(steps=-5)).status_code == 422
    assert second_step(client, app.code(steps=3)).status_code == 422


@pytest.mark.parametrize("code", ["", "000", "abcdef", "１２３４５６", "1" * 500, "null", "' OR 1=1"])
def test_odd_codes_open_nothing(app_of: Apps, client: Client, code: str) -> None:
    app_of("rep")
    sign_in(client, "rep")
    assert second_step(client, code).status_code == 422
    assert not is_in(client)


def test_a_recovery_code_opens_once_with_or_without_dashes(app_of: Apps) -> None:
    app = app_of("rep")
    assert len(app.codes) == 10
    for typed, opens in ((app.codes[0], 302), (app.codes[0], 422), (app.codes[1].upper().replace("-", " "), 302)):
        browser = Client()
        sign_in(browser, "rep")
        assert second_step(browser, typed).status_code == opens
    assert RecoveryCode.objects.filter(used_at=None).count() == 8


def test_codes_lie_in_the_database_as_no_one_can_use_them(app_of: Apps) -> None:
    app = app_of("rep")
    stored = str([*RecoveryCode.objects.values_list("digest", flat=True), SecondFactor.objects.get().secret])
    assert app.secret not in stored
    assert not [code for code in app.codes if code.replace("-", "")[4:] in stored]


def test_the_sixth_code_is_refused_even_when_right(app_of: Apps, client: Client) -> None:
    app = app_of("rep")
    sign_in(client, "rep")
    clock.advance(minutes=1)
    for _ in range(5):
        assert second_step(client, "abcdef").status_code == 422
    assert second_step(client, app.code()).status_code == 422
    clock.advance(minutes=15)
    assert second_step(client, app.code()).status_code == 302


def test_the_first_step_does_not_wait_for_ever(app_of: Apps, client: Client) -> None:
    app = app_of("rep")
    sign_in(client, "rep")
    session = client.session
    session["account_login"]["initiated_at"] -= 3600
    session.save()
    assert second_step(client, app.next_code())["Location"] == "/sign-in"


def test_without_the_first_step_the_second_leads_back(client: Client) -> None:
    assert client.get("/sign-in/second-step")["Location"] == "/sign-in"
    assert second_step(client, "123456")["Location"] == "/sign-in"


class TestNoPathGoesAround:
    """Every way by which a session can begin, and what may be done half signed in."""

    def test_the_dialog_over_a_form_asks_too(self, app_of: Apps) -> None:
        app, browser = app_of("rep"), Client()
        entries = {"login": "rep", "password": PASSWORD}
        asked = browser.post("/sign-in/again", entries, content_type="application/json")
        assert (asked.status_code, asked.json()["code"]) == (422, True)
        assert not is_in(browser)
        wrong = browser.post("/sign-in/again", entries | {"code": "000000"}, content_type="application/json")
        assert wrong.status_code == 422
        assert not is_in(browser)
        right = browser.post("/sign-in/again", entries | {"code": app.next_code()}, content_type="application/json")
        assert right.status_code == 204
        assert is_in(browser)

    def test_a_new_one_time_password_does_not_replace_it(self, app_of: Apps, actor: Callable[[str], Actor]) -> None:
        app_of("rep")
        password = reset_password(Account.objects.get(login="rep").pk, actor=actor("admin"))
        browser = Client()
        assert sign_in(browser, "rep", password)["Location"] == "/sign-in/second-step"
        assert browser.get("/change-password")["Location"].startswith("/sign-in")

    def test_a_session_made_any_other_way_speaks_for_nobody(
        self, app_of: Apps, browse: Callable[[str], Client]
    ) -> None:
        """Whoever adds a way to sign in and forgets the code has added none."""
        app_of("rep")
        browser = browse("rep")
        assert not is_in(browser)
        assert browser.get("/api/v1/me").status_code == 401

    def test_setting_one_up_ends_the_sessions_before_it(self, app_of: Apps, browse: Callable[[str], Client]) -> None:
        before = browse("rep")
        assert is_in(before)
        app_of("rep")
        assert not is_in(before)

    def test_a_mark_of_an_earlier_factor_does_not_count(self, app_of: Apps, actor: Callable[[str], Actor]) -> None:
        app, browser = app_of("rep"), Client()
        sign_in(browser, "rep")
        second_step(browser, app.next_code())
        reset_factor(Account.objects.get(login="rep").pk, actor=actor("admin"))
        app_of("rep")
        assert not is_in(browser)

    def test_half_signed_in_every_page_is_shut(self, app_of: Apps, client: Client) -> None:
        app_of("admin")
        sign_in(client, "admin")
        for path in (
            "/",
            "/settings/second-factor",
            "/settings/tokens",
            "/confirm",
            "/settings/staff",
            "/change-password",
        ):
            assert client.get(path)["Location"].startswith("/sign-in"), path
        assert client.post("/settings/second-factor", {"act": "take-off"})["Location"].startswith("/sign-in")
        assert Account.objects.get(login="admin").second_factor_at

    def test_tokens_of_programs_go_on(self, app_of: Apps) -> None:
        token = give_token(Account.objects.get(login="rep"), name="x", actor=Actor.system("tests"))
        app_of("rep")
        assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200

    def test_a_stage_that_lets_everybody_pass_is_found(
        self, app_of: Apps, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The planted hole: without its step the session is there, and still speaks for nobody."""
        app_of("rep")
        monkeypatch.setattr(stage.Stage, "handle", lambda self: (None, True))
        assert sign_in(client, "rep")["Location"] == "/"
        assert not is_in(client)
        monkeypatch.setattr(factors, "is_passed", lambda session, account: True)
        sign_in(client, "rep")
        assert is_in(client), "with both gone the hole is open, so the two tests above can fail"


class TestWhoNeedsOne:
    @pytest.fixture
    def needed(self, actor: Callable[[str], Actor]) -> None:
        require_second_factor(Role.objects.get(key="satisfaction-representative").pk, True, actor=actor("admin"))

    def test_the_next_sign_in_leads_to_setting_it_up(self, needed: None, client: Client) -> None:
        sign_in(client, "rep")
        for path in ("/", "/customers", "/settings/tokens", "/settings/sessions"):
            assert client.get(path)["Location"] == "/settings/second-factor", path
        assert client.get("/api/v1/me").status_code == 403
        page = client.get("/settings/second-factor").content.decode()
        assert 'class="qr"' in page
        secret = "".join(re.findall(r"<span>([A-Z2-7]{1,4})</span>", page))
        app = App(secret)
        assert client.post("/settings/second-factor", {"act": "set-up", "code": "000000"}).status_code == 422
        shown = client.post("/settings/second-factor", {"act": "set-up", "code": app.code()})
        assert len(re.findall(r"<li>[a-z0-9]{4}(?:-[a-z0-9]{4}){3}</li>", shown.content.decode())) == 10
        assert is_in(client)

    def test_who_takes_long_over_it_is_asked_again_and_goes_on(self, needed: None, client: Client) -> None:
        sign_in(client, "rep")
        client.get("/settings/second-factor")
        session = client.session
        session[sessions.SINCE] -= sessions.PROOF_SECONDS + 1
        session.save()
        asked = client.get("/settings/second-factor")["Location"]
        assert asked.startswith("/confirm")
        assert client.get(asked).status_code == 200, "no way round in a circle"
        client.post("/confirm", {"password": PASSWORD, "next": "/settings/second-factor"})
        assert 'class="qr"' in client.get("/settings/second-factor").content.decode()
        assert client.get("/customers")["Location"] == "/settings/second-factor", "nothing else opened by it"

    def test_others_are_not_asked(self, needed: None, client: Client) -> None:
        sign_in(client, "manager")
        assert is_in(client)

    def test_it_cannot_be_taken_off(self, needed: None, app_of: Apps, actor: Callable[[str], Actor]) -> None:
        app_of("rep")
        with pytest.raises(Refused):
            take_off_factor(actor=actor("rep"))
        assert Account.objects.get(login="rep").second_factor_at

    def test_where_nobody_asks_for_it_it_can(self, app_of: Apps, actor: Callable[[str], Actor]) -> None:
        app_of("rep")
        take_off_factor(actor=actor("rep"))
        assert is_in_with_password("rep")

    @pytest.mark.parametrize(
        ("policy", "asked"),
        [("", []), ("none", []), ("privileged", ["admin"]), ("all", ["admin", "rep", "gm"])],
    )
    def test_the_setting_decides_for_all(self, settings: LazySettings, policy: str, asked: list[str]) -> None:
        settings.REQUIRE_SECOND_FACTOR = policy
        needing = [login for login in ("admin", "rep", "gm") if factors.is_required(Account.objects.get(login=login))]
        assert needing == asked

    def test_all_privileged_people_are_asked_and_none_gets_out_of_it(
        self, settings: LazySettings, app_of: Apps, actor: Callable[[str], Actor]
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = "privileged"
        app_of("admin")
        with pytest.raises(Refused):
            take_off_factor(actor=actor("admin"))
        with pytest.raises(Refused):
            reset_factor(Account.objects.get(login="admin").pk, actor=actor("admin"))


def is_in_with_password(login: str) -> bool:
    browser = Client()
    sign_in(browser, login)
    return is_in(browser)


def test_an_administrator_takes_it_off_for_a_lost_phone(app_of: Apps, actor: Callable[[str], Actor]) -> None:
    app, browser = app_of("rep"), Client()
    sign_in(browser, "rep")
    second_step(browser, app.next_code())
    reset_factor(Account.objects.get(login="rep").pk, actor=actor("admin"))
    assert Entry.objects.get(name="org:factor:reset").staff_id == Account.objects.get(login="admin").staff.pk
    assert not is_in(browser)
    assert not RecoveryCode.objects.exists()
    assert is_in_with_password("rep")


@pytest.mark.django_db(transaction=True)
def test_four_processes_take_one_code_once(company: None, app_of: Apps) -> None:
    """Each thread has a connection of its own, as each web process has; allauth's cache would open four times."""
    app = app_of("rep")
    account, code, start = Account.objects.get(login="rep"), app.next_code(), Barrier(4)

    def knock(_worker: int) -> bool:
        start.wait()
        try:
            return factors.is_right(account, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(knock, range(4))) == 1


@pytest.mark.req("SEC-06")
def test_a_company_of_its_own_begins_with_it_for_everybody(
    monkeypatch: pytest.MonkeyPatch, actor: Callable[[str], Actor]
) -> None:
    """Founded on the set-up page; a role made later needs it as all others do, until somebody says otherwise."""
    monkeypatch.setattr(people, "is_unclaimed", lambda: True)
    Unit.objects.filter(code="company").update(code="before")
    founder = people.Founder(company="新公司", name="钱进", login="qianjin", password=PASSWORD)
    people.set_up(founder, actor=Actor.system("set-up"))
    assert not Role.objects.filter(needs_second_factor=False).exists()
    later = create_role("hotline", name="热线", name_en="Hotline", actor=actor("admin"))
    assert later.needs_second_factor
    require_second_factor(later.pk, False, actor=actor("admin"))
    like_it = create_role("desk", name="前台", name_en="Desk", like_id=later.pk, actor=actor("admin"))
    assert not like_it.needs_second_factor
