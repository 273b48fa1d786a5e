"""A file on its way in as tables of cells. It is read once, in the confined process; what came of it lies in the
database as parts, and everything later works on these and never on the file again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Unreadable
from guanxi.base.kernel.phone import read_phone

from .confined.limits import MOST_COLUMNS, MOST_TABLES, Unfit
from .confined.text import open_text, rows_of
from .decoding import unreadable
from .models import ImportPart, ImportRun
from .parts import first_bytes
from .places import take_place
from .process import Reading
from .sheet import Row, header_key, is_example

PREVIEW_BYTES = 64 * 1024
Told = Callable[[int], None]
Keep = Callable[[int, int, bytes], None]


@dataclass
class Table:
    """`rows` counts those below the header without totals; `score`: how many of the known names its header has.

    `above`: titles over the header. `left_out`: totals and signatures below, as {row, text}; the first twenty, all are
    counted. `merged`: cells that got the value of the merge they lie in. `problem`: why it cannot be imported
    (a key of decoding.SENTENCES), with `details`; empty when it can.
    """

    index: int
    name: str = ""
    header_row: int = 0
    headers: list[str] = field(default_factory=list)
    rows: int = 0
    score: int = 0
    is_hidden: bool = False
    above: list[str] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    left_out_count: int = 0
    merged: int = 0
    hidden_rows: int = 0
    problem: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class Found:
    """`encoding` and `delimiter` are empty for workbooks. `notes`: keys of decoding.NOTES, about the whole file."""

    tables: list[Table] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    is_doubtful: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def best(self) -> Table:
        """What is proposed: the visible table whose header is known best, the first of equals."""
        return min(self.tables, key=lambda table: (bool(table.problem), table.is_hidden, -table.score, table.index))

    def as_stored(self) -> list[dict[str, Any]]:
        return [asdict(table) for table in self.tables]


def read_upload(
    run: ImportRun, file: BinaryIO, *, known_headers: Collection[str], encoding: str = "", progress: Told | None = None
) -> Found:
    """Reads the file of a saved run and keeps its rows. `encoding`: asked for by a person; empty, it is recognised.

    Raises NotReadable, also when no table of the file can be imported.
    """
    ImportPart.objects.filter(run=run, table__gte=0).delete()

    def keep(table: int, position: int, block: bytes) -> None:
        ImportPart.objects.create(run=run, table=table, position=position, content=block)

    take_place(run.pk)
    with Reading(file, known_headers, encoding) as reading:
        return listen(reading, keep, progress=progress)


def listen(reading: Reading, keep: Keep, *, progress: Told | None = None) -> Found:
    """All that the process says, its rows given to `keep` with the table and their place in it."""
    keeper = _Keeper(keep, progress)
    for head, block in reading.messages():
        keeper.take(head, block)
    _refuse_useless(keeper.found)
    return keeper.found


def tables_of(run: ImportRun) -> list[Table]:
    return [Table(**stored) for stored in run.tables]


def rows_of_table(run: ImportRun, index: int, *, is_whole: bool = False) -> Iterator[Row]:
    """The rows below the header; `is_whole`: titles and header as well."""
    known = {table["index"]: table["header_row"] for table in run.tables}
    if index not in known:
        raise unreadable("gone")
    header_row = 0 if is_whole else known[index]
    parts = ImportPart.objects.filter(run=run, table=index).order_by("position")
    for part_id in list(parts.values_list("id", flat=True)):
        content = ImportPart.objects.values_list("content", flat=True).get(id=part_id)
        for number, cells, *damage in json.loads(bytes(content)):
            if number > header_row and (is_whole or not is_example(cells)):
                yield (
                    Row(number, cells, {int(at): key for at, key in damage[0].items()})
                    if damage
                    else Row(number, cells)
                )


def preview_as(run: ImportRun, encoding: str) -> list[Row]:
    """The first rows as another encoding reads them; characters that mean nothing in it are shown as such."""
    file = io.BytesIO(first_bytes(run)[:PREVIEW_BYTES])
    text = open_text(file, encoding, errors="replace")
    rows: list[Row] = []
    try:
        for number, cells in rows_of(text, run.delimiter or ","):
            rows.append(Row(number, cells))
    except Unfit:
        # Cut short, perhaps within quotes.
        pass
    return rows


class _Keeper:
    """Takes what the process says, in its order: text or workbook, then per table its header, rows and end."""

    def __init__(self, keep: Keep, progress: Told | None) -> None:
        self.keep, self.progress = keep, progress
        self.found = Found()
        self.open: dict[int, Table] = {}
        self.parts: dict[int, int] = {}

    def take(self, head: dict[str, Any], block: bytes) -> None:
        getattr(self, f"_{head['do']}")(head, block)

    def _text(self, head: dict[str, Any], block: bytes) -> None:
        self.found.encoding, self.found.delimiter = head["encoding"], head["delimiter"]

    def _header(self, head: dict[str, Any], block: bytes) -> None:
        if len(self.open) >= MOST_TABLES:
            raise unreadable("unread")
        table = Table(head["index"], head["name"], head["row"], head["names"], score=head["score"])
        table.problem, table.details = _fault_of(table)
        self.open[table.index] = table

    def _rows(self, head: dict[str, Any], block: bytes) -> None:
        index = self.open[head["index"]].index
        position = self.parts.get(index, 0)
        self.parts[index] = position + 1
        self.keep(index, position, block)
        if self.progress:
            self.progress(head["rows"])

    def _table(self, head: dict[str, Any], block: bytes) -> None:
        table = self.open[head.pop("index")]
        for name in ("rows", "is_hidden", "above", "left_out", "left_out_count", "merged", "hidden_rows"):
            setattr(table, name, head.get(name, getattr(table, name)))
        if not table.rows and not table.problem:
            table.problem = "no_rows"
        self.found.tables.append(table)

    def _end(self, head: dict[str, Any], block: bytes) -> None:
        self.found.is_doubtful = bool(head.get("is_doubtful"))
        self.found.notes = list(head.get("notes", []))


def _refuse_useless(found: Found) -> None:
    if not found.tables:
        raise unreadable("empty")
    best = found.best
    if best.problem:
        raise unreadable(best.problem, best.details)


def _fault_of(table: Table) -> tuple[str, dict[str, Any]]:
    if not table.score and any(_is_data(name) for name in table.headers):
        return "header_missing", {}
    if not table.score and table.headers and any(table.headers[0].count(sign) > 1 for sign in "，；、|"):
        return "delimiter", {}
    if len(table.headers) > MOST_COLUMNS:
        return "columns", {"most": MOST_COLUMNS}
    double = _double(table.headers)
    return ("header_double", {"name": double}) if double else ("", {})


def _double(headers: Sequence[str]) -> str:
    seen: set[str] = set()
    for name in headers:
        key = header_key(name)
        if key and key in seen:
            return name[:40]
        seen.add(key)
    return ""


def _is_data(cell: str) -> bool:
    try:
        read_phone(cell)
        return True
    except Unreadable:
        pass
    try:
        read_date(cell, today=clock.today(), may_be_future=True)
        return True
    except Unreadable:
        return False
