"""What the `table` component is fed with. Cells are ready-made text or Markup: formatting is done by who knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

NUMERIC = ("number", "money", "percent")
CAP = 10_000
# What `escape` would replace.
SIGNS = frozenset("&<>'\"")


@dataclass
class Column:
    """`kind`: text, longtext, number, money, percent, date, phone or badge. `sort`: the address that sorts by it.

    `is_title` marks the cell that leads to the row's `url`. On a phone a row becomes a card: that cell is its heading,
    longtext takes a whole line, and `is_minor` is left out.
    """

    key: str
    label: Any
    kind: str = "text"
    sort: str = ""
    direction: str = ""
    is_title: bool = False
    is_minor: bool = False

    @cached_property
    def attrs(self) -> Markup:
        """Attributes of each cell, made once per table and not once per cell."""
        return Markup(' class="{}" data-label="{}"').format(self.classes, self.label)

    @property
    def classes(self) -> str:
        names = ["num"] if self.kind in NUMERIC else [f"is-{self.kind}"]
        return " ".join(names + ["is-title"] * self.is_title + ["is-minor"] * self.is_minor)


@dataclass
class Row:
    """`tone` "late" or "faint" colours the row's marker; `url` is where Enter and the title cell lead."""

    key: Any
    cells: Sequence[Any]
    url: str = ""
    tone: str = ""
    label: Any = ""


@dataclass
class Paging:
    """Key paging has no page numbers: only the way back to newer rows and on to older ones."""

    newer: str = ""
    older: str = ""
    shown: int = 0


@dataclass
class Table:
    """`count` is capped: None hides it, `CAP` and more read as "10,000+".

    `glance`: what the arrow says that opens a look at the row; it asks for the row's `url` with /glance behind.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    label: Any = ""
    count: int | None = None
    paging: Paging = field(default_factory=Paging)
    selectable: bool = False
    glance: Any = ""
    target: str = "#list"

    @cached_property
    def title_at(self) -> int:
        return next((at for at, column in enumerate(self.columns) if column.is_title), -1)

    def cells_of(self, row: Row) -> Sequence[Any]:
        """The title cell as a link, so that keyboards and screen readers have one; done here, once per row."""
        at = self.title_at
        if at < 0 or not row.url or (isinstance(row.cells[at], Markup) and "<a " in row.cells[at]):
            return row.cells
        link = Markup(f'<a href="{safe(row.url)}">{safe(row.cells[at])}</a>')  # noqa: S704 (both parts are escaped)
        return [*row.cells[:at], link, *row.cells[at + 1 :]]

    @property
    def body(self) -> Markup:
        """The rows as HTML. Put together here and not in the template: they are the dearest part of a list page."""
        opens = [f"<td{column.attrs}>" for column in self.columns]
        return Markup("\n".join(self._row(row, opens) for row in self.rows))  # noqa: S704 (cells are escaped in _row)

    @property
    def lead_columns(self) -> int:
        return int(self.selectable) + int(bool(self.glance))

    def _lead(self, row: Row) -> str:
        """The tick and the arrow before the cells."""
        cells = ""
        if self.selectable:
            cells = (
                '<td class="pick"><label><input class="tick" type="checkbox" name="pick"'
                f' value="{safe(row.key)}" aria-label="{safe(row.label or row.key)}"></label></td>'
            )
        if self.glance:
            cells += (
                '<td class="more"><button class="expand" type="button" aria-expanded="false"'
                f' data-glance="{safe(row.url)}/glance" aria-label="{self._glance}"></button></td>'
            )
        return cells

    @cached_property
    def _glance(self) -> str:
        return safe(str(self.glance))

    def _row(self, row: Row, opens: Sequence[str]) -> str:
        tone = f' class="is-{safe(row.tone)}"' if row.tone else ""
        url = f' data-href="{safe(row.url)}"' if row.url else ""
        cells = "".join(f"{td}{safe(cell)}</td>" for td, cell in zip(opens, self.cells_of(row), strict=False))
        return f"<tr{tone}{url}>{self._lead(row)}{cells}</tr>"


def safe(cell: Any) -> str:
    """Escaped; most cells hold nothing to escape, and looking for it is much cheaper."""
    return cell if type(cell) is str and SIGNS.isdisjoint(cell) else str(escape(cell))


def counted(count: int, *, cap: int = CAP) -> str:
    return f"{cap:,}+" if count >= cap else f"{count:,}"
