"""What the `table` component is fed with. Cells are ready-made text or Markup: formatting is done by who knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup

NUMERIC = ("number", "money", "percent")
CAP = 10_000


@dataclass
class Column:
    """`kind`: text, number, money, percent, date, badge or link. `sort` is the address that sorts by this column.

    On a phone a row becomes a card: `is_title` is its heading, `is_minor` is left out.
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
    """`count` is capped: None hides it, `CAP` and more read as "10,000+"."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    label: Any = ""
    count: int | None = None
    paging: Paging = field(default_factory=Paging)
    selectable: bool = False
    target: str = "#list"


def counted(count: int, *, cap: int = CAP) -> str:
    return f"{cap:,}+" if count >= cap else f"{count:,}"
