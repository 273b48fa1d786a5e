"""Which column of the file is which of ours: proposed from the header, decided by the importer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Invalid

from .kinds import ImportKind
from .sheet import header_key


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


def check(kind: ImportKind, headers: Sequence[str], asked: Mapping[str, int]) -> dict[str, int]:
    """The mapping as it will be used, or Invalid: a required column without a place, a place used twice."""
    errors: dict[str, list[Any]] = {}
    for column in kind.columns:
        if column.is_required and column.key not in asked:
            errors[column.key] = [_("Choose the column of the file that holds this.")]
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


def _keys_of(key: str, label: Any, synonyms: Sequence[str]) -> list[str]:
    return [header_key(str(name)) for name in (label, *synonyms, key)]
