"""A type of record as the import's SQL sees it: which fields the file brings, where each is kept, who may touch
what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Field as ModelField

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from ..reveal import lent_to
from ..types import Field, RecordType
from .kinds import Batch


@dataclass(frozen=True)
class Written:
    """A field that the file brings. `blank`: what stands in its column where nothing is known."""

    entry: Field
    column: str
    blank: Any
    is_null: bool

    @property
    def key(self) -> str:
        return self.entry.key

    @property
    def row(self) -> str:
        """The value of the staged row `r`."""
        return f'r."{self.key}"'

    @property
    def is_blank(self) -> str:
        """Whether the record `t` holds nothing there. A no is an answer, not a gap, and so is what it begins with."""
        if self.is_null:
            return f"t.{self.column} IS NULL"
        return f"t.{self.column} = ''" if self.blank == "" else "FALSE"


@dataclass(frozen=True)
class Stored:
    type: RecordType
    fields: tuple[Written, ...]
    own: tuple[Field, ...]
    actor: Actor

    @classmethod
    def of(cls, type_: RecordType, batch: Batch) -> Stored:
        brought = [f for f in type_.typed_in if f.key in batch.mapped and f.key != "number"]
        columns = {field.column: field for field in type_.model._meta.concrete_fields}
        fields = tuple(_written(f, columns[f.stored_as]) for f in brought if not f.is_own)
        return cls(type_, fields, tuple(f for f in brought if f.is_own), batch.actor)

    @property
    def blanks(self) -> dict[str, Any]:
        return {f"blank_{field.key}": field.blank for field in self.fields}

    @property
    def given_own(self) -> str:
        """The own fields that a row fills, as JSON keeps them."""
        pairs = ", ".join(f"'{f.key}', {_as_json(f)}" for f in self.own)
        return f"jsonb_strip_nulls(jsonb_build_object({pairs}))"

    def within(self, verb: str) -> tuple[str, dict[str, Any]]:
        """The condition over `t` that the record lies in the importer's scope for `verb`."""
        return _within(self.type, scope_of(self.actor, self.type.key, verb), verb)

    def masked(self) -> tuple[str, dict[str, Any]]:
        """Over `t`: the importer sees this record's personal entries masked."""
        revealed, values = self.within("reveal")
        lent = sorted(lent_to(self.actor, self.type.key))
        return f"NOT ({revealed} OR t.id = ANY(%(lent)s))", {**values, "lent": lent}

    def has(self, column: str) -> bool:
        return any(field.column == column for field in self.type.model._meta.concrete_fields)

    def column_type(self, column: str) -> str:
        field = next(f for f in self.type.model._meta.concrete_fields if f.column == column)
        return str(field.db_type(connection))


def _written(entry: Field, model_field: ModelField[Any, Any]) -> Written:
    blank = None if model_field.null else model_field.get_db_prep_save(model_field.get_default(), connection)
    return Written(entry, model_field.column, blank, model_field.null)


def _as_json(entry: Field) -> str:
    row = f'r."{entry.key}"'
    return f"trim_scale({row})" if entry.kind in ("number", "money") else row


def _within(type_: RecordType, scope: Scope, verb: str) -> tuple[str, dict[str, Any]]:
    if scope.everything:
        return "TRUE", {}
    names = f"{verb}_staff", f"{verb}_units"
    condition = f"(t.{type_.owner} = ANY(%({names[0]})s) OR t.{type_.unit} = ANY(%({names[1]})s))"
    return f"COALESCE({condition}, FALSE)", dict(zip(names, map(list, (scope.staff_ids, scope.unit_ids)), strict=True))


def listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
