"""A list as a CSV file, in two kinds: harmless for people who open it, exact for programs that read it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from ..cells import harmless, writable
from ..types import ListColumn
from .models import ExportRun
from .rows import Value

CODECS = {ExportRun.UTF8: "utf-8-sig", ExportRun.GB18030: "gb18030"}


class TextFile:
    """For machines: the keys of the columns as header, every cell quoted, nothing put in front of anything."""

    def __init__(self, path: Path, columns: Sequence[ListColumn], *, encoding: str, for_machines: bool) -> None:
        self.for_machines, self.rows = for_machines, 0
        codec = "utf-8" if for_machines else CODECS[encoding]
        self.file = path.open("w", encoding=codec, newline="")
        self.writer = csv.writer(self.file, quoting=csv.QUOTE_ALL if for_machines else csv.QUOTE_MINIMAL)
        heads = [column.key if for_machines else harmless(writable(str(column.label))) for column in columns]
        self.writer.writerow(heads)

    def add(self, row: Sequence[Value]) -> None:
        self.rows += 1
        self.writer.writerow([self._cell(value) for value in row])

    def _cell(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.isoformat() if self.for_machines else value.strftime("%Y-%m-%d %H:%M")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return f"{value:f}"
        if isinstance(value, int | float):
            return str(value)
        return value if self.for_machines else harmless(value)

    def close(self) -> None:
        self.file.close()
