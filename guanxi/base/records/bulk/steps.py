"""What rooms register: a step that can be done to many records of a kind at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry
from guanxi.base.org.scopes import may

from ..types import Field

Ids = Sequence[int]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Reason:
    """Why a record is left out: an English sentence marked for the catalogue. `is_same`: it is so already."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_same: bool = False


@dataclass(frozen=True)
class Done:
    """A record that changed: what stood there before, and the version it has now (None: it has none)."""

    id: int
    before: Mapping[str, Any]
    version: int | None = None


NOT_THERE = Reason(gettext_noop("This does not exist, or it lies outside what you may change."))
RESTRICTED = gettext_noop("This is restricted: %(reason)s")
CHANGED_MEANWHILE = Reason(gettext_noop("It was changed by somebody after you looked."))


def nothing_against(actor: Actor, ids: Ids, values: Values) -> dict[int, Reason]:
    return {}


@dataclass(frozen=True)
class BulkStep:
    """`perform` changes the records it is given, in one set, and returns those that changed; it is called for a
    thousand at a time, each time in a transaction of its own.

    `check` says which of them cannot take part. `sentence` says what will happen, for the preview. `undo` takes back
    what it is given, where nothing has changed since, and returns the ids it did. `finished` hears once of all that
    changed. `verb`: the right it takes; records beyond its scope are refused as not there.
    """

    key: str
    kind: str
    label: Any
    verb: str
    perform: Callable[[Actor, Ids, Values], Sequence[Done]]
    sentence: Callable[[Values], Any]
    fields: Callable[[Actor], Sequence[Field]] = lambda actor: ()
    check: Callable[[Actor, Ids, Values], Mapping[int, Reason]] = nothing_against
    undo: Callable[[Actor, Sequence[Done], Values], set[int]] | None = None
    finished: Callable[[Actor, Ids], None] | None = None
    style: str = "plain"
    icon: str = ""
    order: int = 50


BULK: Registry[BulkStep] = Registry("bulk steps")


def steps_for(kind: str, actor: Actor) -> list[BulkStep]:
    found = [step for step in BULK if step.kind == kind and may(actor, kind, step.verb)]
    return sorted(found, key=lambda step: step.order)
