"""The inventory in the reader's words: for the page, its export, and the notice that is shown to customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guanxi.base.kernel.personal import INVENTORY, LABELS, About, Held, Purpose, Sort, Table
from guanxi.base.records.types import RECORD_TYPES

from .table_names import TABLE_NAMES


@dataclass(frozen=True)
class Line:
    table: str
    field: str
    held: Held
    about: Any

    @property
    def labels(self) -> dict[str, Any]:
        held = self.held
        return {
            "sort": LABELS["sort"][held.sort],
            "purpose": LABELS["purpose"][held.purpose],
            "basis": LABELS["basis"][held.basis],
            "kept": LABELS["kept"][held.kept],
        }


def lines() -> Iterator[Line]:
    for table in sorted(INVENTORY, key=lambda table: (list(About).index(table.about), table.key)):
        label, fields = _names(table)
        for name, held in table.personal.items():
            yield Line(label, fields.get(name, name), held, LABELS["about"][table.about])


def _names(table: Table) -> tuple[str, dict[str, str]]:
    """As its own pages call them; tables without pages by names of the inventory's own."""
    for type_ in RECORD_TYPES:
        if type_.model is table.model:
            return str(type_.plural), {field.key: str(field.label) for field in type_.fields}
    return str(TABLE_NAMES.get(table.key, table.name)), {}


@dataclass(frozen=True)
class Told:
    """One kind of data, for people who are told what is kept about them."""

    sort: Any
    purposes: list[Any]
    bases: list[Any]
    kept: list[Any]
    is_sensitive: bool


def told() -> list[Told]:
    """What is kept about customers, by kind; traces, secrets and what serves working together are about staff."""
    groups: dict[Sort, list[Held]] = {}
    for table in INVENTORY:
        for held in table.personal.values():
            if table.about == About.CUSTOMER and _concerns_customers(held):
                groups.setdefault(held.sort, []).append(held)
    return [_told(sort, groups[sort]) for sort in Sort if sort in groups]


def _concerns_customers(held: Held) -> bool:
    return held.sort not in (Sort.TRACES, Sort.SECRETS) and held.purpose != Purpose.EMPLOYMENT


def _told(sort: Sort, held: list[Held]) -> Told:
    def distinct(name: str) -> list[Any]:
        return [LABELS[name][value] for value in dict.fromkeys(getattr(one, name) for one in held)]

    return Told(
        LABELS["sort"][sort],
        distinct("purpose"),
        distinct("basis"),
        distinct("kept"),
        any(one.is_sensitive for one in held),
    )
