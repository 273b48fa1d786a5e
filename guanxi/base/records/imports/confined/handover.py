"""Rows on their way out: the header is found, totals are left out and told, blocks of about a megabyte are sent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, BinaryIO

from .layout import HEADER_WITHIN, Header, choose_header, is_total
from .limits import MOST_COLUMNS, MOST_HANDED_OVER, Unfit
from .wire import pack_rows, send

BLOCK_CHARACTERS = 500_000
BLOCK_ROWS = 5000
MOST_TOLD = 20
EXCERPT = 80


class Output:
    """The pipe, and how much went through it."""

    def __init__(self, pipe: BinaryIO) -> None:
        self.pipe = pipe
        self.sent = 0

    def tell(self, head: dict[str, Any], block: bytes = b"") -> None:
        self.sent += len(block)
        if self.sent > MOST_HANDED_OVER:
            raise Unfit("too_much")
        send(self.pipe, head, block)


class Table:
    """One table on its way out. Rows come in order; titles and header are handed over too, so that all can be shown."""

    def __init__(
        self, out: Output, *, index: int, name: str, known: Collection[str], most: int, header: Header | None = None
    ) -> None:
        self.out, self.index, self.name, self.known, self.most = out, index, name, known, most
        self.header = header
        self.waiting: list[list[Any]] = []
        self.block: list[list[Any]] = []
        self.characters = 0
        self.rows = 0
        self.above: list[str] = []
        self.left_out: list[dict[str, Any]] = []
        self.left_out_count = 0
        self.is_started = False

    def add(self, number: int, cells: list[str] | None, damage: dict[int, str] | None = None) -> None:
        """Blank rows are not brought here."""
        row = [number, cells] if not damage else [number, cells, damage]
        if self.is_started:
            self._take(row)
            return
        self.waiting.append(row)
        if number >= (self.header.row if self.header else HEADER_WITHIN):
            self._start()

    def end(self, **told: Any) -> None:
        """Nothing is told of a table without any cell."""
        if not self.is_started and not self._start():
            return
        self._send_block()
        notes = {"above": self.above, "left_out": self.left_out, "left_out_count": self.left_out_count}
        self.out.tell({"do": "table", "index": self.index, "name": self.name, "rows": self.rows} | notes | told)

    def _start(self) -> bool:
        found = [(row[0], row[1]) for row in self.waiting if row[1] is not None]
        self.header = header = self.header or choose_header(found, self.known)
        if header is None:
            return False
        self.is_started = True
        self.out.tell(
            {
                "do": "header", "index": self.index, "name": self.name, "row": header.row,
                "names": header.names[: MOST_COLUMNS + 1], "score": header.score,
            }
        )  # fmt: skip
        for row in self.waiting:
            self._take(row)
        return True

    def _take(self, row: list[Any]) -> None:
        number, cells = row[0], row[1]
        header = self.header
        if header is None:
            return
        if cells is not None:
            while cells and not cells[-1]:
                cells.pop()
            if number > header.row and is_total(cells, len(header.names)):
                self._leave_out(number, cells)
                return
            self.characters += sum(map(len, cells))
        if number > header.row:
            self.rows += 1
            if self.rows > self.most:
                raise Unfit("rows", most=self.most)
        elif number < header.row and cells:
            self.above.append(_excerpt(cells))
        self.block.append(row)
        if self.characters > BLOCK_CHARACTERS or len(self.block) >= BLOCK_ROWS:
            self._send_block()

    def _leave_out(self, number: int, cells: list[str]) -> None:
        self.left_out_count += 1
        if len(self.left_out) < MOST_TOLD:
            self.left_out.append({"row": number, "text": _excerpt(cells)})

    def _send_block(self) -> None:
        if self.block:
            self.out.tell({"do": "rows", "index": self.index, "rows": self.rows}, pack_rows(self.block))
        self.block, self.characters = [], 0


def _excerpt(cells: list[str]) -> str:
    return " · ".join(cell.strip() for cell in cells if cell.strip())[:EXCERPT]
