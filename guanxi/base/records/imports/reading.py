"""One row of the file into values, or into every reason why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Unreadable

from ..cells import plain_again
from .damage import sentence_of
from .kinds import Column, ImportKind
from .readers import looks_like_formula
from .sheet import Row, Shape

Reason = dict[str, str]
MOST_KNOWN = 10_000
_SHAPES = {
    "row_quotes": _("The quotation marks of this row do not match."),
    "row_shifted": _("This row has more cells than the header has names; a comma may have split one."),
    "row_header": _("This row repeats the header."),
}
_NOT_STAFF = _("This colleague is not on the staff.")


@dataclass
class Reader:
    """`counts` grows while rows are read; `values` of an accepted row come in the order of the kind's columns.

    `is_text`: a text file, whose cells may bear the sign our exports put in front (cells.py); a workbook has none.
    """

    kind: ImportKind
    mapping: Mapping[str, int]
    headers: Sequence[str]
    staff: Mapping[str, int | None]
    today: date
    is_text: bool = True
    counts: dict[str, int] = field(default_factory=lambda: {"rows": 0, "refused": 0, "formula_text_cells": 0})
    _sentences: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._plan = [(column, self.mapping.get(column.key, -1)) for column in self.kind.columns]
        self._shape = Shape(self.headers)
        # Most columns repeat a few hundred values; those already read are looked up.
        self._known: dict[str, dict[str, Any]] = {column.key: {} for column in self.kind.columns}
        self._texts = [place for column, place in self._plan if column.is_text and place >= 0]
        self.counts |= {column.refused: 0 for column in self.kind.columns} | {"refused_other": 0}

    def read(self, row: Row) -> tuple[dict[str, Any], list[Reason]]:
        self.counts["rows"] += 1
        cells = row.cells
        fault = self._shape.fault(cells)
        if fault or cells is None:
            return {}, self._refuse("refused_other", [self._reason("", fault, _SHAPES[fault])])
        values, reasons = self._values(cells, row.damage)
        if reasons:
            return {}, self._refuse(self.kind.column(reasons[0]["column"]).refused, reasons)
        self.counts["formula_text_cells"] += sum(
            looks_like_formula(cells[place]) for place in self._texts if place < len(cells) and cells[place]
        )
        return values, []

    def _refuse(self, figure: str, reasons: list[Reason]) -> list[Reason]:
        self.counts[figure] += 1
        self.counts["refused"] += 1
        return reasons

    def _values(self, cells: list[str], damage: Mapping[int, str]) -> tuple[dict[str, Any], list[Reason]]:
        values: dict[str, Any] = {}
        reasons: list[Reason] = []
        for column, place in self._plan:
            if damage and place in damage:
                reasons.append(self._reason(column.key, damage[place], sentence_of(damage[place])))
                continue
            cell = cells[place] if 0 <= place < len(cells) else ""
            cell = plain_again(cell) if self.is_text else cell
            known = self._known[column.key]
            if cell in known:
                values[column.key] = known[cell]
                continue
            try:
                value = values[column.key] = self._value(column, cell)
            except Unreadable as refused:
                reasons.append(self._reason(column.key, refused.code, refused.message))
                continue
            if len(known) < MOST_KNOWN:
                known[cell] = value
        return values, reasons

    def _value(self, column: Column, cell: str) -> Any:
        if column.is_staff and (column.asks_if_empty or cell.strip()):
            return self._staff_id(column.read(cell, self.today))
        if not column.is_required and (not cell or cell.isspace()):
            return None
        return column.read(cell, self.today)

    def _staff_id(self, key: str) -> int:
        found = self.staff.get(key)
        if found is None:
            raise Unreadable(_NOT_STAFF, code="staff_unknown")
        return found

    def _reason(self, column: str, code: str, message: str | Promise) -> Reason:
        if code not in self._sentences:
            self._sentences[code] = in_english(message)
        return {"column": column, "code": code, "text": self._sentences[code]}


def in_english(message: object) -> str:
    """Sentences are kept in English, the language of the catalogue's keys; shown in the reader's (see report.py)."""
    with translation.override("en"):
        return str(message)
