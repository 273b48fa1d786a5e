"""The names criteria may use about one kind of record. A name that is not here does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# Adds a value to a statement's parameters and gives its placeholder.
Param = Callable[[Any], str]


class Kind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    YESNO = "yesno"
    DATE = "date"
    MOMENT = "moment"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Field:
    """`column` is a plain column of the row the fragment is compiled for; `alias` names another joined row instead.

    `labels` go with `choices`. `references`: what the ids of a reference belong to, "staff" or "unit". `is_own`: kept
    in the JSON column `own` under its key. `is_many`: the column is an array; one of its values is asked for.
    """

    key: str
    kind: Kind
    label: Any = ""
    column: str = ""
    alias: str = ""
    choices: tuple[str, ...] = ()
    labels: tuple[Any, ...] = ()
    references: str = ""
    is_own: bool = False
    is_many: bool = False

    @property
    def name(self) -> str:
        return self.column or self.key


@dataclass(frozen=True)
class Relation:
    """Children of a record: rows of `table` whose `column` is the record's id.

    `kept` is a condition on the child `{r}` without which it does not count; `within` adds what the reader may see:
    `within(alias, param)` returns a condition. `parent` replaces the record's own id, e.g. `{t}.customer_id`;
    `{t}` stands for the record.
    """

    key: str
    label: Any
    table: str
    column: str
    fields: Fields
    kept: str = ""
    within: Callable[[str, Param], str] | None = None
    parent: str = ""


class Fields:
    """The allowlist of one record type."""

    def __init__(self, fields: Iterable[Field] = (), relations: Iterable[Relation] = ()) -> None:
        self._fields = {field.key: field for field in fields}
        self._relations = {relation.key: relation for relation in relations}

    def find(self, key: str) -> Field | None:
        return self._fields.get(key)

    def __getitem__(self, key: str) -> Field:
        return self._fields[key]

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def keys(self) -> list[str]:
        return list(self._fields)

    def relation(self, key: str) -> Relation | None:
        return self._relations.get(key)

    @property
    def relations(self) -> list[Relation]:
        return list(self._relations.values())

    def __add__(self, more: Fields) -> Fields:
        return Fields([*self, *more], [*self.relations, *more.relations])


@dataclass(frozen=True)
class Reader:
    """Who `me`, `my people`, `my unit` and `my units` are. A program is nobody: nothing is its own."""

    ids: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, what: str) -> tuple[int, ...]:
        return self.ids.get(what, ())


NOBODY = Reader()
