"""Two profiles of passwords, each by itself; and accounts that nobody uses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.actions import reopen_account
from guanxi.base.org.models import Account, ApiToken
from guanxi.base.org.tokens import give_token
from guanxi.core.messaging.models import Message
from guanxi.edge.ops import signins
from guanxi.edge.ops.jobs import upkeep
from tests.conftest import PASSWORD
from tests.installation import ROOT

from .conftest import is_in, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
GUESSED = """
1234567890 qwertyuiop 1qaz2wsx3edc qwer1234qwer asdfghjkl; abcd1234abcd aaaaaaaaaa 1111111111 abababababab 13800138000
8613800138000 19880818wl wl19880818 20001231zh 5201314abc a5201314520 woaini1314520 Woaini@520 guanxi2026 Guanxi@2026!
guanxicrm123 p@ssw0rd2026 Password123! admin@123456 Administrator1 kehuguanxi88 康和健康2026 成都分公司888 zhongguo@123
147258369147 1314520520a
"""
FINE = """
green-tea-at-seven 春眠不觉晓处处闻啼鸟 correct-horse-battery kx7-vQ2m-Lp9z ich-mag-gruenen-tee tR4nslucent-owl
今天下午三点开会别忘了
"""
MIXED = ["Green-tea-7", "Abcdefgh99-x", "绿茶Tea2026好"]
UNMIXED = ["green-tea-at-seven", "greenteaatseven9", "春眠不觉晓处处闻啼鸟今天"]


def faults(password: str) -> list[str]:
    try:
        validate_password(password, Account(login="qiuyuan"))
    except ValidationError as refused:
        return [str(error.code) for error in refused.error_list]
    return []


@pytest.fixture
def mlps(settings: LazySettings) -> None:
    settings.PASSWORD_DAYS = 90
    settings.AUTH_PASSWORD_VALIDATORS = [
        *settings.AUTH_PASSWORD_VALIDATORS,
        {"NAME": "guanxi.base.org.passwords.Mixed"},
    ]
    get_default_password_validators.cache_clear()


@pytest.fixture(autouse=True)
def forget_validators() -> Iterator[None]:
    yield
    get_default_password_validators.cache_clear()


class TestModern:
    @pytest.mark.parametrize("password", GUESSED.split())
    def test_what_is_guessed_first_is_refused(self, password: str) -> None:
        assert faults(password), password

    @pytest.mark.parametrize("password", [*FINE.split(), *UNMIXED])
    def test_what_only_its_owner_would_think_of_is_taken_without_any_mixture(self, password: str) -> None:
        assert faults(password) == []

    def test_the_login_name_with_trimmings_is_refused(self) -> None:
        assert faults("Qiuyuan@2026")

    def test_it_never_grows_old(self, client: Client) -> None:
        Account.objects.filter(login="rep").update(password_changed_at=clock.now() - timedelta(days=4000))
        sign_in(client, "rep")
        assert is_in(client)

    def test_a_list_that_lets_all_through_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The planted hole: without our rules most of these pass the list that Django brings."""
        monkeypatch.setattr("guanxi.base.org.passwords.is_guessable", lambda password, names: False)
        assert sum(not faults(password) for password in GUESSED.split()) > 15


@pytest.mark.usefixtures("mlps")
class TestMlps:
    @pytest.mark.parametrize("password", UNMIXED)
    def test_one_kind_of_characters_is_refused(self, password: str) -> None:
        assert faults(password) == ["password_not_mixed"]

    @pytest.mark.parametrize("password", MIXED)
    def test_three_kinds_are_taken(self, password: str) -> None:
        assert faults(password) == []

    def test_after_ninety_days_the_sign_in_asks_for_a_new_one(self, client: Client) -> None:
        Account.objects.filter(login="rep").update(password_changed_at=clock.now() - timedelta(days=91))
        sign_in(client, "rep")
        assert client.get("/customers")["Location"] == "/change-password"
        client.post("/change-password", {"old": PASSWORD, "new": MIXED[0], "again": MIXED[0]})
        assert is_in(client)
        again = Client()
        sign_in(again, "rep", MIXED[0])
        assert is_in(again)

    def test_before_that_it_does_not(self, client: Client) -> None:
        Account.objects.filter(login="rep").update(password_changed_at=clock.now() - timedelta(days=89))
        sign_in(client, "rep")
        assert is_in(client)


ASK = (
    "from config import settings as s; print(s.PASSWORD_DAYS, s.SESSION_IDLE_MINUTES, len(s.AUTH_PASSWORD_VALIDATORS))"
)


@pytest.mark.parametrize(("profile", "told"), [("modern", "0 240 4"), ("mlps", "90 30 5")])
def test_the_setting_chooses_one_profile_whole(profile: str, told: str) -> None:
    given = os.environ | {"PASSWORD_PROFILE": profile, "SECRET_KEY": "x" * 40}
    done = subprocess.run([sys.executable, "-c", ASK], env=given, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == told


def test_a_profile_that_does_not_exist_is_refused() -> None:
    given = os.environ | {"PASSWORD_PROFILE": "both", "SECRET_KEY": "x" * 40}
    done = subprocess.run([sys.executable, "-c", ASK], env=given, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "PASSWORD_PROFILE is 'both'; it must be one of: modern, mlps." in done.stderr


class TestUnusedAccounts:
    def open_ones(self) -> set[str]:
        return set(Account.objects.filter(is_active=True).values_list("login", flat=True))

    def used(self, login: str) -> None:
        Account.objects.filter(login=login).update(last_login=clock.now())

    def test_they_are_closed_at_night_and_told_and_the_last_key_stays(self, settings: LazySettings) -> None:
        settings.DORMANT_DAYS = 90
        before = self.open_ones()
        clock.advance(days=89)
        upkeep(0)
        assert self.open_ones() == before
        self.used("rep")
        clock.advance(days=2)
        upkeep(0)
        assert self.open_ones() == {"rep", "admin"}
        told = Message.objects.get(kind=signins.DORMANT, recipient__account__login="admin")
        assert told.params["count"] == len(before) - 2
        assert Entry.objects.get(name="ops:account:dormant_closed").changes == {"count": len(before) - 2}

    def test_zero_closes_none(self, settings: LazySettings) -> None:
        settings.DORMANT_DAYS = 0
        before = self.open_ones()
        clock.advance(days=400)
        upkeep(0)
        assert self.open_ones() == before

    def test_a_program_that_calls_keeps_it_open(self, settings: LazySettings) -> None:
        settings.DORMANT_DAYS = 90
        token = give_token(Account.objects.get(login="rep"), name="x", actor=Actor.system("tests"))
        clock.advance(days=89)
        Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert ApiToken.objects.get().last_used_at
        clock.advance(days=2)
        signins.close_dormant(actor=Actor.system("upkeep"))
        assert "rep" in self.open_ones()

    def test_a_reopened_one_has_time_to_sign_in(self, settings: LazySettings, actor: Callable[[str], Actor]) -> None:
        settings.DORMANT_DAYS = 90
        clock.advance(days=91)
        signins.close_dormant(actor=Actor.system("upkeep"))
        reopen_account(Account.objects.get(login="rep").pk, actor=actor("admin"))
        assert signins.close_dormant(actor=Actor.system("upkeep")) == []
        assert "rep" in self.open_ones()
