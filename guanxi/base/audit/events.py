"""What changed, told to whoever registered to hear it in the same transaction.

Subscribers work set-based over the ids they get and stay bounded; slow work is a job they defer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor

ADD = "INSERT INTO audit_event (at, name, kind, ids) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True)
class Event:
    """`name` is past tense ("customers:customer:created"), `ids` the records of `kind` it happened to.

    `hints` travels with the event inside the transaction only and is never stored (e.g. how to treat past duties).
    """

    name: str
    kind: str
    ids: Sequence[int]
    hints: dict[str, Any] = field(default_factory=dict)


Handler = Callable[[Event, Actor], None]
_handlers: dict[str, list[Handler]] = {}


def subscribe(name: str, handler: Handler) -> None:
    handlers = _handlers.setdefault(name, [])
    if handler not in handlers:
        handlers.append(handler)


def publish(event: Event, *, actor: Actor) -> None:
    if not event.ids:
        return
    statements.rows(ADD, [clock.now(), event.name, event.kind, Jsonb(list(event.ids))])
    for handler in _handlers.get(event.name, ()):
        handler(event, actor)


def subscribed() -> dict[str, list[Handler]]:
    return {name: list(handlers) for name, handlers in _handlers.items()}
