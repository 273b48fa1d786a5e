"""What a room says about one kind of import: its columns, how each is read, and the SQL that takes the rows in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.backends.utils import CursorWrapper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry

Text: TypeAlias = str | Promise
Read = Callable[[str, date], Any]
STAGING = "import_row"


@dataclass(frozen=True)
class Column:
    """`read` gets the cell and today's date and raises `Unreadable`; an empty cell of an optional column is None.

    `refused` names the figure that counts rows refused for this column first (columns are tried in order).
    `is_staff`: the cell names a colleague; whoever is not found is asked for, and the staging column holds the id. An
    empty cell is asked about too, when `asks_if_empty`. `is_text`: free text, kept as written; cells that look like
    formulas are counted. `is_needed`: only a new record cannot do without it. `options` (what a drop-down offers),
    `kind`, `help` and `example` are for the template that people fill in.
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
    asks_if_empty: bool = False
    is_needed: bool = False
    options: tuple[Text, ...] = ()
    kind: str = "text"
    help: Text = ""
    example: Text = ""


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


GOOD, WHOLE = "good", "whole"
ROWS = Choice(
    "rows",
    _("When rows are refused"),
    (
        Option(
            GOOD, _("Take the good rows in"), _("The refused ones can be downloaded with the reasons and corrected.")
        ),
        Option(WHOLE, _("Take nothing in"), _("All rows come in, or none does.")),
    ),
)


@dataclass
class Batch:
    """What `apply` works with: an open cursor, the staged rows in the table STAGING (line, mark and the columns).

    `mapped` names the columns that the file has; `decisions` says by row what is done with a record known already.
    """

    cursor: CursorWrapper
    run_id: int
    actor: Actor
    now: datetime
    choices: Mapping[str, str]
    step: Callable[[], None]
    mapped: frozenset[str] = frozenset()
    decisions: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Late:
    """A row refused only when it was compared with what is stored."""

    line: int
    code: str
    text: Text
    column: str = ""


@dataclass(frozen=True)
class Pair:
    """A row and the record it means: field to (as the record has it, as the file has it), texts ready to be shown."""

    line: int
    title: str
    url: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Outcome:
    """Figures, the records that came in (kind and ids) and those that were changed, for the trail and for undoing."""

    counts: dict[str, int]
    items: Sequence[tuple[str, Sequence[int]]] = ()
    changed: Sequence[tuple[str, Sequence[int]]] = ()
    refused: Sequence[Late] = ()
    pairs: Sequence[Pair] = ()


Derive = Callable[[Mapping[str, Any]], Sequence[Any]]


def nothing_derived() -> Derive:
    return lambda values: ()


@dataclass(frozen=True)
class ImportKind:
    """`access_kind`: the record type whose verb "import" is asked. `derived`: more staging columns (name, SQL type),
    filled by the function that `derive` makes anew for each run. `apply` runs inside the run's one transaction.
    `leads_to`: addresses offered beside the result. `offer`: choices that depend on the columns the file has.
    `number`: the column by which rows name records that exist, so that they need no others. `beside`: kinds that other
    sheets of the same workbook may hold. `one_of`: columns of which the file has to have one. `undo`: takes
    back what is no record of its own, by the number of the run.
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
    offer: Callable[[Mapping[str, int]], tuple[Choice, ...]] | None = None
    number: str = ""
    beside: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    undo: Callable[[int], None] | None = None

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def staff_columns(self) -> Iterable[Column]:
        return (column for column in self.columns if column.is_staff)

    def offered(self, mapping: Mapping[str, int]) -> tuple[Choice, ...]:
        return (*(self.offer(mapping) if self.offer else self.choices), ROWS)

    def choose(self, asked: Mapping[str, str], mapping: Mapping[str, int]) -> dict[str, str]:
        """One option for each choice; what is not among them becomes the proposal."""
        return {
            choice.key: asked[choice.key]
            if asked.get(choice.key) in {option.key for option in choice.options}
            else choice.options[0].key
            for choice in self.offered(mapping)
        }


class Kinds(Registry[ImportKind]):
    """Those that rooms register, and one for every type of record that people may create (see standard.py)."""

    def __init__(self) -> None:
        super().__init__("import kinds")
        self._standard: Callable[[], Mapping[str, Callable[[], ImportKind]]] = dict

    def provide(self, standard: Callable[[], Mapping[str, Callable[[], ImportKind]]]) -> None:
        self._standard = standard

    def registered_for(self) -> set[str]:
        return {kind.access_kind for kind in self._entries.values()}

    def get(self, key: str) -> ImportKind:
        return self._entries[key] if key in self._entries else self._standard()[key]()

    def find(self, key: str) -> ImportKind | None:
        return self.get(key) if key in self else None

    def keys(self) -> list[str]:
        return list(dict.fromkeys([*self._entries, *self._standard()]))

    def __contains__(self, key: object) -> bool:
        return key in self._entries or key in self._standard()

    def __iter__(self) -> Iterator[ImportKind]:
        return iter([self.get(key) for key in self.keys()])

    def __len__(self) -> int:
        return len(self.keys())


KINDS = Kinds()
