"""A command sent twice with the same operation key: what the second sending changes, and whether the key was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from .sweep import Cell, ask, undone
from .world import World

KEY = "sent-twice-0417"
# Signing in keeps its own rows, and each call of a program is counted; everything else is an effect.
APART = frozenset({"django_session", "org_sessionof", "org_apibudget"})
Prints = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Sent:
    """`changed` and `again`: tables that the first and the second sending altered."""

    answers: tuple[HttpResponse, HttpResponse]
    changed: set[str]
    again: set[str]

    @property
    def key_is_kept(self) -> bool:
        return "audit_operation" in self.changed


def tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name not in APART]


def prints_of(names: list[str]) -> Prints:
    """A fingerprint of the rows of every table, in one statement."""
    parts = (f"SELECT '{n}', count(*), coalesce(sum(hashtext(t::text)), 0)::bigint FROM {n} t" for n in names)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (count, mark) for name, count, mark in cursor.fetchall()}


def send_twice(cell: Cell, world: World, who: str) -> Sent:
    names = tables()
    with undone():
        before = prints_of(names)
        first = send(cell, world, who)
        between = prints_of(names)
        second = send(cell, world, who)
        after = prints_of(names)
    return Sent((first, second), differing(before, between), differing(between, after))


def differing(one: Prints, other: Prints) -> set[str]:
    return {name for name in one if one[name] != other[name]}


def send(cell: Cell, world: World, who: str, *, key: str = KEY) -> HttpResponse:
    if cell.is_api:
        return send_to_api(cell, world, who, key)
    return ask(replace(cell, data=lambda w: (cell.data(w) if cell.data else {}) | {"op_key": key}), world, who)


def send_to_api(cell: Cell, world: World, who: str, key: str) -> HttpResponse:
    address = reverse(cell.route, kwargs=cell.args(world)) + cell.query
    body = json.dumps(cell.data(world)).encode() if cell.data else b""
    headers = {"Authorization": f"Bearer {world.tokens[who]}", "Idempotency-Key": key}
    return Client().generic(cell.method, address, body, content_type="application/json", headers=headers)


# What is sent by POST and is no command, with the reason. `ASKS` may be asked again, and each time is in the trail.
ASKS = {
    "org:own-factor": "a code opens once and every try is counted; the answer shows recovery codes and is not kept",
    "customers:duplicates": "a question about a number: every asking is counted and written down",
    "ops:trail-export": "the answer is a file: every one that leaves is written down",
    "records:paper-list": "the answer is a paper: every one has a number of its own and is written down",
    "records:paper-card": "the answer is a paper: every one has a number of its own and is written down",
    "documents:outside": "the answer is a file: every one that leaves is written down",
    "privacy:request-download": "the answer is a file: every one that leaves is written down",
}
# These change nothing the second time, and may not keep an answer.
SETS = {
    "account_change_password": "a fingerprint of a password is not kept; the old password holds no longer",
    "org:confirm": "a fingerprint of a password is not kept; it only says again who is there",
    "org:language": "sets what it says, for people who are not signed in, too",
    "records:search-remember": "a convenience sent beside the way on; sets what it says",
    "ops:tokens": "the answer shows a secret once and is not kept; the name is taken the second time",
}


def faults_of_repeating(cell: Cell, world: World, *, reasons: bool = True) -> Iterator[str]:
    """`reasons` False: as if ASKS and SETS were empty."""
    who, asks, sets = sorted(cell.may)[0], ASKS if reasons else {}, SETS if reasons else {}
    sent = send_twice(cell, world, who)
    first, second = (answer.status_code for answer in sent.answers)
    if first not in cell.ok:
        yield f"{cell.label} as {who} answers {first}: the key was not tried"
    if sent.again and cell.route not in asks:
        yield f"{cell.label} sent twice changed again: {sorted(sent.again)}"
    if cell.route in asks or cell.route in sets:
        return
    if second != first:
        yield f"{cell.label} as {who} answers {first}, and {second} to its repetition"
    if sent.changed and not sent.key_is_kept:
        yield f"{cell.label} changes {sorted(sent.changed)} without keeping its operation key"
