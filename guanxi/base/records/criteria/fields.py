"""The names criteria may use about one kind of record. A name that is not here does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    YESNO = "yesno"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class Field:
    """`column` is a plain column of the row the fragment is compiled for; `alias` names another joined row instead."""

    key: str
    kind: Kind
    label: Any = ""
    column: str = ""
    alias: str = ""
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.column or self.key


class Fields:
    """The allowlist of one record type."""

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        self._fields = {field.key: field for field in fields}

    def find(self, key: str) -> Field | None:
        return self._fields.get(key)

    def __getitem__(self, key: str) -> Field:
        return self._fields[key]

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def keys(self) -> list[str]:
        return list(self._fields)

    def __add__(self, more: Fields) -> Fields:
        return Fields([*self, *more])
