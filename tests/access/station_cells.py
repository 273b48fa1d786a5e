"""The cells of the matrix that are about one customer or what belongs to it, asked about every station instead.

A cell is found by what its arguments take from the world. What is asked of whom is written in NEEDS by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS
from .policy import Lie, may
from .stations import Station
from .sweep import Cell
from .test_sweep import placed

SUBJECTS = {
    "customer": "customer",
    "activity": "activity",
    "form": "fileform",
    "duty": "duty",
    "document": "customer",
    "visit": "coming",
}


class Noted(dict[str, Any]):
    """Things by name; which were asked for is noted."""

    def __init__(self, seen: set[str]) -> None:
        super().__init__()
        self.seen = seen

    def __missing__(self, key: str) -> int:
        self.seen.add(key)
        return 0


class Probe:
    """A world in which everything is there, and which says what was taken."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.things = Noted(self.seen)

    def __getattr__(self, name: str) -> Any:
        one = SimpleNamespace(pk=0, id=0)
        if name in ("staff", "account", "post", "unit", "role"):
            return lambda *_which: one
        self.seen.add(name)
        return one


def taken_by(cell: Cell) -> set[str]:
    probe: Any = Probe()
    if cell.route != "org:session-end":  # looks into the database for its session
        cell.args(probe)
        if cell.data and probe.seen <= set(SUBJECTS):
            cell.data(probe)
    return probe.seen


@dataclass(frozen=True)
class StationCell:
    cell: Cell
    subject: str

    @property
    def label(self) -> str:
        return self.cell.label

    @property
    def reads(self) -> bool:
        return self.cell.method == "GET"


def station_cells() -> Iterator[StationCell]:
    for cell in [*CELLS, *map(placed, OPERATIONS.values())]:
        subjects = taken_by(cell)
        if len(subjects) == 1 and (subject := next(iter(subjects))) in SUBJECTS and cell.route not in ELSEWHERE:
            yield StationCell(cell, subject)


# What a step asks beyond seeing its subject, by the last word of its address; reading, where nothing stands here.
VERBS = {
    "customer-move": "update",
    "customer-edit": "update",
    "edit": "update",
    "rest": "update",
    "team-add": "update",
    "transfer": "transfer",
    "remove": "delete",
    "replace": "update",
    "coming-edit": "update",
    "coming-move": "update",
    "coming-table": "update",
    "coming-remove": "delete",
    "fileform-move": "update",
    "fileform-edit": "update",
    "form-remove": "delete",
    "duty-log": "update",
    "duty-postpone": "update",
    "duty-hand-over": "update",
    "duty-withdraw": "update",
    "customers-one-transfer": "transfer",
    "duties-one-postpone": "update",
    "duties-one-hand-over": "update",
    "duties-one-withdraw": "update",
    "duties-one-finish": "update",
    "duties-one-activities": "update",
    "document-level": "update",
    "consent-record": "update",
    "consent-withdraw": "update",
}
# A bulk run takes any ids and works on one's own alone: test_ids_everywhere.py.
ELSEWHERE = {"records:bulk-start"}
BY_METHOD = {"PATCH": "update", "DELETE": "delete"}


def verb_of(cell: Cell) -> str:
    if cell.route == "documents:outside":
        return "read"
    if cell.route.startswith("documents:") and (cell.method == "POST" or cell.route == "documents:remove"):
        return "update"
    last = cell.route.split(":")[-1]
    return VERBS.get(last) or BY_METHOD.get(cell.method, "read")


def expected(one: StationCell, station: Station, who: str) -> bool | None:
    """None: either answer is right, for reasons beside the right (closed duties, guidance for oneself)."""
    lie, kind, verb = station.lie_of(SUBJECTS[one.subject]), SUBJECTS[one.subject], verb_of(one.cell)
    if one.cell.route == "rulebooks:board-guidance":
        return None if may(who, "daycheck", "create", lie) and not station.is_first else may_guide(who, lie)
    if lie.is_in_bin and kind in ("customer", "activity"):
        return None if may(who, "customer", "delete", lie) else False
    if kind == "activity":
        return may(who, "customer", "read", lie) and (verb == "read" or changes_contacts(who, station))
    granted = may(who, kind, verb, lie)
    # What lies beside a customer in the bin stays with its people; its duties are closed.
    return None if granted and lie.is_in_bin else granted


def may_guide(who: str, lie: Lie) -> bool:
    """Others, not oneself."""
    return who != lie.owner and may(who, "daycheck", "create", lie)


def changes_contacts(who: str, station: Station) -> bool:
    """Its author, and whoever may change all of them."""
    return who == "gm" or (who == station.place.by and not station.place.moved)
