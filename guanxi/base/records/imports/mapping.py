"""Which column of the file is which of ours: proposed from the header, decided by the importer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Invalid

from .kinds import ImportKind
from .sheet import header_key

LIKE_ENOUGH = 0.7


def known_headers(kind: ImportKind) -> set[str]:
    return {key for column in kind.columns for key in _keys_of(column.key, column.label, column.synonyms)}


def propose(kind: ImportKind, headers: Sequence[str]) -> dict[str, int]:
    """Column key to index in the file; the first header that fits wins, none is used twice."""
    places = {header_key(name): index for index, name in reversed(list(enumerate(headers))) if header_key(name)}
    proposed: dict[str, int] = {}
    for column in kind.columns:
        index = next((places[k] for k in _keys_of(column.key, column.label, column.synonyms) if k in places), None)
        if index is not None and index not in proposed.values():
            proposed[column.key] = index
    return proposed


def best_kind(kinds: Sequence[ImportKind], headers: Sequence[str]) -> ImportKind:
    """The kind that has a place for most of the columns, and all it cannot do without; the first of equals."""
    return max(kinds, key=lambda kind: _fitness(kind, propose(kind, headers)))


def _fitness(kind: ImportKind, found: Mapping[str, int]) -> tuple[bool, int]:
    return all(column.key in found for column in kind.columns if column.is_required), len(found)


def guess(kind: ImportKind, headers: Sequence[str], known: Mapping[str, int]) -> dict[str, int]:
    """For columns that no known name fits: the header that looks most alike. Only ever shown as a guess."""
    free = {index: header_key(name) for index, name in enumerate(headers) if index not in known.values()}
    found = []
    for column in kind.columns:
        if column.key not in known:
            names = _keys_of(column.key, column.label, column.synonyms)
            found += [(_likeness(key, names), column.key, index) for index, key in free.items() if len(key) > 1]
    guessed: dict[str, int] = {}
    for likeness, column_key, index in sorted(found, key=lambda one: -one[0]):
        if likeness >= LIKE_ENOUGH and column_key not in guessed and index not in guessed.values():
            guessed[column_key] = index
    return guessed


def _likeness(key: str, names: Sequence[str]) -> float:
    """A name within a longer one (客户手机号码) counts like one with a letter wrong."""
    within = any(len(name) > 1 and (name in key or key in name) for name in names)
    return max([LIKE_ENOUGH if within else 0.0, *(SequenceMatcher(None, key, name).ratio() for name in names)])


def check(kind: ImportKind, headers: Sequence[str], asked: Mapping[str, int]) -> dict[str, int]:
    """The mapping as it will be used, or Invalid: a required column without a place, a place used twice.

    Rows that name records by number need nothing else.
    """
    errors: dict[str, list[Any]] = {}
    by_number = bool(kind.number) and kind.number in asked
    for column in kind.columns:
        if (column.is_required or (column.is_needed and not by_number)) and column.key not in asked:
            errors[column.key] = [_("Choose the column of the file that holds this.")]
    if kind.one_of and not set(kind.one_of) & set(asked):
        errors[kind.one_of[0]] = [_one_needed(kind)]
    taken: dict[int, str] = {}
    for key, index in asked.items():
        if not 0 <= index < len(headers):
            errors[key] = [_("The file has no such column.")]
        elif index in taken:
            errors[key] = [_("This column of the file is already used above.")]
        taken.setdefault(index, key)
    if errors:
        raise Invalid(errors)
    return dict(asked)


def _one_needed(kind: ImportKind) -> str:
    labels = _(", ").join(str(kind.column(key).label) for key in kind.one_of)
    return _("The file has to hold one of these: %(columns)s.") % {"columns": labels}


def _keys_of(key: str, label: Any, synonyms: Sequence[str]) -> list[str]:
    return [header_key(str(name)) for name in (label, *synonyms, key)]
