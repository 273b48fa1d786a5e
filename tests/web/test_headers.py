"""Every class of answer carries the same protective headers: whatever the address, whoever asks, however it ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.urls.base import clear_url_caches

from config import urls as real_urls
from guanxi.base.kernel.errors import Refused
from guanxi.base.org.web import public
from tests.access.matrix import CELLS, OPERATIONS
from tests.access.sweep import Cell, ask, undone
from tests.access.test_sweep import placed
from tests.access.world import NOBODY, World

from .headers import faults_in, faults_of_cookies

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
# Classes of answers that the sweep has to meet, and how often at least.
MET = {"page": 120, "way on": 100, "json": 50, "file": 10, "part": 20, "refusal page": 200, "refusal json": 60}


def class_of(response: HttpResponse) -> str:
    kind = response.get("Content-Type", "").partition(";")[0]
    if response.status_code in (301, 302, 303) or "HX-Redirect" in response:
        return "way on"
    if kind == "application/json":
        return "json" if response.status_code < 400 else "refusal json"
    if response.status_code >= 400:
        return "refusal page"
    if "Content-Disposition" in response or kind.startswith("image/"):
        return "file"
    return "page" if b"<html" in getattr(response, "content", b"") else "part"


def askers(cell: Cell, world: World) -> list[str]:
    """One who may, one who may not, and nobody."""
    may = [who for who in cell.everybody if who in cell.may][:1]
    may_not = [who for who in cell.everybody if who not in cell.may and who != NOBODY][:1]
    return [*may, *may_not, NOBODY]


def cells() -> list[Cell]:
    pages = [*CELLS, *(placed(operation) for operation in OPERATIONS.values())]
    parts = [replace(cell, is_part=True) for cell in CELLS if cell.method == "GET" and not cell.is_part]
    return [*pages, *parts]


def test_every_answer_of_every_route_carries_them(world: World) -> None:
    faults: list[str] = []
    met: Counter[str] = Counter()
    for cell in cells():
        for who in askers(cell, world):
            with undone():
                response = ask(cell, world, who)
                if response.streaming:
                    list(response.streaming_content)
            met[class_of(response)] += 1
            found = [*faults_in(response), *faults_of_cookies(response.cookies)]
            faults += [f"{cell.label} as {who} ({response.status_code}): {fault}" for fault in found]
    print(f"headers: {sum(met.values())} answers of {len({c.route for c in cells()})} routes, {dict(met)}")  # noqa: T201  (a figure)
    assert faults == []
    assert {name: met[name] for name, least in MET.items() if met[name] < least} == {}


class TooMany(Refused):
    status = 429


@public
def ends(request: HttpRequest, how: str) -> HttpResponse:
    """An answer of each sort, made by hand and as bare as it can be."""
    if how == "broken":
        raise RuntimeError(how)
    if how == "too-many":
        raise TooMany("later")
    return HttpResponse(status=int(how))


@public
def forgets(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(
        "x", headers={"Cache-Control": "public", "X-Powered-By": "x", "Referrer-Policy": "unsafe-url"}
    )
    answer["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline'"
    answer.set_cookie("loose", "1")
    return answer


@pytest.fixture
def own(settings: Any) -> Client:
    module = ModuleType("planted_urls")
    planted = [path("ends/<str:how>", ends), path("forgets", forgets)]
    module.urlpatterns = [*real_urls.urlpatterns, *planted]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(module, name, getattr(real_urls, name))
    settings.ROOT_URLCONF = module
    clear_url_caches()
    return Client(raise_request_exception=False)


STATUSES = (200, 204, 304, 400, 401, 403, 404, 405, 409, 413, 422, 503)
ENDS = {str(status): status for status in STATUSES} | {"broken": 500, "too-many": 429}


@pytest.mark.parametrize("how", ENDS)
def test_every_status_carries_them(own: Client, how: str) -> None:
    for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
        answer = own.get(f"/ends/{how}", headers=headers)
        assert answer.status_code == ENDS[how]
        assert list(faults_in(answer)) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X" * 300])
@pytest.mark.parametrize("address", ["/", "/sign-in", "/healthz", "/search", "/nothing", "/api/v1/me", "/static/x.js"])
def test_every_method_is_answered_and_none_breaks(own: Client, method: str, address: str) -> None:
    answer = own.generic(method, address)
    assert answer.status_code < 500
    assert list(faults_in(answer)) == []


def test_a_wrong_host_is_refused_under_the_same_headers(own: Client) -> None:
    answer = own.get("/sign-in", headers={"Host": "evil.example.com"})
    assert answer.status_code == 400
    assert list(faults_in(answer)) == []


@pytest.mark.parametrize("name", ["ui/base.css", "ui/requests.js", "ui/favicon.svg", "vendor/htmx.min.js"])
def test_static_files_carry_them_and_may_be_kept(name: str) -> None:
    answer = Client().get(f"/static/{name}")
    assert answer.status_code == 200
    assert list(faults_in(answer, is_static=True)) == []


def test_behind_tls_the_browser_is_told_to_stay_there(own: Client) -> None:
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"), SECURE_HSTS_SECONDS=31536000):
        answer = own.get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")


def test_an_answer_without_them_is_found(own: Client) -> None:
    answer = own.get("/forgets")
    found = "\n".join([*faults_in(answer), *faults_of_cookies(answer.cookies)])
    for word in ("Content-Security-Policy", "Cache-Control", "X-Powered-By", "Referrer-Policy", "loose is for scripts"):
        assert word in found
    assert "loose goes along" in found


def test_a_product_without_the_layer_is_found(own: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith(("Headers", "CSPMiddleware"))]
    found = "\n".join(faults_in(Client().get("/sign-in")))
    for word in ("Content-Security-Policy", "X-Frame-Options", "Cross-Origin-Resource-Policy", "camera is permitted"):
        assert word in found
