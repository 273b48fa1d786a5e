"""One cell of the matrix: one address asked by everybody, each in a transaction that is undone.

What is found is a list of sentences; none means that the cell is as the matrix says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.base.audit.models import Entry

from .world import CANARIES, CLOSED, CLOSED_TOKEN, ENDED, NOBODY, READ_ONLY, SIGNED_IN, World

Args = Callable[[World], dict[str, Any]]
Roles = frozenset[str]
# Reading may keep the session alive, nothing else.
KEPT_ALIVE = ("django_session", "org_sessionof")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
GROUPED = re.compile(r"(?<=\d)[ \u00a0\u2009-](?=\d)")
WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE")


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Cell:
    """`may`: who is answered with one of `ok`; everybody else is refused. `data` None: nothing is sent.

    `audits`: success leaves an entry in the trail. `refusals`: statuses beside the usual ones that say no here.
    `writes`: tables that reading this address may write to. `is_part`: asked for by htmx.
    """

    route: str
    may: Roles
    args: Args = nothing
    method: str = "GET"
    data: Args | None = None
    ok: tuple[int, ...] = (200,)
    query: str = ""
    audits: bool = False
    refusals: tuple[int, ...] = ()
    writes: tuple[str, ...] = ()
    is_part: bool = False
    is_api: bool = False
    is_public: bool = False

    @property
    def label(self) -> str:
        return f"{self.method} {self.route}{self.query}"

    @property
    def everybody(self) -> tuple[str, ...]:
        others = (READ_ONLY, ENDED, CLOSED_TOKEN) if self.is_api else (CLOSED,)
        return (*SIGNED_IN, NOBODY, *others)


# Who reads which canary, from the roles as the product ships them: the owner, those above, and the branch's service.
NEAR = frozenset({"rep", "supervisor", "manager", "doctor", "service", "gm", READ_ONLY})
READERS: dict[str, Roles] = {
    "name": NEAR,
    "phone": NEAR,
    "address": NEAR,
    "remark": NEAR,
    "note": NEAR,
    "event": NEAR,
    "file": NEAR,
    "product": NEAR,
    "health": NEAR - {"service"},
    # Whoever reads the customer reads on the card what is to be done; the duty itself opens for its people alone.
    "task": NEAR,
    "removed": frozenset({"manager", "gm"}),
    "import": frozenset({"manager"}),
}


def faults_of(cell: Cell, world: World) -> list[str]:
    return [fault for who in cell.everybody for fault in faults_for(cell, world, who)]


def faults_for(cell: Cell, world: World, who: str) -> Iterator[str]:
    with undone():
        entries = Entry.objects.count()
        with CaptureQueriesContext(connection) as queries:
            answer = ask(cell, world, who)
            text = text_of(answer)
        told = f"{cell.label} as {who} answers {answer.status_code}"
        written = Entry.objects.count() - entries
    may = who in cell.may or cell.is_public
    if may and answer.status_code not in cell.ok:
        yield f"{told}, not {cell.ok}: {text[:300]}"
    if not may and not is_refusal(answer) and answer.status_code not in cell.refusals:
        yield f"{told} and should refuse"
    if not may and written:
        yield f"{told} and changed something"
    if may and cell.audits and not written:
        yield f"{told} and left no entry in the trail"
    if cell.method == "GET":
        yield from (f"{told} and writes: {sql[:120]}" for sql in writes_among(queries, cell.writes))
    yield from (f"{told} and shows {name}" for name in seen_by_no_right(text, who))


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(cell: Cell, world: World, who: str) -> HttpResponse:
    address = reverse(cell.route, kwargs=cell.args(world)) + cell.query
    data = cell.data(world) if cell.data else None
    if cell.is_api:
        return ask_api(world, who, cell.method, address, data)
    # A copy: signing out or a new password would change the cookies for the cells that follow.
    client = Client()
    client.cookies = deepcopy(world.browsers[who].cookies)
    headers = {"HX-Request": "true"} if cell.is_part else {}
    if cell.method == "POST":
        return client.post(address, data or {}, headers=headers)
    return client.get(address, headers=headers)


def ask_api(world: World, who: str, method: str, address: str, data: dict[str, Any] | None) -> HttpResponse:
    headers = {"Authorization": f"Bearer {world.tokens[who]}"} if who != NOBODY else {}
    body = b"" if data is None else json.dumps(data).encode()
    return Client().generic(method, address, body, content_type="application/json", headers=headers)


def is_refusal(answer: HttpResponse) -> bool:
    """Not yours, not there, not allowed, or sign in first. A redirect elsewhere is no refusal."""
    if answer.status_code == 302:
        return answer["Location"].startswith("/sign-in")
    return answer.status_code in (401, 403, 404)


def text_of(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{headers}\n{readable(content.decode('utf-8', 'replace'))}"


def readable(text: str) -> str:
    """JSON writes Chinese in escapes, pages write phones in groups: either would hide a canary."""
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return GROUPED.sub("", plain)


def canaries_in(text: str) -> set[str]:
    return {name for name, canary in CANARIES.items() if canary in text}


def seen_by_no_right(text: str, who: str) -> list[str]:
    return sorted(name for name in canaries_in(text) if who not in READERS[name])


def writes_among(queries: CaptureQueriesContext, allowed: tuple[str, ...]) -> list[str]:
    tables = [spelt for table in (*KEPT_ALIVE, *allowed) for spelt in (f'"{table}"', f" {table} ")]
    sent = [query["sql"].lstrip() for query in queries.captured_queries]
    written = [sql for sql in sent if sql.upper().startswith(WRITES)]
    return [sql for sql in written if not any(table in sql[:60] for table in tables)]
