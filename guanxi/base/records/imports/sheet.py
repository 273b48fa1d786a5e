"""A row of a table, and what can be wrong with it before any cell is read. Without Django: the confined process
reads with it too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_DECORATION = re.compile(r"[\s*:·_\-]|\(.*?\)|\[.*?\]|【.*?】")
# How the example row of our templates begins, in either language (see blanks.py).
EXAMPLE_MARKS = ("【示例】", "[Example]")
UNHARMED: Mapping[int, str] = {}


class Row(NamedTuple):
    """`number`: the row a spreadsheet shows. `cells` None: the quotation marks of this row don't match.

    `damage`: place of a cell to what the spreadsheet did to it (a key of readers.DAMAGES); its text is not to be
    taken for what was meant.
    """

    number: int
    cells: list[str] | None
    damage: Mapping[int, str] = UNHARMED


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


def is_example(cells: Sequence[str] | None) -> bool:
    """The row of a template that shows how to fill it in."""
    return bool(cells) and str(cells[0]).lstrip().startswith(EXAMPLE_MARKS)  # type: ignore[index]  # not empty, so not None
