"""Rows that mean a record there is, beside that record: shown to the importer who wants to decide one by one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..reveal import reveals
from .kinds import STAGING, Batch, Pair
from .stored import Stored

MOST_PAIRS = 200
ROWS = """
SELECT p.line, p.record_id, {columns} FROM import_plan p JOIN {staging} r ON r.line = p.line
WHERE p.verdict IN ('leave', 'fill', 'overwrite') AND p.record_id IS NOT NULL ORDER BY p.line LIMIT %s
"""


def pairs_of(stored: Stored, batch: Batch) -> list[Pair]:
    """Only those where the file says something else; what is masked for the importer is not shown."""
    fields = [f.entry for f in stored.fields] + list(stored.own)
    if not fields:
        return []
    columns = ", ".join(f'r."{f.key}"' for f in fields)
    batch.cursor.execute(ROWS.format(columns=columns, staging=STAGING), [MOST_PAIRS])
    rows = batch.cursor.fetchall()
    records = stored.type.model._default_manager.in_bulk([row[1] for row in rows])
    found = []
    for line, record_id, *values in rows:
        record: Any = records[record_id]
        may_see = reveals(batch.actor, stored.type.key, record, stored.type.owner, stored.type.unit)
        seen = [(f, value) for f, value in zip(fields, values, strict=True) if may_see or not f.is_personal]
        cells = tuple((f.key, _text(f.value_of(record)), _text(value)) for f, value in seen)
        differing = tuple(cell for cell in cells if cell[2] and cell[1] != cell[2])
        if differing:
            title = " · ".join(filter(None, [stored.type.title(record), getattr(record, "number", "")]))
            found.append(Pair(line, title, f"/{stored.type.path}/{record_id}", differing))
    return found


def _text(value: Any) -> str:
    """As JSON keeps it; the page turns values into words (see shown.py)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(getattr(value, "pk", value))
