"""What a room says about one kind of import: its columns, how each is read, and the SQL that takes the rows in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.backends.utils import CursorWrapper
from django.utils.functional import Promise

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry

Text: TypeAlias = str | Promise
Read = Callable[[str, date], Any]
STAGING = "import_row"


@dataclass(frozen=True)
class Column:
    """`read` gets the cell and today's date and raises `Unreadable`; an empty cell of an optional column is None.

    `refused` names the figure that counts rows refused for this column first (columns are tried in order).
    `is_staff`: the cell names a colleague; whoever is not found is asked for, and the staging column holds the id.
    `is_text`: free text, kept as written; cells that look like formulas are counted.
    """

    key: str
    label: Text
    synonyms: tuple[str, ...]
    read: Read
    sql_type: str = "text"
    is_required: bool = False
    is_staff: bool = False
    is_text: bool = False
    refused: str = "refused_other"


@dataclass(frozen=True)
class Figure:
    """A line of the result. `tone` "done" for what came in, "late" for what did not; headlines stand on top."""

    key: str
    label: Text
    tone: str = ""
    is_headline: bool = False


@dataclass(frozen=True)
class Option:
    key: str
    label: Text
    help: Text = ""


@dataclass(frozen=True)
class Choice:
    """Something the importer decides before the start; the first option is the proposal."""

    key: str
    label: Text
    options: tuple[Option, ...]


@dataclass
class Batch:
    """What `apply` works with: an open cursor, the staged rows in the table STAGING (line and the columns)."""

    cursor: CursorWrapper
    run_id: int
    actor: Actor
    now: datetime
    choices: Mapping[str, str]
    step: Callable[[], None]


@dataclass(frozen=True)
class Outcome:
    """Figures, and the records that came in (kind and a query for their ids) for the trail."""

    counts: dict[str, int]
    items: Sequence[tuple[str, Sequence[int]]] = ()


Derive = Callable[[Mapping[str, Any]], Sequence[Any]]


def nothing_derived() -> Derive:
    return lambda values: ()


@dataclass(frozen=True)
class ImportKind:
    """`access_kind`: the record type whose verb "import" is asked. `derived`: more staging columns (name, SQL type),
    filled by the function that `derive` makes anew for each run. `apply` runs inside the run's one transaction.
    `leads_to`: addresses offered beside the result.
    """

    key: str
    label: Text
    access_kind: str
    columns: tuple[Column, ...]
    apply: Callable[[Batch], Outcome]
    figures: tuple[Figure, ...]
    choices: tuple[Choice, ...] = ()
    derived: tuple[tuple[str, str], ...] = ()
    derive: Callable[[], Derive] = nothing_derived
    explain: Text = ""
    leads_to: tuple[tuple[str, Text], ...] = ()

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def staff_columns(self) -> Iterable[Column]:
        return (column for column in self.columns if column.is_staff)

    def choose(self, asked: Mapping[str, str]) -> dict[str, str]:
        """One option for each choice; what is not among them becomes the proposal."""
        return {
            choice.key: asked[choice.key]
            if asked.get(choice.key) in {option.key for option in choice.options}
            else choice.options[0].key
            for choice in self.choices
        }


KINDS: Registry[ImportKind] = Registry("import kinds")
