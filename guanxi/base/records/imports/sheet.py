"""A CSV file as rows: which sign separates, which row is the header, and the rows with their spreadsheet numbers."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Unreadable
from guanxi.base.kernel.phone import read_phone

from .decoding import UTF8, NotReadable

DELIMITERS = ",\t;"
BLANKS = f"{DELIMITERS} \u3000"
HEADER_WITHIN = 10
MOST_COLUMNS = 200
MOST_ROWS = 300_000
# With the blank ones: as many as a spreadsheet holds.
MOST_LINES = 1_048_576
_DECORATION = re.compile(r"[\s*:·_\-]|\(.*?\)|\[.*?\]|【.*?】")


@dataclass(frozen=True)
class Row:
    """`cells` None: the quotation marks of this row don't match."""

    number: int
    cells: list[str] | None


@dataclass(frozen=True)
class Header:
    delimiter: str
    row: int
    names: list[str]


def open_text(file: BinaryIO, encoding: str, *, errors: str = "strict") -> io.TextIOWrapper:
    file.seek(0)
    codec = "utf-8-sig" if encoding == UTF8 else encoding
    return io.TextIOWrapper(file, encoding=codec, errors=errors, newline="")


def rows_of(text: io.TextIOBase, delimiter: str, *, most: int = MOST_LINES) -> Iterator[Row]:
    """Blank rows have a number too, as in a spreadsheet, but are left out. Raises NotReadable after `most` of both."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number, before = number + 1, reader.line_num
        if number > most:
            raise NotReadable(_("The file has too many rows. Split it into several files."), code="file_rows")
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _broken(number, reader.line_num - before)
            continue
        if any(cell.strip() for cell in cells):
            yield Row(number, cells)


def _broken(number: int, lines: int) -> Row:
    """A quotation mark that swallowed lines spoils all that follows; one within a line spoils that row only."""
    if lines > 1:
        raise NotReadable(
            _("A quotation mark that is opened in row %(at)s is not closed."), code="file_quotes", at=number
        )
    return Row(number, None)


@dataclass
class Shape:
    """What can be wrong with a row before any cell is read."""

    headers: Sequence[str]

    def __post_init__(self) -> None:
        self.keys = [header_key(name) for name in self.headers]

    def fault(self, cells: list[str] | None) -> str:
        if cells is None:
            return "row_quotes"
        if len(cells) > len(self.headers) and any(cell.strip() for cell in cells[len(self.headers) :]):
            return "row_shifted"
        if cells[0].strip() == self.headers[0] and [header_key(cell) for cell in cells] == self.keys:
            return "row_header"
        return ""


def header_key(name: str) -> str:
    """`*手机（必填）` and `手机` are the same header."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", name)).casefold()


def find_header(file: BinaryIO, encoding: str, known: Collection[str]) -> Header:
    """The row among the first ten that knows most of the names; a title above the header does no harm."""
    found = [(candidate, _recognised(candidate, known)) for candidate in _candidates(file, encoding)]
    if not found:
        raise NotReadable(_("The file is empty."), code="file_empty")
    best, score = max(found, key=lambda pair: (pair[1], len(pair[0].names), -pair[0].row))
    if score == 0:
        best = min((header for header, _score in found), key=lambda header: (header.row, -len(header.names)))
        _refuse_data(best)
        _refuse_full_width_commas(best)
    _refuse_doubles(best)
    if len(best.names) > MOST_COLUMNS:
        raise NotReadable(_("The file has too many columns."), code="file_columns")
    return best


def _candidates(file: BinaryIO, encoding: str) -> Iterator[Header]:
    for delimiter in DELIMITERS:
        text = open_text(file, encoding, errors="replace")
        try:
            for row in rows_of(text, delimiter, most=HEADER_WITHIN):
                if row.cells is not None and any(cell.strip(BLANKS) for cell in row.cells):
                    yield Header(delimiter, row.number, [cell.strip() for cell in row.cells])
        except NotReadable:
            # Far enough; or a wrong delimiter, or truly an open quotation mark: reading the rows will tell.
            continue
        finally:
            text.detach()


def _recognised(header: Header, known: Collection[str]) -> int:
    return len({header_key(name) for name in header.names} & set(known))


def _refuse_data(header: Header) -> None:
    if any(_is_data(name) for name in header.names):
        raise NotReadable(
            _("The first row holds data, not the names of the columns. Add a row with the names on top."),
            code="header_missing",
        )


def _refuse_full_width_commas(header: Header) -> None:
    if any(header.names[0].count(sign) > 1 for sign in "，；、|"):
        raise NotReadable(
            _("The cells of this file are not separated by commas. Save it again as CSV."), code="file_delimiter"
        )


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


def _refuse_doubles(header: Header) -> None:
    seen: set[str] = set()
    for name in header.names:
        key = header_key(name)
        if key and key in seen:
            raise NotReadable(
                _("Two columns are called %(name)s. Rename one of them, then upload the file again."),
                code="header_double",
                name=name[:40],
            )
        seen.add(key)


def count_rows(file: BinaryIO, encoding: str, header: Header) -> int:
    text = open_text(file, encoding)
    try:
        total = sum(1 for row in rows_of(text, header.delimiter) if row.number > header.row)
    finally:
        text.detach()
    if total == 0:
        raise NotReadable(_("The file holds the names of columns but no rows."), code="file_no_rows")
    if total > MOST_ROWS:
        raise NotReadable(_("The file has too many rows. Split it into several files."), code="file_rows")
    return total
