"""A list as a workbook: every cell with its type, written row by row so that memory does not grow with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from ..cells import writable
from ..types import ListColumn
from .about import About
from .rows import Value

# What Excel counts its days from; earlier ones it cannot hold and are written as text.
FIRST_DAY = date(1900, 3, 1)
EXACT = 10**15
WIDEST, NARROWEST, MEASURED = 60, 6, 1000
FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "money": "#,##0.00"}
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


class WorkbookFile:
    def __init__(self, path: Path, columns: Sequence[ListColumn], about: About) -> None:
        self.columns, self.about, self.rows = columns, about, 0
        self.book = Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)})
        self.book.set_properties({"title": writable(about.title), "author": writable(about.who)})
        self._bold = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        # As text also when somebody types into the cell again: Excel would work it out then.
        self._text = self.book.add_format({"num_format": "@"})
        self._formats = [self._format(column.kind) for column in columns]
        self._dates = {kind: self._format(kind) for kind in ("date", "moment")}
        self.sheet = self.book.add_worksheet(sheet_name(about.title))
        self._widths = [0] * len(columns)
        self._head()

    def _format(self, kind: str) -> Any:
        return self.book.add_format({"num_format": FORMATS[kind]}) if kind in FORMATS else None

    def _head(self) -> None:
        for place, column in enumerate(self.columns):
            label = writable(str(column.label))
            self._widths[place] = width(label) + 2
            self.sheet.write_string(0, place, label, self._bold)
        self.sheet.freeze_panes(1, 0)

    def add(self, row: Sequence[Value]) -> None:
        self.rows += 1
        for place, value in enumerate(row):
            if value is not None and value != "":
                self._cell(place, value)
        if self.rows <= MEASURED:
            self._widths = [max(w, shown_width(v)) for w, v in zip(self._widths, row, strict=True)]

    def _cell(self, place: int, value: Value) -> None:
        """Never `write`, which guesses: a text stays a text, whatever it begins with."""
        if isinstance(value, date):
            self._day(place, value)
        elif isinstance(value, int | float | Decimal) and -EXACT < value < EXACT:
            self.sheet.write_number(self.rows, place, value, self._formats[place])
        else:
            self.sheet.write_string(self.rows, place, str(value), self._text)

    def _day(self, place: int, value: date) -> None:
        is_moment = isinstance(value, datetime)
        if (value.date() if isinstance(value, datetime) else value) < FIRST_DAY:
            self.sheet.write_string(self.rows, place, value.isoformat(), self._text)
            return
        self.sheet.write_datetime(self.rows, place, value, self._dates["moment" if is_moment else "date"])

    def close(self) -> None:
        last = max(len(self.columns) - 1, 0)
        self.sheet.autofilter(0, 0, self.rows, last)
        for place, wide in enumerate(self._widths):
            self.sheet.set_column(place, place, min(max(wide, NARROWEST), WIDEST))
        self._paper(self.sheet)
        self.sheet.set_landscape()
        self.sheet.repeat_rows(0)
        self._about()
        self.book.close()

    def _paper(self, sheet: Any) -> None:
        """Who, when and how many rows stand on every page; Excel's own signs for page and pages."""
        about = self.about
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L{literal(about.company)}&C{literal(about.title)}")
        sheet.set_footer(f"&L{literal(about.mark(self.rows))}&R&P / &N")

    def _about(self) -> None:
        sheet = self.book.add_worksheet(sheet_name(_("About this file"), beside=self.sheet.name))
        sheet.set_column(0, 0, 24, self.book.add_format({"bold": True, "valign": "top"}))
        sheet.set_column(1, 1, 80, self.book.add_format({"text_wrap": True}))
        for place, (what, which) in enumerate(self.about.facts(self.rows)):
            sheet.write_string(place, 0, writable(what))
            sheet.write_string(place, 1, writable(which))
        self._paper(sheet)


def sheet_name(title: str, *, beside: str = "") -> str:
    """As Excel takes it: 31 characters, some signs not, and no two the same."""
    name = _NOT_IN_A_NAME.sub(" ", writable(title)).strip().strip("'")[:31] or "1"
    return f"{name[:29]} 2" if name.casefold() == beside.casefold() else name


def literal(text: str) -> str:
    """For headers and footers, where & begins an order; all together may have 255 characters."""
    return writable(text).replace("&", "&&").replace("\n", " ")[:100]


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shown_width(value: Value) -> int:
    if isinstance(value, datetime):
        return 17
    if isinstance(value, date):
        return 11
    return width(str(value)[:WIDEST]) + 1 if value is not None else 0
