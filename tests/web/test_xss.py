"""No text of anybody becomes markup: payloads in every field that is stored and in every entry that is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.urls import path, reverse
from django.urls.base import clear_url_caches

from config import urls as real_urls
from guanxi.base.org.web import public
from tests.access.matrix import CELLS
from tests.access.sweep import Cell, ask, undone
from tests.access.world import World

from .markup import faults_in_answer, faults_in_page
from .payloads import LINES, PAYLOADS
from .poison import CODES, columns, poison

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-06")]
FIRST = ("rep", "manager", "gm", "admin", "doctor", "service")


def shown() -> list[Cell]:
    pages = [cell for cell in CELLS if cell.method == "GET" and not cell.route.startswith("api:")]
    return [*pages, *(replace(cell, is_part=True) for cell in pages if not cell.is_part)]


def sent() -> list[Cell]:
    return [cell for cell in CELLS if cell.method == "POST" and cell.data and cell.route != "account_logout"]


def reader_of(cell: Cell) -> str:
    return next((who for who in FIRST if who in cell.may), "") or min(cell.may)


def turns(world: World, count: int) -> tuple[list[str], set[tuple[str, str]], set[str]]:
    """Faults, pairs of field and payload, and routes that showed some payload."""
    faults: list[str] = []
    pairs: set[tuple[str, str]] = set()
    met: set[str] = set()
    for turn in range(count):
        found, given, routes = _turn(world, turn)
        faults, pairs, met = faults + found, pairs | given, met | routes
    return faults, pairs, met


def _turn(world: World, turn: int) -> tuple[list[str], set[tuple[str, str]], set[str]]:
    faults, met = [], set()
    with undone():
        with connection.cursor() as db:
            done = poison(db, turn)
        for cell in shown():
            with undone():
                answer = ask(cell, world, reader_of(cell))
            faults += [f"{cell.label}: {fault}" for fault in faults_in_answer(answer)]
            if answer.status_code >= 500 and cell.route != "ops:readyz":
                faults.append(f"{cell.label} answers {answer.status_code}")
            if not answer.streaming and b"__xss" in answer.content:
                met.add(cell.route)
    return faults, done.pairs, met


def judge(world: World, count: int) -> tuple[int, int]:
    faults, pairs, met = turns(world, count)
    fields, payloads = {field for field, _ in pairs}, {payload for _, payload in pairs}
    told = f"{len(payloads)} payloads in {len(fields)} fields, {len(pairs)} pairs; {len(met)} routes show some"
    print(f"stored: {told}")  # noqa: T201  (a figure)
    assert sorted(set(faults))[:20] == []
    assert len(fields) >= 100
    assert len(met) >= 60
    return len(payloads), len(pairs)


def test_nothing_stored_becomes_markup(world: World) -> None:
    assert len(set(PAYLOADS)) >= 150
    payloads, pairs = judge(world, 2)
    assert payloads >= 150
    assert pairs >= 600


@pytest.mark.soak
def test_nothing_stored_becomes_markup_with_every_payload_in_every_field(world: World) -> None:
    judge(world, 60)


def texts_in(data: dict[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, str) and name not in ("op_key", "version"):
            yield name


def forms_with(world: World, cells: list[Cell], *, per_form: int) -> tuple[list[str], set[tuple[str, str]]]:
    """Each text entry with a payload while the others are as they should be, then all of them."""
    faults: list[str] = []
    pairs: set[tuple[str, str]] = set()
    number = 0
    for cell in cells:
        names = list(texts_in(cell.data(world))) if cell.data else []
        for name in [*names, "every entry"]:
            for _again in range(per_form):
                number += 1
                payload = LINES[number % len(LINES)]
                faults += _send(world, cell, names if name == "every entry" else [name], payload)
                pairs |= {(f"{cell.route}:{one}", payload) for one in names}
    return faults, pairs


def _send(world: World, cell: Cell, names: list[str], payload: str) -> list[str]:
    filled = replace(cell, data=lambda w: (cell.data(w) if cell.data else {}) | dict.fromkeys(names, payload))
    who = reader_of(cell)
    with undone():
        answer = ask(filled, world, who)
        told = f"{cell.label} {names} {payload!r} ({answer.status_code})"
        found = [f"{told}: {fault}" for fault in faults_in_answer(answer)]
        if answer.status_code >= 500 and answer.status_code != 507:
            found.append(told)
        if answer.status_code == 302 and answer["Location"].startswith("/") and not cell.is_public:
            world.browsers[who].cookies.update(answer.cookies)
            after = world.browsers[who].get(answer["Location"])
            found += [f"{told}, then {answer['Location']}: {fault}" for fault in faults_in_answer(after)]
    return found


def test_nothing_sent_becomes_markup(world: World) -> None:
    faults, pairs = forms_with(world, sent(), per_form=2)
    fields = {field for field, _ in pairs}
    print(f"sent: {len(pairs)} pairs of {len(fields)} entries of {len(sent())} forms")  # noqa: T201  (a figure)
    assert sorted(set(faults))[:20] == []
    assert len(fields) >= 120
    assert {payload for _, payload in pairs} == set(LINES)


@pytest.mark.soak
def test_nothing_sent_becomes_markup_with_every_payload(world: World) -> None:
    faults, _pairs = forms_with(world, sent(), per_form=40)
    assert sorted(set(faults))[:20] == []


# What addresses carry, beside the search and the lists' own words.
ASKED = [
    "q",
    "next",
    "step",
    "as",
    "pack",
    "tab",
    "sort",
    "page",
    "view",
    "kind",
    "day",
    "month",
    "from",
    "to",
    "back",
    "show",
    "filter",
    "group",
    "columns",
    "error",
    "text",
    "name",
]


def test_nothing_in_an_address_or_a_header_becomes_markup(world: World) -> None:
    faults: list[str] = []
    for number, cell in enumerate(shown()):
        payload = LINES[number % len(LINES)]
        client = Client(headers={"User-Agent": payload, "Accept-Language": payload, "X-Requested-With": payload})
        client.cookies = world.browsers[reader_of(cell)].cookies
        with undone():
            address = ask_address(cell, world)
            answer = client.get(
                address, dict.fromkeys(ASKED, payload), headers={"Referer": f"http://testserver/{payload}"}
            )
        faults += [f"{cell.label} {payload!r}: {fault}" for fault in faults_in_answer(answer)]
    assert len(shown()) >= 250
    assert sorted(set(faults))[:20] == []


def ask_address(cell: Cell, world: World) -> str:
    return reverse(cell.route, kwargs=cell.args(world))


@pytest.mark.parametrize("number", range(0, len(LINES), 10))
def test_error_pages_say_nothing_of_what_was_asked(number: int) -> None:
    for payload in LINES[number : number + 10]:
        for address in (f"/{payload}", f"/nothing/{payload}?x={payload}"):
            assert faults_in_answer(Client().get(address)) == []
        assert (
            faults_in_answer(Client().post("/sign-in", {"login": payload, "password": payload, "next": payload})) == []
        )


def test_every_text_column_is_filled_or_named(world: World) -> None:
    with undone(), connection.cursor() as db:
        done = poison(db, 0)
    assert done.left == {}
    names = {column.name for column in columns()}
    assert names >= {"name", "title", "note", "remark", "purpose", "reason", "address", "file_name", "label", "text"}
    assert not names & CODES


# Templates as somebody might write them one day.
HOLES = {
    "safe": "<p>{{ text|safe }}</p>",
    "attribute": "<p title={{ text }}>x</p>",
    "link": '<a href="{{ text }}">x</a>',
    "script": "<script>const said = '{{ text }}';</script>",
    "data": '<script type="application/json">{{ text|safe }}</script>',
    "handler": "<button onclick=\"say('{{ text }}')\">x</button>",
    "comment": "<!-- {{ text|safe }} -->",
    "no escaping": "{% autoescape false %}<p>{{ text }}</p>{% endautoescape %}",
    "twice": "<p>{{ template(text) }}</p>",
}


@pytest.mark.parametrize("which", HOLES)
def test_a_hole_in_a_template_is_found(which: str, settings: Any) -> None:
    environment: Any = engines["jinja2"].env
    environment = environment.overlay()
    environment.add_extension("jinja2.ext.do")
    compiled = environment.from_string(HOLES[which])

    def again(text: str) -> str:
        try:
            return str(environment.from_string(text).render())
        except Exception:  # most payloads are no templates
            return ""

    @public
    def hole(request: HttpRequest) -> HttpResponse:
        return HttpResponse(compiled.render(text=request.GET["text"], template=again))

    module = ModuleType("planted_urls")
    module.urlpatterns = [*real_urls.urlpatterns, path("hole", hole)]
    settings.ROOT_URLCONF = module
    clear_url_caches()
    found = [payload for payload in PAYLOADS if faults_in_answer(Client().get("/hole", {"text": payload}))]
    assert len(found) >= (1 if which == "twice" else 10), which


def test_escaped_payloads_are_left_in_peace() -> None:
    environment: Any = engines["jinja2"].env
    page = environment.from_string(
        '<p title="{{ text }}">{{ text }}</p><script type="application/json">{{ [text]|tojson }}</script>'
    )
    assert [payload for payload in PAYLOADS if list(faults_in_page(page.render(text=payload)))] == []
