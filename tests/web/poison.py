"""Every text column of every table of the product, and every text within its JSON, filled with payloads.

Straight into the tables, so that no form's rule and no import stands in between: what a page shows may have come from
anywhere. Columns are found in the models; those that hold codes of ours, which nobody types, are named here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from .payloads import PAYLOADS, fitting

# Words of the program: kinds, states, keys, digests, sealed values, addresses within the product.
CODES = {
    "via",
    "kind",
    "key",
    "verb",
    "scope",
    "state",
    "phase",
    "level",
    "code",
    "format",
    "audience",
    "encoding",
    "delimiter",
    "stage",
    "outcome",
    "step",
    "language",
    "topic",
    "digest",
    "previous",
    "anchor",
    "let_go_digest",
    "fingerprint",
    "password",
    "sha256",
    "stored",
    "detected",
    "body_digest",
    "note_digest",
    "signature",
    "record_kind",
    "subject_kind",
    "evidence_key",
    "permit_role",
    "approver_role",
    "confirmer_role",
    "receiver_role",
    "form_kind",
    "role",
    "method",
    "occurrence",
    "group_key",
    "dedupe_key",
    "last_state",
    "address_sealed",
    "secret_sealed",
    "pinyin",
    "initials",
    "type",
    "field",
    "value",
    "section",
    "link",
    "page",
    "set_id",
    "parent",
    "key_check",
    "trouble",
    "label_of",
    "headers",
    "asked",
    "at_time",
    "secret",
    "unit",
    "scan",
    "what",
}
# Fields whose name means something else in one table.
ALSO_CODES = {
    "audit.Entry.name", "audit.Entry.address", "audit.EventRow.name", "audit.Operation.name", "rulebooks.Version.text",
    "rulebooks.Version.source", "records.Segment.criteria", "ops.Signature.address", "ops.BackupPlace.server",
    "ops.BackupPlace.label", "org.RecoveryCode.label", "ops.ReviewLine.mark",
}  # fmt: skip
# Within JSON every text that is not a word of the program: those are ASCII, what people write in the cast is not.
JSON_OF_PEOPLE = {
    "params",
    "own",
    "typed",
    "details",
    "cells",
    "changes",
    "personal",
    "before",
    "body",
    "lines",
    "choices",
}


# Sealed by digests, which their pages would tell of.
GUARDED = {"audit.Entry.changes", "audit.Entry.personal"}


@dataclass(frozen=True)
class Column:
    model: type[models.Model]
    name: str
    column: str
    length: int | None

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


def columns() -> list[Column]:
    return [column for model in product_models() for column in _of(model)]


def json_columns() -> list[Column]:
    found = []
    for model in product_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.JSONField) and field.name in JSON_OF_PEOPLE:
                found.append(Column(model, field.name, field.column, None))
    return found


def product_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("guanxi.") and model._meta.managed]


def _of(model: type[models.Model]) -> Iterator[Column]:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField) and not field.choices and not field.unique
        if is_text and field.name not in CODES and f"{model._meta.label}.{field.name}" not in ALSO_CODES:
            yield Column(model, field.name, field.column, field.max_length)


@dataclass
class Poisoned:
    """`pairs`: which payload went into which field. `left`: columns that took none, with the reason."""

    pairs: set[tuple[str, str]]
    left: dict[str, str]


def chosen(column: Column, number: int) -> list[str]:
    """One payload for a short column, as many as it holds for one without a limit."""
    if column.length is not None:
        possible = fitting(column.length - 8) or fitting(column.length)
        return [possible[number % len(possible)]] if possible else []
    at = number * 110 % len(PAYLOADS)
    return (PAYLOADS + PAYLOADS)[at : at + 110]


def poison(db: Any, turn: int, *, guarded: bool = True) -> Poisoned:
    """`db` runs SQL within a transaction of the caller's; another `turn` gives every field other payloads.

    `guarded`: tables that refuse changes are changed too, their guards set aside until the rollback.
    """
    done = Poisoned(set(), {})
    for number, column in enumerate(columns()):
        payloads = chosen(column, number + turn * 37)
        problem = _fill(db, column, payloads)
        if problem and guarded:
            set_guards_aside(db, column.model._meta.db_table)
            problem = _fill(db, column, payloads)
        if problem or not payloads:
            done.left[column.label] = problem or "too short"
        else:
            done.pairs |= {(column.label, payload) for payload in payloads}
    for number, column in enumerate(json_columns()):
        done.pairs |= _fill_json(db, column, PAYLOADS[(number * 7 + turn * 37) % len(PAYLOADS)])
    # What a process remembers by its stamp was of other words.
    db.execute("UPDATE org_stamp SET value = md5(random()::text)")
    return done


def _fill(db: Any, column: Column, payloads: list[str]) -> str:
    table = column.model._meta.db_table
    length = f", {column.length})" if column.length else ", 100000)"
    # The number in front keeps apart what must not be the same twice; an empty entry may mean something of its own.
    value = f"left({column.model._meta.pk.column}::text || %s{length}"
    db.execute("SAVEPOINT poison")
    try:
        text = " ".join(payloads).replace("\0", "")
        db.execute(f'UPDATE {table} SET "{column.column}" = {value} WHERE "{column.column}" IS NOT NULL', [text])
    except Exception as problem:  # of either driver; told in `left`
        db.execute("ROLLBACK TO SAVEPOINT poison")
        return type(problem).__name__
    db.execute("RELEASE SAVEPOINT poison")
    return ""


def set_guards_aside(db: Any, table: str) -> None:
    db.execute("SET CONSTRAINTS ALL IMMEDIATE")
    db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def _fill_json(db: Any, column: Column, payload: str) -> set[tuple[str, str]]:
    table, pairs = column.model._meta.db_table, set()
    if column.label in GUARDED:
        return pairs
    db.execute(f"SELECT id, {column.column} FROM {table} WHERE {column.column} IS NOT NULL LIMIT 500")
    for pk, value in db.fetchall():
        given = json.loads(value) if isinstance(value, str) else value
        filled = _filled(given, payload.replace("\0", ""))
        if filled != given:
            db.execute(f"UPDATE {table} SET {column.column} = %s WHERE id = %s", [json.dumps(filled), pk])
            pairs.add((column.label, payload))
    return pairs


def _filled(value: Any, payload: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, payload) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, payload) for one in value]
    return payload if isinstance(value, str) and not value.isascii() else value
