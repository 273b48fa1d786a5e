"""What a planted damage is, and what it is planted on. The kinds: damage_on_the_store, damage_with_the_key,
damage_in_the_log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guanxi.edge.ops.backups import chains
from guanxi.edge.ops.backups.sets import BackupSet
from guanxi.edge.ops.backups.staging import Until
from guanxi.edge.ops.backups.store import SealedStore
from tests.backup.conftest import House
from tests.backup.forging import Forger

LATEST = Until(is_latest=True)


@dataclass(frozen=True)
class Kept:
    """A store with a chain of three, a differential, a full of the same moment, a dump, and the log after them."""

    house: House
    full: BackupSet
    first: BackupSet
    second: BackupSet
    differential: BackupSet
    other: BackupSet
    dump: BackupSet
    identifier: str
    segments: list[str]


@dataclass(frozen=True)
class Planted:
    """`spoil` does it and answers the set to restore; `told` stands in the refusal."""

    what: str
    spoil: Callable[[Kept, Forger], str]
    told: str
    until: Until | None = None
    store: Callable[[SealedStore], SealedStore] = lambda store: store
    is_long: bool = False


PLANTED: list[Planted] = []


def planted(what: str, told: str, **more: object) -> Callable[[Callable[[Kept, Forger], str]], None]:
    def add(spoil: Callable[[Kept, Forger], str]) -> None:
        PLANTED.append(Planted(what, spoil, told, **more))  # type: ignore[arg-type]  # its own fields

    return add


def database(made: BackupSet) -> str:
    return chains.place(made.id, chains.DATABASE)


def attached(kept: Kept, number: int = 0) -> str:
    return sorted(one.name for one in kept.full.objects if one.name.startswith("objects/"))[number]
