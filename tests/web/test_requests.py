"""Requests that others make for us or through us: forged forms, ways on to elsewhere, split headers, other clients."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import path, reverse
from django.urls.base import clear_url_caches
from django.views.decorators.csrf import csrf_exempt

from config import urls as real_urls
from guanxi.base.audit.models import Entry
from guanxi.base.org.web import public
from guanxi.edge.ops import logs
from tests.access.matrix import CELLS
from tests.access.sweep import Cell, undone
from tests.access.world import World
from tests.channels import test_outgoing

from .markup import leads_away

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
PRODUCT = Path(__file__).parents[2] / "guanxi"


# --- forged forms ---


def forms() -> list[Cell]:
    return [cell for cell in CELLS if cell.method == "POST"]


def forged(cell: Cell, world: World) -> HttpResponse:
    """As another site would have the browser send it: with the cookies and without the token."""
    client = Client(enforce_csrf_checks=True)
    who = next(iter(sorted(cell.may - {"read-only"})))
    client.cookies = world.browsers[who].cookies
    address = reverse(cell.route, kwargs=cell.args(world)) + cell.query
    return client.post(address, cell.data(world) if cell.data else {}, headers={"Origin": "https://evil.example"})


def accepted(cells: list[Cell], world: World) -> list[str]:
    found = []
    for cell in cells:
        with undone():
            before = Entry.objects.count()
            answer = forged(cell, world)
            if answer.status_code != 403 or Entry.objects.count() != before:
                found.append(f"{cell.label} {answer.status_code}")
    return found


def test_no_form_is_taken_without_its_token(world: World):
    assert len(forms()) >= 130
    print(f"forged: {len(forms())} forms refused")  # noqa: T201  (a figure)
    assert accepted(forms(), world) == []


def planted(settings: Any, view: Any) -> None:
    module = ModuleType("planted_urls")
    module.urlpatterns = [*real_urls.urlpatterns, path("hole", view, name="hole")]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(module, name, getattr(real_urls, name))
    settings.ROOT_URLCONF = module
    clear_url_caches()


def test_a_form_that_needs_no_token_is_found(world: World, settings: Any):
    planted(settings, csrf_exempt(public(lambda request: HttpResponse())))
    assert accepted([Cell("hole", frozenset({"rep"}), method="POST")], world) == ["POST hole 200"]


# --- ways on ---

ELSEWHERE = [
    "https://evil.example/", "http://evil.example/", "//evil.example/", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "\\/evil.example", "https:evil.example",
    "https:/evil.example", "HTTPS://EVIL.EXAMPLE", " //evil.example", "\t//evil.example", "/\t/evil.example",
    "/\n/evil.example", "\r\n//evil.example", "\x00//evil.example", "/%09/evil.example", "//evil.example@testserver/",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "javascript:alert(1)",
    "data:text/html,x", "//google.com%2f..", "//evil。example", "https://evil.example\\@testserver", "//[::1]/",
    "//2130706433/", "ftp://evil.example/", "mailto:a@evil.example", "http:///evil.example", "https://[evil.example/",
    "/ok\r\nSet-Cookie: x=1", "/ok\nLocation: //evil.example", "/ok%0d%0aSet-Cookie:%20x=1", "?next=//evil.example",
    ".evil.example", "@evil.example", "//testserver:80@evil.example", "/\u2028/evil.example", "／／evil.example",
]  # fmt: skip
LEADS_ON = {
    "sign-in": "/sign-in",
    "theme": "/theme",
    "language": "/language",
}


def way_on(address: str, wanted: str) -> HttpResponse:
    client = Client()
    data = {"login": "rep", "password": "correct horse battery", "next": wanted, "theme": "dark", "language": "en"}
    return client.post(address, data, headers={"Referer": f"http://testserver/x?next={wanted!r}"})


def leads_elsewhere(answer: HttpResponse) -> bool:
    location = answer.get("Location", "") or answer.get("HX-Redirect", "")
    is_split = any("\r" in value or "\n" in value for _name, value in answer.items()) or "x" in answer.cookies
    return bool(is_split or (location and (leads_away(location) or not location.startswith("/"))))


@pytest.mark.parametrize("which", LEADS_ON)
def test_no_way_on_leads_elsewhere(which: str):
    answers = {wanted: way_on(LEADS_ON[which], wanted) for wanted in ELSEWHERE}
    assert [wanted for wanted, answer in answers.items() if leads_elsewhere(answer)] == []
    assert all(answer.status_code < 500 for answer in answers.values())
    assert way_on(LEADS_ON[which], "/customers")["Location"] == "/customers", "and an own one is followed"


def test_forms_of_the_product_lead_nowhere_else(world: World):
    """Every form and page with a `next`, a `back` and a referrer of somebody else."""
    found = []
    for number, cell in enumerate(CELLS):
        wanted = ELSEWHERE[number % 8]
        client = Client()
        who = next(iter(sorted(cell.may - {"read-only"})))
        client.cookies = world.browsers[who].cookies
        address = reverse(cell.route, kwargs=cell.args(world))
        data = (cell.data(world) if cell.data else {}) | {"next": wanted, "back": wanted}
        with undone():
            send = client.post if cell.method == "POST" else client.get
            answer = send(address, data, headers={"Referer": "https://evil.example/"})
            if leads_elsewhere(answer) or (not answer.streaming and b'href="https://evil' in answer.content):
                found.append(f"{cell.label} {wanted} {answer.get('Location')}")
    assert found == []


@public
def leads(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(request.POST["next"])


def test_a_way_on_that_is_not_looked_at_is_found(settings: Any):
    planted(settings, leads)
    assert leads_elsewhere(way_on("/hole", "//evil.example/"))
    assert leads_elsewhere(way_on("/hole", "https://evil.example/"))


# --- lines of a log ---


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\x1b[2J", "\u2028", "%0d%0a"])
def test_nothing_asked_writes_a_line_of_its_own(sign: str, rf: Any):
    request = rf.get(f"/x{sign}2026 INFO forged", headers={"User-Agent": f"x{sign}forged"})
    line = logs.line(request, 200, milliseconds=1)
    assert "forged" not in line
    assert line.isprintable()


# --- other clients ---

CLIENTS = {
    "httpx",
    "requests",
    "urllib3",
    "aiohttp",
    "ftplib",
    "telnetlib",
    "xmlrpc",
    "pycurl",
    "websocket",
    "websockets",
}
DOORS = {"urllib.request", "http.client", "httpcore", "socket", "asyncio", "smtplib", "imaplib", "poplib", "minio"}
# Who may open one, and to what: never an address that somebody typed into a page, but for the first.
MAY = {
    "base/kernel/outgoing.py": "the one client for addresses of others",
    "base/kernel/destinations.py": "asks the name server alone",
    "base/kernel/scanner.py": "the scanner named by the machine's administrator",
    "edge/ops/backups/store/bucket.py": "the store of backups that an administrator of the machine has allowed",
}
# Programs of the machine itself, which no page reaches; mail and backups go to places of the environment.
ROOMS = ("edge/ops/",)
MAILS = "core/messaging/channels/"


def imports_in(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def opens(text: str) -> set[str]:
    """Other clients and doors to the network that a module imports."""
    banned = CLIENTS | DOORS
    parts = {".".join(name.split(".")[:count]) for name in imports_in(text) for count in (1, 2)}
    return parts & banned


def test_no_module_opens_another_client():
    seen: int = 0
    found: dict[str, list[str]] = {}
    for file in sorted(PRODUCT.rglob("*.py")):
        place, seen = file.relative_to(PRODUCT).as_posix(), seen + 1
        if place in MAY:
            continue
        allowed = DOORS if place.startswith(ROOMS) else set()
        banned = opens(file.read_text()) - allowed
        if banned and not (place.startswith(MAILS) and banned <= {"smtplib"}):
            found[place] = sorted(banned)
    assert seen > 500
    assert found == {}


def test_whoever_may_does():
    assert all(opens((PRODUCT / place).read_text()) for place in MAY)


@pytest.mark.parametrize(
    "text",
    ["import httpx", "import requests as r", "from urllib.request import urlopen", "from http import client",
     "import socket",
     "def f():\n    from urllib import request\n", "from aiohttp import ClientSession", "import http.client"],
)  # fmt: skip
def test_another_client_is_found(text: str):
    assert opens(text)


def test_the_vectors_are_as_many_as_they_were():
    """Spellings, names, five redirects, a name server that changes its mind and six proxies (tests/channels)."""
    vectors = len(test_outgoing.WRITTEN) + len(test_outgoing.NAMED) + 5 + 1 + 6
    print(f"outgoing: {vectors} vectors, {len(test_outgoing.CLOSED)} closed addresses")  # noqa: T201  (a figure)
    assert vectors >= 60
