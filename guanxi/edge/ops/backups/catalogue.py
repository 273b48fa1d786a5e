"""What lies on the store: which sets, which of them can be read, and what each stands on (OPS-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from . import chains
from .sealing import sealed_size
from .sets import BackupSet, Damaged, Stored
from .store import Entry, SealedStore

SETS = "sets/"


class Link(Protocol):
    """As much of a set as chains and retention need."""

    @property
    def id(self) -> str: ...

    @property
    def parent(self) -> str | None: ...


L = TypeVar("L", bound=Link)


@dataclass(frozen=True)
class Catalogue:
    """`unreadable`: sets whose manifest does not open, with the reason."""

    sets: dict[str, BackupSet]
    entries: dict[str, Entry]
    unreadable: dict[str, str] = field(default_factory=dict)

    def chain_of(self, set_id: str) -> list[BackupSet]:
        """From its full one to the set itself. Raises Damaged when a link is missing."""
        return chain_of(self.sets, set_id)

    def missing_of(self, one: BackupSet) -> list[Stored]:
        """What the set lists and the store has not, or has with another length."""
        return [stored for stored in one.objects if not self._is_whole(stored)]

    def _is_whole(self, stored: Stored) -> bool:
        entry = self.entries.get(stored.name)
        return entry is not None and entry.size == sealed_size(stored.size)


def chain_of(sets: Mapping[str, L], set_id: str) -> list[L]:
    chain: list[L] = []
    wanted: str | None = set_id
    while wanted:
        link = sets.get(wanted)
        if link is None or len(chain) > len(sets):
            raise Damaged(f"The set {set_id} stands on {wanted}, which is missing from the store.")
        chain.append(link)
        wanted = link.parent
    return chain[::-1]


def read_catalogue(store: SealedStore) -> Catalogue:
    entries = {entry.name: entry for entry in store.entries()}
    sets, unreadable = {}, {}
    listed = [name.split("/")[1] for name in entries if is_manifest(name)]
    for set_id in listed:
        try:
            sets[set_id] = chains.read(store, set_id)
        except Damaged as problem:
            unreadable[set_id] = str(problem)
    return Catalogue(sets, entries, unreadable)


def is_manifest(name: str) -> bool:
    """Written last: with it a set is whole as far as names tell."""
    return name.startswith(SETS) and name.endswith(f"/{chains.MANIFEST}") and name.count("/") == 2
