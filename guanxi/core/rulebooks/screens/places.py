"""Where a list of duties goes on: the deadline and id of the last row seen."""

from __future__ import annotations

from datetime import datetime

from guanxi.base.records.keys import Cursor

from .rows import DutyRow


def place_after(row: DutyRow, *, back: bool = False) -> str:
    return Cursor(row.due_at.isoformat(), row.id, back).encode()


def place_of(text: str) -> tuple[datetime, int] | None:
    """None for anything that is not one of ours: the list then starts at its beginning."""
    cursor = Cursor.decode(text) if text else None
    try:
        return (datetime.fromisoformat(str(cursor.value)), cursor.id) if cursor else None
    except ValueError:
        return None
