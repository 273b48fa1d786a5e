"""Rows that came in before are known again, whatever the file is called and wherever they stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b, sha256

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from .kinds import STAGING, ImportKind

KEEP = f"""
INSERT INTO records_importmark (mark, run_id)
SELECT DISTINCT mark, %s::bigint FROM {STAGING} WHERE NOT line = ANY(%s) ON CONFLICT DO NOTHING
"""  # noqa: S608 (constants only)
FORGET = "DELETE FROM records_importmark WHERE run_id = %s"


def marker(kind: ImportKind, mapping: Mapping[str, int]) -> Callable[[list[str]], str]:
    """A digest of the cells that are taken in. Keyed, so that nobody finds a phone out by trying them all."""
    places = [(f"{column.key}=", mapping[column.key]) for column in kind.columns if column.key in mapping]
    key = sha256(f"import rows {settings.SECRET_KEY}".encode()).digest()
    start = f"{kind.key}\x1e"

    def mark(cells: list[str]) -> str:
        width = len(cells)
        given = [name + cell for name, place in places if place < width and (cell := cells[place].strip())]
        return blake2b((start + "\x1f".join(given)).encode(), digest_size=16, key=key).hexdigest()

    return mark


def keep(cursor: CursorWrapper, run_id: int, *, without: list[int]) -> None:
    """Call when the rows are in. `without`: those that were refused after all."""
    cursor.execute(KEEP, [run_id, without])


def forget(cursor: CursorWrapper, run_id: int) -> None:
    cursor.execute(FORGET, [run_id])
