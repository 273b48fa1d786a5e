"""Opening, resetting, closing and reopening accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from guanxi.base.audit.models import Entry, Operation
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org.actions import close_account, end_employment, open_account, reopen_account, reset_password
from guanxi.base.org.models import Account, ApiToken, Post, Staff
from guanxi.base.org.tokens import give_token, token_for
from guanxi.core.customers.actions import transfer_customers
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import create_task
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
People = Callable[[str], Actor]


def account(login: str) -> Account:
    return Account.objects.get(login=login)


@pytest.fixture
def without_account(staff: Callable[[str], Staff]) -> Staff:
    newcomer = staff("colleague")
    account_id = newcomer.account_id
    Staff.objects.filter(pk=newcomer.pk).update(account=None)
    Account.objects.filter(pk=account_id).delete()
    return Staff.objects.get(pk=newcomer.pk)


@pytest.mark.req("ORG-03", "ORG-04")
def test_an_account_opens_with_a_random_password_that_must_be_changed(without_account: Staff, actor: People) -> None:
    first = open_account(without_account.pk, login="Huangna", actor=actor("admin"))
    opened = account("huangna")
    assert opened.check_password(first)
    assert opened.must_change_password
    assert Staff.objects.get(pk=without_account.pk).account_id == opened.pk
    assert first not in str(list(Entry.objects.values("changes", "personal")))
    second = reset_password(opened.pk, actor=actor("admin"))
    assert second != first


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize("login", ["rep", "REP", "a", "有汉字", "a b", "", "x" * 61])
def test_taken_and_odd_logins_are_refused_by_field(without_account: Staff, actor: People, login: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_account(without_account.pk, login=login, actor=actor("admin"))
    assert "login" in refused.value.errors


@pytest.mark.req("ORG-04")
def test_the_screen_shows_the_password_once_and_keeps_it_nowhere(
    without_account: Staff, browse: Callable[[str], Client]
) -> None:
    admin = browse("admin")
    entries = {"login": "huangna", "op_key": "k1"}
    shown = admin.post(f"/settings/staff/{without_account.pk}/account", entries)
    password = shown.content.decode().split("一次性密码</dt><dd>")[1].split("<")[0]
    assert account("huangna").check_password(password)
    again = admin.post(f"/settings/staff/{without_account.pk}/account", entries).content.decode()
    assert password not in again
    assert "此操作已经完成" in again
    kept = str(list(Operation.objects.values())) + str([s.get_decoded() for s in Session.objects.all()])
    assert password not in kept


@pytest.mark.req("ORG-06")
def test_closing_is_refused_while_the_person_owns_customers(
    actor: People, customer_of: Callable[..., Customer]
) -> None:
    customer_of("rep")
    customer_of("rep", name="第二位")
    with pytest.raises(Refused) as refused:
        close_account(account("rep").pk, actor=actor("admin"))
    held = refused.value.details["held"]
    assert [(one.kind, one.count) for one in held] == [("customer", 2)]
    assert account("rep").is_active


@pytest.mark.req("ORG-06")
def test_closing_is_refused_while_the_person_has_open_duties(
    actor: People, customer_of: Callable[..., Customer], staff: Callable[[str], Staff]
) -> None:
    customer = customer_of("colleague")
    create_task(customer.pk, purpose="回访", due_on=date(2026, 11, 20), to=staff("rep"), actor=actor("manager"))
    with pytest.raises(Refused) as refused:
        close_account(account("rep").pk, actor=actor("admin"))
    assert [(one.kind, one.count) for one in refused.value.details["held"]] == [("duty", 1)]


@pytest.mark.req("ORG-06")
def test_it_closes_once_everything_is_handed_over(
    actor: People, customer_of: Callable[..., Customer], staff: Callable[[str], Staff]
) -> None:
    customer = customer_of("rep")
    transfer_customers([customer.pk], to=staff("colleague"), actor=actor("manager"))
    close_account(account("rep").pk, actor=actor("admin"))
    assert not account("rep").is_active
    assert Entry.objects.filter(name="org:account:closed", subject_id=account("rep").pk).exists()


@pytest.mark.req("ORG-06")
def test_the_screen_lists_what_must_be_handed_over(
    browse: Callable[[str], Client], customer_of: Callable[..., Customer]
) -> None:
    customer_of("rep")
    path = f"/settings/accounts/{account('rep').pk}/close"
    page = browse("admin").get(path).content.decode()
    assert "需要先移交" in page
    assert "客户" in page
    assert browse("admin").post(path).status_code == 422
    assert account("rep").is_active


@pytest.mark.req("ORG-06")
def test_sessions_and_tokens_of_a_closed_account_end_with_their_next_request(
    browse: Callable[[str], Client], actor: People
) -> None:
    client = browse("rep")
    token = give_token(account("rep"), name="程序", actor=actor("rep"))
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/customers").status_code == 200
    assert Client().get("/api/v1/customers", headers=bearer).status_code == 200
    close_account(account("rep").pk, actor=actor("admin"))
    assert client.get("/customers")["Location"].startswith("/sign-in")
    assert Client().get("/api/v1/customers", headers=bearer).status_code == 401
    assert token_for(token) is None


def test_a_part_of_a_page_says_that_the_session_ended(browse: Callable[[str], Client]) -> None:
    client = browse("rep")
    client.get("/customers")
    Account.objects.filter(login="rep").update(is_active=False)
    response = client.get("/customers", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Trigger"]) == (401, "session-ended")


@pytest.mark.parametrize("key", ["seen_at", "signed_in_at"])
def test_an_idle_or_an_old_session_ends(browse: Callable[[str], Client], settings: Any, key: str) -> None:
    client = browse("rep")
    client.get("/customers")
    session = client.session
    allowed = settings.SESSION_IDLE_MINUTES * 60 if key == "seen_at" else settings.SESSION_COOKIE_AGE
    session[key] -= allowed - 30
    session.save()
    assert client.get("/customers").status_code == 200
    session = client.session
    session[key] = session[key] - (allowed if key == "seen_at" else 0) - 60
    session.save()
    assert client.get("/customers")["Location"].startswith("/sign-in")


@pytest.mark.req("ORG-06")
def test_a_reopened_account_has_a_new_password_and_no_old_tokens(actor: People) -> None:
    token = give_token(account("rep"), name="程序", actor=actor("rep"))
    close_account(account("rep").pk, actor=actor("admin"))
    password = reopen_account(account("rep").pk, actor=actor("admin"))
    assert account("rep").check_password(password)
    assert not account("rep").check_password(PASSWORD)
    assert account("rep").must_change_password
    assert token_for(token) is None
    assert not ApiToken.objects.filter(account=account("rep"), ended_at=None).exists()


def test_nobody_closes_the_own_account(actor: People) -> None:
    with pytest.raises(Refused) as refused:
        close_account(account("admin").pk, actor=actor("admin"))
    assert refused.value.code == "own_account"


def test_the_last_one_who_can_administer_stays(actor: People) -> None:
    with pytest.raises(Refused) as refused:
        close_account(account("admin").pk, actor=Actor.system("test"))
    assert refused.value.code == "last_keyholder"
    assert account("admin").is_active


@pytest.mark.parametrize("login", ["rep", "supervisor", "manager", "gm", "doctor"])
def test_only_administrators_handle_accounts(actor: People, login: str) -> None:
    for step in (close_account, reset_password, reopen_account):
        with pytest.raises(NotAllowed):
            step(account("rep").pk, actor=actor(login))


def test_an_account_that_is_not_there_is_missing(actor: People) -> None:
    with pytest.raises(Missing):
        reset_password(10**9, actor=actor("admin"))


@pytest.mark.req("ORG-06")
def test_leaving_ends_posts_and_account_together(actor: People, staff: Callable[[str], Staff]) -> None:
    rep = staff("rep")
    end_employment(rep.pk, on=rep.joined_on.replace(year=2026, month=11, day=16), actor=actor("admin"))
    assert not account("rep").is_active
    assert Staff.objects.get(pk=rep.pk).left_on is not None
    assert not Post.objects.filter(staff=rep, ends_on=None).exists()


@pytest.mark.req("ORG-06")
def test_leaving_is_refused_like_closing(
    actor: People, staff: Callable[[str], Staff], customer_of: Callable[..., Customer]
) -> None:
    customer_of("rep")
    with pytest.raises(Refused) as refused:
        end_employment(staff("rep").pk, on=staff("rep").joined_on, actor=actor("admin"))
    assert refused.value.code == "holds"
    assert account("rep").is_active
