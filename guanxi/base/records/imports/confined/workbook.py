"""An Excel workbook (xlsx, xlsm) as tables: values as they were saved; no formula, macro or link is followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import BinaryIO

from . import sheets
from .archive import Archive
from .figures import Figures, kind_of
from .handover import Output, Table
from .limits import MOST_TABLES, MOST_WORKBOOK_ROWS, Unfit
from .strings import shared_strings
from .xml import local, parse

MOST_STYLES = 100_000
_OTHERS = {"xl/workbook.bin": "binary_workbook", "word/document.xml": "document", "ppt/presentation.xml": "document"}
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass
class Sheet:
    name: str
    part: str
    is_hidden: bool


@dataclass
class Book:
    """`formats`: the kind of figure for each style of a cell."""

    sheets: list[Sheet] = field(default_factory=list)
    is_1904: bool = False
    is_uncalculated: bool = False
    formats: list[str] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_workbook(file: BinaryIO, out: Output, *, known: Collection[str]) -> None:
    archive = Archive(file)
    book = _look_at(archive)
    figures = Figures(is_1904=book.is_1904)
    for index, sheet in enumerate(book.sheets):
        table = Table(out, index=index, name=sheet.name, known=known, most=MOST_WORKBOOK_ROWS)
        reader = sheets.SheetReader(table, book.strings, book.formats, figures, is_uncalculated=book.is_uncalculated)
        reader.read(archive, sheet.part)
        table.end(is_hidden=sheet.is_hidden, merged=reader.repeated, hidden_rows=reader.hidden_rows)
    out.tell({"do": "end", "notes": book.notes})


def _look_at(archive: Archive) -> Book:
    main = _main_part(archive)
    parts = dict(_relations(archive, main))
    book = Book()
    _read_main(archive, main, parts, book)
    if len(book.sheets) > MOST_TABLES:
        raise Unfit("sheets", most=MOST_TABLES)
    folder = dirname(main)
    if f"{folder}/styles.xml" in archive.names:
        book.formats = _formats(archive, f"{folder}/styles.xml")
    if f"{folder}/sharedStrings.xml" in archive.names:
        book.strings = shared_strings(archive.chunks(f"{folder}/sharedStrings.xml"))
    book.notes += _notes(archive, book)
    return book


def _notes(archive: Archive, book: Book) -> Iterator[str]:
    if any(name.casefold().endswith("vbaproject.bin") for name in archive.names):
        yield "macros"
    if any("/externalLinks/" in name for name in archive.names):
        yield "links"
    if book.is_1904:
        yield "since_1904"


def _main_part(archive: Archive) -> str:
    for name, key in _OTHERS.items():
        if name in archive.names:
            raise Unfit(key)
    if "mimetype" in archive.names and b"".join(archive.chunks("mimetype")).strip() == ODS:
        raise Unfit("ods")
    if "[Content_Types].xml" not in archive.names:
        raise Unfit("compressed")
    found = [target for _id, target in _relations(archive, "", kind="/officeDocument")]
    main = found[0] if found else "xl/workbook.xml"
    if main not in archive.names:
        raise Unfit("compressed" if not any(name.startswith("xl/") for name in archive.names) else "damaged")
    return main


def _relations(archive: Archive, part: str, *, kind: str = "/worksheet") -> Iterator[tuple[str, str]]:
    """Id to part, for parts of this kind inside the workbook."""
    folder, _slash, name = part.rpartition("/")
    path = join(folder, "_rels", f"{name}.rels")
    found: list[tuple[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        is_asked = local(tag) == "Relationship" and attributes.get("Type", "").endswith(kind)
        if is_asked and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            found.append((attributes.get("Id", ""), inside))

    if path in archive.names:
        parse(archive.chunks(path), start)
    yield from found


def _read_main(archive: Archive, main: str, parts: dict[str, str], book: Book) -> None:
    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "sheet":
            own = {local(key): value for key, value in attributes.items()}
            part = parts.get(own.get("id", ""), "")
            # What is no worksheet (a chart, a dialogue) has no relation of that kind.
            if part in archive.names:
                book.sheets.append(Sheet(own.get("name", "")[:64], part, own.get("state", "visible") != "visible"))
        elif name == "workbookPr":
            book.is_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "calcPr":
            book.is_uncalculated = attributes.get("fullCalcOnLoad") in ("1", "true")

    parse(archive.chunks(main), start)
    if not book.sheets:
        raise Unfit("damaged")


def _formats(archive: Archive, part: str) -> list[str]:
    codes: dict[int, str] = {}
    formats: list[str] = []
    within: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        within.append(name)
        if name == "numFmt" and "numFmts" in within[:3]:
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:255]
        elif name == "xf" and within[-2:-1] == ["cellXfs"]:
            formats.append(kind_of(_number(attributes.get("numFmtId")), codes))
        if max(len(codes), len(formats)) > MOST_STYLES or len(within) > 100:
            raise Unfit("damaged")

    parse(archive.chunks(part), start, end=lambda tag: within.__delitem__(-1))
    return formats


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
