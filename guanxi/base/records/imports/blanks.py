"""Templates to fill in: the columns of a kind as a workbook with drop-downs and hints, or as plain CSV.

The example row is recognised by its mark when it comes back, and left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ..cells import harmless
from .kinds import Column, ImportKind

ROWS = 5000
NARROWEST, WIDEST = 10, 28
# Longer lists do not fit into a cell's rule; they lie on a sheet of their own.
MOST_IN_RULE = 250
LISTS = "lists"
FORMATS = {"date": "yyyy-mm-dd", "money": "0.00", "number": "0"}
NAMES = {"name": "崔强", "phone": "13800001234"}


@dataclass(frozen=True)
class Form:
    content_type: str
    write: Callable[[ImportKind], bytes]


def as_csv(kind: ImportKind) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(str(column.label)) for column in kind.columns])
    writer.writerow(map(harmless, _example(kind)))
    return text.getvalue().encode("utf-8-sig")


def as_workbook(kind: ImportKind) -> bytes:
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _Blank(book, kind).write()
    book.close()
    return content.getvalue()


FORMS = {
    "xlsx": Form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
    "csv": Form("text/csv; charset=utf-8", as_csv),
}


class _Blank:
    def __init__(self, book: Workbook, kind: ImportKind) -> None:
        self.book, self.kind = book, kind
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F6", "valign": "top"})
        self.must = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F6", "font_color": "#B5392C"})
        self.text = book.add_format({"num_format": "@"})
        self.grey = book.add_format({"num_format": "@", "font_color": "#808080"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def write(self) -> None:
        sheet = self.book.add_worksheet(_("Rows"))
        self._explain(self.book.add_worksheet(_("How to fill this in")))
        for place, column in enumerate(self.kind.columns):
            self._column(sheet, place, column)
        for place, cell in enumerate(_example(self.kind)):
            sheet.write_string(1, place, cell, self.grey)
        sheet.freeze_panes(1, 0)

    def _column(self, sheet: Worksheet, place: int, column: Column) -> None:
        label = f"{column.label}*" if _is_needed(column) else str(column.label)
        width = min(WIDEST, max(NARROWEST, 2 * len(label) + 2))
        # Text everywhere else, so that zeros in front and long numbers stay as they are typed.
        form = FORMATS.get(column.kind)
        sheet.set_column(place, place, width, self.book.add_format({"num_format": form}) if form else self.text)
        sheet.write_string(0, place, label, self.must if _is_needed(column) else self.head)
        hint = _hint(column)
        if hint:
            sheet.write_comment(0, place, hint, {"x_scale": 2})
        if options := _options(column):
            source = options if len(",".join(options)) <= MOST_IN_RULE else self._listed(place, options)
            sheet.data_validation(
                1, place, ROWS, place, {"validate": "list", "source": source, "error_type": "warning"}
            )

    def _listed(self, place: int, options: list[str]) -> str:
        sheet = self.book.get_worksheet_by_name(LISTS)
        if sheet is None:
            sheet = self.book.add_worksheet(LISTS)
            sheet.hide()
        for row, option in enumerate(options):
            sheet.write_string(row, place, option)
        letter = _letters(place)
        return f"={LISTS}!${letter}$1:${letter}${len(options)}"

    def _explain(self, sheet: Worksheet) -> None:
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 12)
        sheet.set_column(2, 2, 80)
        lines = [
            _("Fill in the first sheet, one row for each record, and bring the file under Import."),
            _("Columns marked with * are needed for new records. Leave others empty or delete them."),
            _("The row marked as an example is left out; you need not delete it."),
        ]
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line)
        heads = [_("Column"), _("Needed"), _("What goes into it")]
        for place, text in enumerate(heads):
            sheet.write_string(len(lines) + 1, place, text, self.head)
        for row, column in enumerate(self.kind.columns, len(lines) + 2):
            cells = [str(column.label), _("Yes") if _is_needed(column) else "", _hint(column)]
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, self.wrapped)


def _is_needed(column: Column) -> bool:
    return column.is_required or column.is_needed


def _options(column: Column) -> list[str]:
    return [_("Yes"), _("No")] if _kind(column) == "yesno" else [str(option) for option in column.options]


def _kind(column: Column) -> str:
    """Columns declared by hand say it by how they are stored."""
    stored = {"boolean": "yesno", "date": "date"}.get(column.sql_type)
    return column.kind if column.kind != "text" else stored or "text"


def _hint(column: Column) -> str:
    kind, options = _kind(column), _options(column)
    usual = {
        "date": _("A day, for example 2026-01-31."),
        "phone": _("A mobile number, or a landline with its area code."),
        "money": _("An amount in yuan."),
    }.get(kind, "")
    if column.is_staff and not column.help:
        usual = _("A colleague's name or staff number.")
    offered = _("One of: %(options)s") % {"options": "、".join(options)} if options else ""
    return " ".join(part for part in (str(column.help), usual, offered) if part)


def _example(kind: ImportKind) -> list[str]:
    cells = [_example_of(column) for column in kind.columns]
    mark = _("[Example]")
    return [f"{mark}{cells[0]}", *cells[1:]]


def _example_of(column: Column) -> str:
    options = _options(column)
    if options:
        return options[0]
    if column.key in NAMES:
        return NAMES[column.key]
    return "2026-01-31" if _kind(column) == "date" else str(column.example)


def _letters(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
