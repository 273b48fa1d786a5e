"""Writing the trail. `@action` makes sure that nothing which changes something forgets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.utils.functional import Promise
from psycopg.types.json import Jsonb

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry

from .models import Entry

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Name:
    """`sentence` holds %(who)s and may hold %(count)s; screens format it after translation."""

    key: str
    sentence: str | Promise
    function: str = ""


@dataclass
class Running:
    name: str
    written: bool = False


ADD = """
INSERT INTO audit_entry (at, name, via, who, account_id, staff_id, address, kind, subject_id, changes, personal)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
ADD_ITEMS = """
INSERT INTO audit_item (entry_id, kind, subject_id)
SELECT %s, x.kind, x.subject_id FROM unnest(%s::text[], %s::bigint[]) AS x(kind, subject_id)
"""
NAMES: Registry[Name] = Registry("audit names")
_running: ContextVar[Running | None] = ContextVar("running_action", default=None)
_is_enclosed: ContextVar[bool] = ContextVar("action_is_enclosed", default=False)


class TrailMissing(Exception):
    """An action ended without a word in the trail. A programming error, found by the first test that runs it."""


def action(name: str, sentence: str | Promise) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run the function in one transaction and insist that it recorded what it did (or `unchanged()`)."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        NAMES.add(Name(name, sentence, f"{function.__module__}.{function.__qualname__}"))

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if not isinstance(kwargs.get("actor"), Actor):
                raise TypeError(f"{function.__qualname__} needs actor=")
            running, is_enclosed = Running(name), _is_enclosed.get()
            tokens = _running.set(running), _is_enclosed.set(False)
            try:
                with transaction.atomic(savepoint=not is_enclosed):
                    result = function(*args, **kwargs)
                    if not running.written:
                        raise TrailMissing(function.__qualname__)
                    return result
            finally:
                _running.reset(tokens[0])
                _is_enclosed.reset(tokens[1])

        run.action_name = name  # type: ignore[attr-defined]  # read by the architecture test
        return run

    return decorate


@contextmanager
def in_one_transaction() -> Iterator[None]:
    """Whoever opens it gives up the transaction with an action that fails, which so needs no savepoint of its own."""
    token = _is_enclosed.set(True)
    try:
        yield
    finally:
        _is_enclosed.reset(token)


def unchanged() -> None:
    """The action found nothing to change: no row, and that is right."""
    if running := _running.get():
        running.written = True


def record(
    kind: str,
    subject_id: int | None,
    *,
    actor: Actor,
    changes: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    items: Iterable[tuple[str, int]] = (),
    name: str = "",
) -> Entry:
    """One row for what just happened; `changes` maps field to [from, to] and holds no personal values."""
    running = _running.get()
    entry = Entry(
        at=clock.now(),
        name=name or (running.name if running else ""),
        via=actor.via,
        who=actor.label[:120],
        account_id=actor.account_id,
        staff_id=actor.staff_id,
        address=actor.address,
        kind=kind,
        subject_id=subject_id,
        changes=dict(changes or {}),
        personal=dict(personal or {}),
    )
    if not entry.name:
        raise TrailMissing("record() outside an action needs a name")
    entry.pk = _added(entry)
    _record_items(entry, list(items))
    if running:
        running.written = True
    return entry


def _added(entry: Entry) -> int:
    who = [entry.at, entry.name, entry.via, entry.who, entry.account_id, entry.staff_id, entry.address]
    what = [entry.kind, entry.subject_id, Jsonb(entry.changes), Jsonb(entry.personal)]
    return int(statements.value(ADD, [*who, *what]))


def _record_items(entry: Entry, items: list[tuple[str, int]]) -> None:
    """One statement however many: imports name a hundred thousand records."""
    if not items:
        return
    with connection.cursor() as cursor:
        cursor.execute(ADD_ITEMS, [entry.pk, [kind for kind, _id in items], [record_id for _kind, record_id in items]])


def sentence_of(entry: Entry) -> str:
    name = NAMES.find(entry.name)
    if name is None:
        return f"{entry.who}: {entry.name}"
    return str(name.sentence) % {"who": entry.who, "count": entry.changes.get("count", "")}
