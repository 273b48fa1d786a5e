"""What a room may add to the import of its type: what it tells others, how records are recognised, how they are found.

A type without an entry comes in like any other: see `intake_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import pinyin
from guanxi.base.kernel.pinyin import Words
from guanxi.base.kernel.registry import Registry

from ..actions import CHANGED, CREATED, REMOVED, event_name
from ..types import RECORD_TYPES, RecordType
from .kinds import Read, Text

History = Callable[[CursorWrapper, str, datetime], None]


@dataclass(frozen=True)
class Key:
    """What tells that a row means a record stored already: fields of the type that must all be equal.

    `is_telling`: two records of different people hardly ever share it, so that one beyond the importer's reach is the
    same record, not a namesake.
    """

    key: str
    label: Text
    fields: tuple[str, ...]
    is_telling: bool = True


def no_history(cursor: CursorWrapper, relation: str, now: datetime) -> None:
    """For types without a history of values."""


@dataclass(frozen=True)
class Intake:
    """`created`, `changed` and `removed` are the names of the type's events. `words` gives what lists sort by and the
    search box finds, from the fields named in `words_from`. `started` and `continued` keep a history of values for the
    ids of a relation. `beside`: kinds of import that other sheets of a workbook may hold. `also`: columns nobody types
    in, as SQL over `r` (the row), `o` (the post of the owner).
    """

    key: str
    created: str
    changed: str
    removed: str
    keys: tuple[Key, ...]
    words_from: tuple[str, ...] = ()
    words: Callable[[Mapping[str, Any]], Words] | None = None
    started: History = no_history
    continued: History = no_history
    also: Mapping[str, str] = field(default_factory=dict)
    readers: Mapping[str, Read] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


INTAKES: Registry[Intake] = Registry("intakes")


def intake_of(type_: RecordType) -> Intake:
    return INTAKES.find(type_.key) or _usual(type_)


def _usual(type_: RecordType) -> Intake:
    """Events, keys and search words as the standard actions have them."""
    phones = [f.key for f in type_.all_fields if f.kind == "phone"]
    return Intake(
        key=type_.key,
        created=event_name(type_, CREATED),
        changed=event_name(type_, CHANGED),
        removed=event_name(type_, REMOVED),
        keys=usual_keys(type_),
        words_from=(*type_.found_by, *phones),
        words=lambda values: _words(type_, phones, values),
    )


def usual_keys(type_: RecordType) -> tuple[Key, ...]:
    """The number, each phone, and the name records are found by."""
    fields = [f for f in type_.typed_in if not f.is_own]
    numbers = [Key("number", _("Number"), (type_.number,))] if type_.number else []
    phones = [Key(f.key, f.label, (f.key,)) for f in fields if f.kind == "phone"]
    names = [Key(f.key, f.label, (f.key,), is_telling=False) for f in fields if f.key in type_.found_by[:1]]
    return (*numbers, *phones, *names)


def _words(type_: RecordType, phones: list[str], values: Mapping[str, Any]) -> Words:
    names = [str(text) for key in type_.found_by if (text := values.get(key))]
    first, others = (names[0], names[1:]) if names else ("", [])
    tokens = pinyin.search_tokens(first, phones=[values.get(key) or "" for key in phones], other_names=others)
    return Words(pinyin.sort_key(first), pinyin.initials(first), tokens)


def type_of(kind: str) -> RecordType:
    return RECORD_TYPES.get(kind)
