"""Whose word counts about where a request comes from."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory

from guanxi.base.audit.models import Entry
from guanxi.base.org.addresses import address_of

from .conftest import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03", "SEC-06")]


def seen(settings: LazySettings, proxies: int, header: str | None, *, nearest: str = "127.0.0.1") -> str:
    settings.TRUSTED_PROXIES = proxies
    more = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=nearest, **more))


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, None, "127.0.0.1"),
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6,203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, None, "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:DB8:0:0::1", "2001:db8::1"),
        (1, "unknown", "127.0.0.1"),
        (1, "203.0.113.9, <script>", "127.0.0.1"),
        (1, "x" * 5000, "127.0.0.1"),
    ],
)
def test_only_as_many_entries_as_there_are_proxies_are_believed(
    settings: LazySettings, proxies: int, header: str | None, address: str
) -> None:
    assert seen(settings, proxies, header) == address


def fail_five_times(**more: str) -> None:
    for number in range(5):
        sign_in(Client(), "rep", "wrong", **{k: v.format(number) for k, v in more.items()})


def test_a_forged_header_neither_hides_nor_frees_a_guesser(settings: LazySettings) -> None:
    settings.TRUSTED_PROXIES = 0
    fail_five_times(HTTP_X_FORWARDED_FOR="6.6.6.{}")
    assert sign_in(Client(), "rep", HTTP_X_FORWARDED_FOR="6.6.6.99").status_code == 422


def test_behind_a_proxy_a_forged_entry_changes_nothing_either(settings: LazySettings) -> None:
    settings.TRUSTED_PROXIES = 1
    fail_five_times(HTTP_X_FORWARDED_FOR="6.6.6.{}, 203.0.113.9")
    assert sign_in(Client(), "rep", HTTP_X_FORWARDED_FOR="6.6.6.99, 203.0.113.9").status_code == 422


def test_people_behind_our_proxy_are_not_one(settings: LazySettings) -> None:
    settings.TRUSTED_PROXIES = 1
    fail_five_times(HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert sign_in(Client(), "rep", HTTP_X_FORWARDED_FOR="203.0.113.10").status_code == 302


def test_believing_the_header_without_a_proxy_is_found(settings: LazySettings) -> None:
    """The planted hole: with one proxy too many in the setting the first test above fails."""
    settings.TRUSTED_PROXIES = 1
    fail_five_times(HTTP_X_FORWARDED_FOR="6.6.6.{}")
    assert sign_in(Client(), "rep", HTTP_X_FORWARDED_FOR="6.6.6.99").status_code == 302


def test_the_trail_has_the_address_of_the_person(settings: LazySettings, client: Client) -> None:
    settings.TRUSTED_PROXIES = 1
    sign_in(client, "rep", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")
    assert Entry.objects.get(name="org:account:signed_in").address == "203.0.113.9"
    client.post("/language", {"language": "en"}, HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert Entry.objects.get(name="org:account:language_chosen").address == "203.0.113.9"


def test_figures_are_for_this_machine_also_behind_a_proxy(settings: LazySettings, client: Client) -> None:
    settings.TRUSTED_PROXIES = 1
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


def test_https_is_believed_only_behind_the_proxy_that_says_so(settings: LazySettings) -> None:
    request = RequestFactory().get("/", HTTP_X_FORWARDED_PROTO="https")
    settings.SECURE_PROXY_SSL_HEADER = None
    assert not request.is_secure()
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert RequestFactory().get("/", HTTP_X_FORWARDED_PROTO="https").is_secure()


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/api/v1/me", "/healthz"])
def test_methods_nobody_needs_are_refused(client: Client, method: str, path: str) -> None:
    assert client.generic(method, path).status_code == 405
