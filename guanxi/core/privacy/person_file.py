"""Everything that is kept about a person, as a file for that person: JSON for programs, a workbook for people."""

# ruff: noqa: S608 (table and column names come from the models, conditions from declarations; values are parameters)
from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from xlsxwriter import Workbook

from guanxi.base.kernel import clock
from guanxi.base.kernel.personal import Persons, Sort, Table
from guanxi.base.records.cells import writable

from .holding import linked, persons_of
from .models import PersonRequest

# How a name sounds, digests and bytes say nothing to the person.
LEFT_OUT = ("search", "pinyin", "initials", "note_digest", "sha256", "stored", "signature", "content")
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
Rows = dict[str, list[dict[str, Any]]]


def rows_of(persons: Persons) -> Rows:
    """By table; columns are those the inventory names, and the times and choices beside them."""
    found = {table.name: list(_rows(table, persons)) for table in linked() if _told(table)}
    return {name: rows for name, rows in found.items() if rows}


def _told(table: Table) -> list[str]:
    fields = [one for one in table.model._meta.local_fields if one.name not in LEFT_OUT and not one.is_relation]
    is_about = any(held.sort != Sort.SECRETS for held in table.personal.values())
    return [str(one.column) for one in fields] if is_about else []


def _rows(table: Table, persons: Persons) -> Iterator[dict[str, Any]]:
    columns = _told(table)
    listed = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {table.name} WHERE {table.of}", persons.given)
        for row in cursor.fetchall():
            yield {name: _plain(value) for name, value in zip(columns, row, strict=True) if value not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).isoformat(timespec="seconds")
    return str(value) if isinstance(value, date | Decimal) else value


def made(asked: PersonRequest, who: str) -> bytes:
    """A zip of both. Each says for which request, by whom and when it was made, so that a copy can be traced."""
    assert asked.customer_id is not None
    # By links alone: the words would bring what is said of others who are called alike.
    rows = rows_of(replace(persons_of([asked.customer_id]), words=()))
    about = {"request": asked.number, "made_by": who, "made_at": clock.now().isoformat(timespec="seconds")}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps({"about": about, "data": rows}, ensure_ascii=False, indent=1))
        archive.writestr("data.xlsx", _workbook(about, rows))
        archive.comment = json.dumps(about, ensure_ascii=True).encode()
    return buffer.getvalue()


def _workbook(about: Mapping[str, str], rows: Rows) -> bytes:
    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        sheet = book.add_worksheet("about")
        for line, (name, value) in enumerate(about.items()):
            sheet.write_row(line, 0, [name, writable(value)])
        for table, records in rows.items():
            _fill(book.add_worksheet(table[:31]), records)
    return buffer.getvalue()


def _fill(sheet: Any, records: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for record in records for name in record))
    sheet.write_row(0, 0, names)
    for line, record in enumerate(records, 1):
        for place, name in enumerate(names):
            if name in record:
                sheet.write_string(line, place, writable(_as_text(record[name])))


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
