"""From the file into the staging table: rows are read in Python and copied in batches, refused ones beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.backends.utils import CursorWrapper

from .kinds import STAGING, ImportKind
from .marks import marker
from .reading import Reader, Reason
from .sheet import Row

BATCH = 5000
REFUSED = "run_id, line, cells, reasons, sheet"
COPY_REFUSED = f"COPY records_importrow ({REFUSED}) FROM STDIN"


def array_text(words: Sequence[str]) -> str:
    """A text array as COPY reads it, several times faster than adapting the list."""
    joined = '","'.join(words)
    if "\\" in joined or joined.count('"') > 2 * (len(words) - 1):
        joined = '","'.join(word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return f'{{"{joined}"}}' if words else "{}"


@dataclass
class Staging:
    """The table lives in the transaction of the run and goes with it."""

    cursor: CursorWrapper
    run_id: int
    kind: ImportKind
    reader: Reader
    refused: list[tuple[int, int, str, str, str]] = field(default_factory=list)
    sheet: str = ""

    def __post_init__(self) -> None:
        self.mark = marker(self.kind, self.reader.mapping)

    def create(self) -> None:
        columns = ", ".join(f'"{name}" {sql_type}' for name, sql_type in self._columns())
        self.cursor.execute(f"DROP TABLE IF EXISTS {STAGING}")
        self.cursor.execute(f"CREATE TEMP TABLE {STAGING} (line integer, mark uuid, {columns}) ON COMMIT DROP")

    def fill(self, rows: Iterator[Row], told: Callable[[int], None]) -> None:
        derive = self.kind.derive()
        names = ", ".join(f'"{name}"' for name, _type in self._columns())
        copy_accepted = f"COPY {STAGING} (line, mark, {names}) FROM STDIN"
        while batch := list(islice(rows, BATCH)):
            accepted = self._accepted(batch)
            self._copy(copy_accepted, [self._line(row, values, derive(values)) for row, values in accepted])
            self._copy(COPY_REFUSED, self.refused)
            self.refused.clear()
            told(self.reader.counts["rows"])
        # Only how many there are matters; statistics of every column would cost more than they save.
        self.cursor.execute(f"ANALYZE {STAGING} (line)")

    def _columns(self) -> list[tuple[str, str]]:
        return [
            *((column.key, "bigint" if column.is_staff else column.sql_type) for column in self.kind.columns),
            *self.kind.derived,
        ]

    def _accepted(self, batch: Iterable[Row]) -> Iterator[tuple[Row, dict[str, Any]]]:
        for row in batch:
            values, reasons = self.reader.read(row)
            if reasons:
                self._refuse(row, reasons)
            else:
                yield row, values

    def _refuse(self, row: Row, reasons: list[Reason]) -> None:
        cells = json.dumps(row.cells or [], ensure_ascii=False)
        self.refused.append((self.run_id, row.number, cells, json.dumps(reasons, ensure_ascii=False), self.sheet))

    def _line(self, row: Row, values: dict[str, Any], derived: Sequence[Any]) -> tuple[Any, ...]:
        return (row.number, self.mark(row.cells or []), *(values[column.key] for column in self.kind.columns), *derived)

    def _copy(self, statement: str, lines: Sequence[tuple[Any, ...]]) -> None:
        if not lines:
            return
        with self.cursor.copy(statement) as copy:
            for line in lines:
                copy.write_row(line)
