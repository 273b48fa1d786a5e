"""Session and person are read at once from the second request on; what ends a session still ends it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from guanxi.base.org.models import Account, Staff

pytestmark = pytest.mark.django_db


def opens(client: Client) -> int:
    return client.get("/customers").status_code


def test_the_second_request_asks_once_less(
    browse: Callable[[str], Client], django_assert_num_queries: Callable[[int], Any]
) -> None:
    rep = browse("rep")
    rep.get("/duties")
    with django_assert_num_queries(3):
        rep.get("/duties")


@pytest.mark.parametrize("end", ["session", "account", "password"])
def test_what_ends_a_session_ends_it_with_the_next_request(browse: Callable[[str], Client], end: str) -> None:
    rep = browse("rep")
    assert [opens(rep), opens(rep)] == [200, 200]
    account = Account.objects.get(login="rep")
    if end == "session":
        Session.objects.all().delete()
    elif end == "account":
        Account.objects.filter(pk=account.pk).update(is_active=False)
    else:
        account.set_password("another one entirely")
        account.save()
    assert [opens(rep), opens(rep)] == [302, 302]


def test_a_new_name_is_seen_with_the_next_request(browse: Callable[[str], Client]) -> None:
    rep = browse("rep")
    opens(rep)
    Staff.objects.filter(account__login="rep").update(name="邱远航")
    assert "邱远航" in rep.get("/customers").content.decode()
