"""One worksheet, row by row: cells to text, merges repeated downwards, damage marked."""

from __future__ import annotations

import re
from collections.abc import Callable

from .archive import Archive
from .figures import ERROR, EXACT_DIGITS, FORMULA, LONG, LOST, Figures
from .handover import Table
from .limits import LONGEST_CELL, MOST_COLUMNS, MOST_LINES, Unfit
from .strings import unescaped
from .xml import local, parse

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ROW = re.compile(r"[1-9]\d{0,6}", re.ASCII)
LAST_COLUMN = 16_384
MOST_MERGES = 200_000
MOST_REMEMBERED = 50_000
OVERLAP = 200
UNKNOWN = "#?"
BOOLEANS = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}


def _text(stored: str) -> tuple[str, str]:
    return unescaped(stored), ""


def _boolean(stored: str) -> tuple[str, str]:
    return BOOLEANS.get(stored, stored), ""


def _error(stored: str) -> tuple[str, str]:
    return stored, ERROR


def _iso_date(stored: str) -> tuple[str, str]:
    return stored.replace("T00:00:00", "").replace("T", " "), ""


def column_index(letters: str) -> int:
    """A is 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    if index > LAST_COLUMN:
        raise Unfit("damaged")
    return index - 1


class SheetReader:
    """`repeated` counts cells that got the value of the merge they lie in."""

    def __init__(
        self, table: Table, strings: list[str], formats: list[str], figures: Figures, *, is_uncalculated: bool
    ) -> None:
        self.table, self.strings, self.formats, self.figures = table, strings, formats, figures
        self.is_uncalculated = is_uncalculated
        self.repeated = self.hidden_rows = 0
        self.number, self.digits = 0, ""
        self.cells: list[str] = []
        self.damage: dict[int, str] = {}
        self.is_hidden = False
        self.place = -1
        self.kind = self.style = ""
        self.is_formula = self.is_taking = self.is_pronounced = False
        self.pieces: list[str] = []
        self.readers: dict[str, Callable[[str], tuple[str, str]]] = {
            "s": self._shared, "n": self._figure, "b": _boolean, "e": _error, "d": _iso_date
        }  # fmt: skip
        self.columns: dict[str, int] = {}
        self.remembered: dict[tuple[str, str], tuple[str, str]] = {}
        self.merges: dict[int, list[tuple[int, int]]] = {}
        # Place to the last row of the merge, its text and damage.
        self.repeating: dict[int, tuple[int, str, str]] = {}

    def read(self, archive: Archive, part: str) -> None:
        # Merges stand behind the rows, so the part is unpacked twice rather than kept.
        before = archive.unpacked
        self.merges = _merges_down(archive, part)
        archive.unpacked = before
        parse(archive.chunks(part), self._start, end=self._end, text=self._text)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v":
            self.is_taking = True
        elif tag == "f":
            self.is_formula = True
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "t":
            self.is_taking = not self.is_pronounced
        elif tag == "rPh":
            self.is_pronounced = True
        elif ":" in tag:
            self._start(local(tag), attributes)

    def _end(self, tag: str) -> None:
        if tag == "v" or tag == "t":
            self.is_taking = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self.is_pronounced = False
        elif ":" in tag:
            self._end(local(tag))

    def _text(self, data: str) -> None:
        if self.is_taking:
            self.pieces.append(data)

    def _start_row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r")
        number = self.number + 1 if written is None else int(written) if _ROW.fullmatch(written) else 0
        if not self.number < number <= MOST_LINES:
            raise Unfit("damaged")
        self.number, self.digits = number, str(number)
        self.cells, self.damage, self.place = [], {}, -1
        self.is_hidden = attributes.get("hidden") in ("1", "true")

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self.place = self.place + 1 if reference is None else self._place(reference)
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.is_formula = False
        self.pieces.clear()

    def _place(self, reference: str) -> int:
        letters = reference.removesuffix(self.digits)
        known = self.columns.get(letters)
        if known is None:
            found = _REFERENCE.fullmatch(reference)
            if found is None or found.group(1) != letters:
                raise Unfit("damaged")
            known = self.columns[letters] = column_index(letters)
        return known

    def _end_cell(self) -> None:
        """Most of the time is spent here, so the usual cell takes the short way."""
        pieces = self.pieces
        stored = pieces[0] if len(pieces) == 1 else "".join(pieces)
        if not stored and not self.is_formula:
            return
        text, damage = (self.readers.get(self.kind) or _text)(stored) if not self.is_formula else self._result(stored)
        if not damage and text and self.place == len(self.cells) < MOST_COLUMNS and len(text) <= LONGEST_CELL:
            self.cells.append(text)
        elif text or damage:
            self._put(text, damage)

    def _put(self, text: str, damage: str) -> None:
        # One column too many is enough to know that it does not fit.
        place, cells = min(self.place, MOST_COLUMNS), self.cells
        text = text or UNKNOWN
        if len(text) > LONGEST_CELL:
            text, damage = text[:LONGEST_CELL], LONG
        if place == len(cells):
            cells.append(text)
        elif place > len(cells):
            cells.extend([""] * (place - len(cells)))
            cells.append(text)
        else:
            cells[place] = text
        if damage:
            self.damage[place] = damage

    def _result(self, stored: str) -> tuple[str, str]:
        """What a formula gave when the workbook was saved. An empty text is a result, nothing at all is none."""
        if self.is_uncalculated or (not stored and self.kind != "str"):
            return UNKNOWN, FORMULA
        return (self.readers.get(self.kind) or _text)(stored)

    def _shared(self, stored: str) -> tuple[str, str]:
        try:
            index = int(stored)
            return (self.strings[index], "") if index >= 0 else ("", LOST)
        except (ValueError, IndexError):
            return stored, LOST

    def _figure(self, stored: str) -> tuple[str, str]:
        kind = self._format()
        if not kind and len(stored) <= EXACT_DIGITS and stored.isdecimal() and stored.isascii():
            return stored, ""
        key = (stored, kind)
        known = self.remembered.get(key)
        if known is None:
            known = self.figures.read(stored, kind)
            if len(self.remembered) < MOST_REMEMBERED:
                self.remembered[key] = known
        return known

    def _format(self) -> str:
        style = self.style
        if not style or not style.isdecimal() or len(style) > 7:
            return ""
        index = int(style)
        return self.formats[index] if index < len(self.formats) else ""

    def _end_row(self) -> None:
        if self.repeating or self.number in self.merges:
            self._repeat()
        if not any(cell and not cell.isspace() for cell in self.cells) and not self.damage:
            return
        self.hidden_rows += self.is_hidden
        self.table.add(self.number, self.cells, self.damage)

    def _repeat(self) -> None:
        """The value of a merge stands in each of its rows, if the row holds anything of its own."""
        if any(self.cells):
            for place, (last, text, damage) in list(self.repeating.items()):
                if self.number > last:
                    del self.repeating[place]
                elif place >= len(self.cells) or not self.cells[place]:
                    self.place = place
                    self._put(text, damage)
                    self.repeated += 1
        for place, last in self.merges.get(self.number, ()):
            if place < len(self.cells) and self.cells[place]:
                self.repeating[place] = (last, self.cells[place], self.damage.get(place, ""))


def _merges_down(archive: Archive, part: str) -> dict[int, list[tuple[int, int]]]:
    """First row to (place, last row) of merges over several rows."""
    found: dict[int, list[tuple[int, int]]] = {}
    count, rest = 0, b""
    for chunk in archive.chunks(part):
        seen = rest + chunk
        upto = 0
        for match in _MERGE.finditer(seen):
            upto = match.end()
            left, top, _right, bottom = match.groups()
            if int(bottom) > int(top):
                count += 1
                found.setdefault(int(top), []).append((column_index(left.decode()), int(bottom)))
        if count > MOST_MERGES:
            raise Unfit("too_much")
        rest = seen[max(upto, len(seen) - OVERLAP) :]
    return found
