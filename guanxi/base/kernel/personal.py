"""The data inventory: every room says of each of its tables what in it is personal, whose, what for and how long.

The same words show the inventory, find what is held about a person, and erase it: a field that is declared is erased,
a field that is not declared fails the build (`undeclared`). Fields that cannot hold words - numbers, states, ids,
times of processing - need no declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Registry


class About(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    APPLICANT = "applicant"
    NOBODY = "nobody"


class Sort(StrEnum):
    NAME = "name"
    REACH = "reach"
    BIRTH = "birth"
    HEALTH = "health"
    WORK = "work"
    TRADE = "trade"
    WORDS = "words"
    FILES = "files"
    TRACES = "traces"
    SECRETS = "secrets"


class Purpose(StrEnum):
    SERVICE = "service"
    EMPLOYMENT = "employment"
    SECURITY = "security"
    MOVING = "moving"


class Basis(StrEnum):
    CONTRACT = "contract"
    CONSENT = "consent"
    SEPARATE = "separate"
    LABOUR = "labour"
    LAW = "law"


class Kept(StrEnum):
    """Classes of keeping; how many days each is, says core/privacy/keeping.py."""

    RELATION = "relation"
    EMPLOYED = "employed"
    TRAIL = "trail"
    ASKED = "asked"
    SHORT = "short"
    SESSION = "session"
    PROOF = "proof"


LABELS: dict[str, dict[str, Any]] = {
    "about": {
        About.CUSTOMER: _("Customers and their contacts"),
        About.STAFF: _("Staff"),
        About.APPLICANT: _("Applicants for accounts"),
        About.NOBODY: _("Nobody"),
    },
    "sort": {
        Sort.NAME: _("Names"),
        Sort.REACH: _("Telephone, e-mail and address"),
        Sort.BIRTH: _("Birth and sex"),
        Sort.HEALTH: _("Health"),
        Sort.WORK: _("Work and position"),
        Sort.TRADE: _("Wishes, purchases and visits"),
        Sort.WORDS: _("Notes in free words"),
        Sort.FILES: _("Files and pictures"),
        Sort.TRACES: _("Traces of using the system"),
        Sort.SECRETS: _("Sign-in details"),
    },
    "purpose": {
        Purpose.SERVICE: _("Serving the customer"),
        Purpose.EMPLOYMENT: _("Working together"),
        Purpose.SECURITY: _("Security and accountability"),
        Purpose.MOVING: _("Carrying out what was asked for"),
    },
    "basis": {
        Basis.CONTRACT: _("Contract or the wish to conclude one"),
        Basis.CONSENT: _("Consent"),
        Basis.SEPARATE: _("Separate consent"),
        Basis.LABOUR: _("Labour rules of the company"),
        Basis.LAW: _("Duty by law"),
    },
    "kept": {
        Kept.RELATION: _("As long as the customer is served"),
        Kept.EMPLOYED: _("As long as somebody is employed, and what labour law adds"),
        Kept.TRAIL: _("As long as the trail"),
        Kept.ASKED: _("Until the matter is settled"),
        Kept.SHORT: _("A few months at most"),
        Kept.SESSION: _("Until signing out"),
        Kept.PROOF: _("As long as it has to be proven"),
    },
}


@dataclass(frozen=True)
class Held:
    """`stays`: a figure that says nothing about anybody once the names are gone. `left`: what erasing leaves."""

    sort: Sort
    purpose: Purpose = Purpose.SERVICE
    basis: Basis = Basis.CONTRACT
    kept: Kept = Kept.RELATION
    is_sensitive: bool = False
    stays: bool = False
    left: str | None = None


@dataclass(frozen=True)
class Table:
    """`plain`: names of fields that are not personal. `kind` is how the trail and files name its rows.

    `of` finds the rows of persons: SQL over the table with %(customers)s, %(contacts)s, or the `kinds` and `ids` of
    what is held already. Without it, rows of tables about customers are found by their words. `is_removed`: its rows
    go; otherwise personal fields are emptied. `by_hand`: an `Eraser` of the room does it.
    """

    model: type[models.Model]
    about: About
    personal: Mapping[str, Held] = field(default_factory=dict)
    plain: str = ""
    kind: str = ""
    of: str = ""
    is_removed: bool = False
    by_hand: bool = False

    @property
    def key(self) -> str:
        return str(self.model._meta.label)

    @property
    def name(self) -> str:
        return str(self.model._meta.db_table)

    def erased(self) -> dict[str, Held]:
        return {name: held for name, held in self.personal.items() if not held.stays}


@dataclass(frozen=True)
class Persons:
    """Who is erased or asks. `words` are what they are called and reached by: for places that nothing links to them.
    `records` maps each kind that says whose it is to the ids of what is held about them."""

    customers: tuple[int, ...] = ()
    contacts: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    records: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        """Parameters of SQL."""
        pairs = [(kind, one) for kind, ids in self.records.items() for one in ids]
        return {
            "customers": list(self.customers),
            "contacts": list(self.contacts),
            "kinds": [kind for kind, _id in pairs],
            "ids": [one for _kind, one in pairs],
            "known": list(self.records),
            "words": [f"%{_escaped(word)}%" for word in self.words],
        }


@dataclass(frozen=True)
class Eraser:
    """For places without a link to the person. `erase` answers how many rows of which table it touched."""

    key: str
    erase: Callable[[Persons], Mapping[str, int]]


@dataclass(frozen=True)
class Hold:
    """Why a person cannot be erased yet. `reasons(customer_ids)` gives sentences, none when nothing is in the way."""

    key: str
    reasons: Callable[[Sequence[int]], list[Any]]


INVENTORY: Registry[Table] = Registry("inventory of personal data")
ERASERS: Registry[Eraser] = Registry("erasers")
HOLDS: Registry[Hold] = Registry("holds")

OF_CUSTOMER = "customer_id = ANY(%(customers)s)"
# Cannot hold words about anybody.
FREE = (
    models.AutoField,
    models.BooleanField,
    models.IntegerField,
    models.DecimalField,
    models.FloatField,
    models.DateTimeField,
    models.TimeField,
    models.UUIDField,
    models.GeneratedField,
)


def of_record(kind: str = "record_kind", record_id: str = "record_id") -> str:
    """Rows that name a record by kind and id."""
    return (
        "EXISTS (SELECT FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS r(kind, id)"
        f" WHERE r.kind = {kind} AND r.id = {record_id})"
    )


def declare(*tables: Table) -> None:
    for table in tables:
        INVENTORY.add(table)


def undeclared(model: type[models.Model]) -> list[str]:
    """Fields of which nobody said whether they are personal; `room.Model.field`, or those declared but not there."""
    table = INVENTORY.find(str(model._meta.label))
    known = {*table.personal, *table.plain.split()} if table else set()
    fields = {one.name: one for one in model._meta.local_fields}
    missing = [name for name, one in fields.items() if name not in known and not _is_free(one)]
    return [f"{model._meta.label}.{name}" for name in (*missing, *sorted(known - set(fields)))]


def _is_free(one: models.Field[Any, Any]) -> bool:
    if isinstance(one, ArrayField):
        return _is_free(one.base_field)
    return one.is_relation or bool(one.choices) or isinstance(one, FREE)


def fields_of(tables: Iterable[Table] = INVENTORY) -> Iterator[tuple[Table, str, Held]]:
    for table in tables:
        for name, held in table.personal.items():
            yield table, name, held


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
