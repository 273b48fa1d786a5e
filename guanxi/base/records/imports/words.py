"""Search words of records that were changed by the thousand, worked out anew from what is stored now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from ..types import RecordType
from .intakes import Intake
from .staging import array_text

CHUNK = 5000
READ = "SELECT t.id, {columns} FROM {table} t WHERE t.id = ANY(%s)"
TABLE = """
CREATE TEMP TABLE IF NOT EXISTS import_words (id bigint, pinyin text, initials text, tokens text[]) ON COMMIT DROP
"""
UPDATE = "UPDATE {table} t SET {sets} FROM import_words w WHERE w.id = t.id"
SETS = {"pinyin": "w.pinyin", "initials": "w.initials", "search": "array_to_tsvector(w.tokens)"}


def index(type_: RecordType, intake: Intake, cursor: CursorWrapper, ids: Sequence[int]) -> None:
    if not ids or intake.words is None:
        return
    known = {field.column for field in type_.model._meta.concrete_fields}
    sets = ", ".join(f"{column} = {sql}" for column, sql in SETS.items() if column in known)
    columns = ", ".join(type_.field(key).sql for key in intake.words_from)
    cursor.execute(TABLE)
    for start in range(0, len(ids), CHUNK):
        cursor.execute("TRUNCATE import_words")
        cursor.execute(READ.format(columns=columns, table=type_.table), [list(ids[start : start + CHUNK])])
        _copy(cursor, [_line(intake, row) for row in cursor.fetchall()])
        cursor.execute(UPDATE.format(table=type_.table, sets=sets))


def _line(intake: Intake, row: tuple[Any, ...]) -> tuple[Any, ...]:
    assert intake.words is not None
    found = intake.words(dict(zip(intake.words_from, row[1:], strict=True)))
    return (row[0], found.sort_key[:300], found.initials[:120], array_text(found.tokens))


def _copy(cursor: CursorWrapper, lines: list[tuple[Any, ...]]) -> None:
    with cursor.copy("COPY import_words (id, pinyin, initials, tokens) FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)
