"""A text file as rows: which sign separates, which row is the header, and the rows with their spreadsheet numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import BinaryIO

from .doubt import Doubt
from .encodings import CODECS, check, encoding_of, mark_length
from .handover import Output, Table
from .layout import BLANKS, HEADER_WITHIN, Header, choose_header, filled
from .limits import LONGEST_CELL, MOST_COLUMNS, MOST_LINES, MOST_ROWS, Unfit

DELIMITERS = ",\t;"
SAMPLE = 64 * 1024
# What a program writes for a character it could not keep.
REPLACED = "cell_replaced"
# Lost once, and the same lost again in GB18030.
REPLACEMENTS = ("\ufffd", "锟斤拷")
Numbered = tuple[int, list[str] | None]


def read_text(file: BinaryIO, out: Output, *, known: Collection[str], asked: str = "") -> None:
    csv.field_size_limit(LONGEST_CELL)
    if asked:
        check(file, asked)
    encoding = asked or encoding_of(file)
    delimiter, header = find_header(file, encoding, known)
    out.tell({"do": "text", "encoding": encoding, "delimiter": delimiter})
    table = Table(out, index=0, name="", known=known, most=MOST_ROWS, header=header)
    # Not asked again once a person has said what it is.
    doubt = None if asked else Doubt(encoding)
    for number, cells in rows_of(open_text(file, encoding), delimiter):
        if doubt and cells:
            doubt.see(cells)
        table.add(number, cells, _replaced(cells) if cells else None)
    table.end()
    is_doubtful = doubt is not None and doubt.is_justified(is_recognised=_is_recognised(header))
    out.tell({"do": "end", "is_doubtful": is_doubtful})


def _replaced(cells: list[str]) -> dict[int, str] | None:
    text = "".join(cells)
    if text.isascii() or not any(sign in text for sign in REPLACEMENTS):
        return None
    return {place: REPLACED for place, cell in enumerate(cells) if any(sign in cell for sign in REPLACEMENTS)}


def _is_recognised(header: Header) -> bool:
    return header.score > 1 and not all(name.isascii() for name in header.names)


def open_text(file: BinaryIO, encoding: str, *, errors: str = "strict") -> io.TextIOWrapper:
    file.seek(mark_length(file, encoding))
    # A descriptor of its own would outlive no limit; the wrapper must not close ours either.
    return _Lasting(file, encoding=CODECS[encoding], errors=errors, newline="")


class _Lasting(io.TextIOWrapper):
    def close(self) -> None:
        """The file is read again."""

    def __del__(self) -> None:
        """The same, when nobody needs the wrapper any more."""


def rows_of(text: io.TextIOBase, delimiter: str, *, most: int = MOST_LINES) -> Iterator[Numbered]:
    """Blank rows have a number too, as in a spreadsheet, but are left out. Raises Unfit after `most` of both."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number, before = number + 1, reader.line_num
        if number > most:
            raise Unfit("rows", most=MOST_ROWS)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _broken(number, reader.line_num - before)
            continue
        if len(cells) > MOST_COLUMNS:
            cells = _cut(cells)
        if any(cell.strip() for cell in cells):
            yield number, cells


def _cut(cells: list[str]) -> list[str]:
    """One cell more than there can be columns is enough to know that it does not fit."""
    beyond = next((cell for cell in cells[MOST_COLUMNS:] if cell.strip()), "")
    return [*cells[:MOST_COLUMNS], beyond]


def _broken(number: int, lines: int) -> Numbered:
    """A quotation mark that swallowed lines spoils all that follows; one within a line spoils that row only."""
    if lines > 1:
        raise Unfit("quotes", at=number)
    return number, None


def find_header(file: BinaryIO, encoding: str, known: Collection[str]) -> tuple[str, Header]:
    """A title above the header does no harm."""
    found = [(sign, header) for sign in DELIMITERS if (header := _candidate(file, encoding, sign, known))]
    if not found:
        # Nothing but blanks, or something that no sign cuts into cells.
        start = open_text(file, encoding, errors="replace").read(SAMPLE)
        raise Unfit("delimiter" if start.strip(f"{BLANKS}\r\n") else "empty")
    if any(header.score for _sign, header in found):
        return max(found, key=lambda pair: (pair[1].score, len(pair[1].names), -pair[1].row))
    return max(found, key=lambda pair: (len(pair[1].names), -pair[1].row))


def _candidate(file: BinaryIO, encoding: str, delimiter: str, known: Collection[str]) -> Header | None:
    text = open_text(file, encoding, errors="replace")
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, cells in rows_of(text, delimiter, most=HEADER_WITHIN):
            if cells and filled(cells):
                rows.append((number, cells))
    except Unfit:
        # Far enough; or a wrong delimiter, or truly an open quotation mark: reading the rows will tell.
        pass
    header = choose_header(rows, known)
    return replace(header, names=header.names) if header else None
