"""One new record in one prepared statement: Django would put the same text together anew for each."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Field, JSONField, Model
from django.db.models.fields import NOT_PROVIDED
from psycopg.types.json import Jsonb

from guanxi.base.kernel import statements


def insert(record: Model, *, words: list[str] | None = None) -> None:
    """`words`: the tokens of its search vector. Fills the key and what the database gives by default."""
    model: Any = type(record)
    sent, given, sql = _plan(model)
    values = [words if isinstance(field, SearchVectorField) else _value(field, record) for field in sent]
    row = statements.rows(sql, values)[0]
    for field, value in zip(given, row, strict=True):
        setattr(record, field.attname, value)
    record._state.adding, record._state.db = False, connection.alias


@lru_cache(maxsize=64)
def _plan(model: Any) -> tuple[list[Any], list[Any], str]:
    """The fields sent, those the database gives, and the statement."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    given = [f for f in model._meta.concrete_fields if f.primary_key or f.db_default is not NOT_PROVIDED or f.generated]
    sent = [f for f in fields if f not in given]
    places = ["array_to_tsvector(%s::text[])" if isinstance(f, SearchVectorField) else "%s" for f in sent]
    columns, answers = _names(sent), _names(given)
    sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({', '.join(places)}) RETURNING {answers}"  # noqa: S608 (names of our own columns)
    return sent, given, sql


def _names(fields: list[Any]) -> str:
    return ", ".join(field.column for field in fields)


def _value(field: Field[Any, Any], record: Model) -> Any:
    value = getattr(record, field.attname)
    if isinstance(field, JSONField):
        return Jsonb(value)
    return field.get_db_prep_save(value, connection)
