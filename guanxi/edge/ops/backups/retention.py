"""Which sets are kept, and what may go: never a link that a kept set stands on, never the last one known to be good."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config import env

from . import chains, wal
from .catalogue import SETS, Catalogue, chain_of
from .sets import BackupSet, Damaged, Kind
from .store import Entry, SealedStore
from .store.sealed import OBJECTS

# A backup under way counts on objects that no manifest lists yet.
YOUNG = timedelta(days=1)


@dataclass(frozen=True)
class Keeping:
    """All sets of the first hours, then the newest of each day, week and month, so many of them."""

    hours: int = 48
    days: int = 14
    weeks: int = 8
    months: int = 12

    @classmethod
    def from_environment(cls) -> Keeping:
        return cls(*(env.at_least(f"BACKUP_KEEP_{name.upper()}", getattr(cls, name), least=0) for name in NAMES))


NAMES = ("hours", "days", "weeks", "months")


@dataclass(frozen=True)
class Dated:
    """A set as retention sees it."""

    id: str
    parent: str | None
    is_full: bool
    at: datetime

    @classmethod
    def of(cls, one: BackupSet) -> Dated:
        return cls(one.id, one.parent, one.kind is Kind.FULL, datetime.fromisoformat(one.finished_at))


@dataclass(frozen=True)
class Going:
    """What a run of retention took away."""

    sets: tuple[str, ...] = ()
    objects: int = 0
    bytes: int = 0


def kept(sets: Iterable[Dated], *, keeping: Keeping, now: datetime, verified: Collection[str] = ()) -> set[str]:
    known = {one.id: one for one in sets}
    whole = {set_id: one for set_id, one in known.items() if _is_whole(known, set_id)}
    newest_first = sorted(whole.values(), key=lambda one: (one.at, one.id), reverse=True)
    wanted = [one.id for one in newest_first[:1]]
    wanted += [one.id for one in newest_first if one.id in verified][:1]
    wanted += [one.id for one in newest_first if now - one.at <= timedelta(hours=keeping.hours)]
    for period, count in ((_day, keeping.days), (_week, keeping.weeks), (_month, keeping.months)):
        wanted += _one_each(newest_first, period, count, whole)
    return {link.id for set_id in wanted for link in chain_of(whole, set_id)}


def _is_whole(known: Mapping[str, Dated], set_id: str) -> bool:
    try:
        return bool(chain_of(dict(known), set_id))
    except Damaged:
        return False


def _one_each(
    newest_first: list[Dated], period: Callable[[datetime], Any], count: int, whole: Mapping[str, Dated]
) -> list[str]:
    """Of each of the last periods that have one: the newest of those that stand on the fewest others."""
    groups: dict[Any, list[Dated]] = {}
    for one in newest_first:
        groups.setdefault(period(one.at), []).append(one)
    return [min(group, key=lambda one: len(chain_of(whole, one.id))).id for group in list(groups.values())[:count]]


def _day(at: datetime) -> Any:
    return at.date()


def _week(at: datetime) -> Any:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Any:
    return at.year, at.month


def let_go(
    store: SealedStore, catalogue: Catalogue, *, keeping: Keeping, now: datetime, verified: Collection[str] = ()
) -> Going:
    """Under the lock of backups. Youngest first, and of each its manifest first: a run cut short leaves no set whose
    parts are missing. Nothing goes while a manifest cannot be read, for nobody knows what that set stands on."""
    store.shelf.tidy()
    if catalogue.unreadable:
        return Going()
    stay = kept(map(Dated.of, catalogue.sets.values()), keeping=keeping, now=now, verified=verified)
    leaving = sorted((one for one in catalogue.sets.values() if one.id not in stay), key=lambda one: one.finished_at)
    for one in reversed(leaving):
        store.delete(chains.place(one.id, chains.MANIFEST))
    wal.prune(store, _reaching(catalogue, stay, keeping, now), since=now - timedelta(days=keeping.days))
    names = _unlisted(catalogue, stay, _shipped_since(store, now) - YOUNG)
    for name in names:
        store.delete(name)
    sizes = sum(catalogue.entries[name].size for name in names)
    return Going(tuple(one.id for one in leaving), len(names), sizes)


def _shipped_since(store: SealedStore, now: datetime) -> datetime:
    """Files that came and went between two sets are in no set, but in the lists beside the log: a moment between them
    needs them as long as those lists are kept."""
    return min([now, *(entry.at for entry in store.entries(wal.PREFIX) if wal.FILES in entry.name)])


def _unlisted(catalogue: Catalogue, stay: set[str], before: datetime) -> list[str]:
    """Parts of sets that go or were never finished, and files from before that no kept set lists any more."""
    listed = {stored.name for set_id in stay for stored in catalogue.sets[set_id].objects}
    return [
        entry.name for entry in catalogue.entries.values() if entry.name not in listed and _may_go(entry, stay, before)
    ]


def _may_go(entry: Entry, stay: set[str], before: datetime) -> bool:
    if entry.name.startswith(SETS):
        return entry.name.split("/")[1] not in stay
    return entry.name.startswith(OBJECTS) and entry.at < before


def _reaching(catalogue: Catalogue, stay: set[str], keeping: Keeping, now: datetime) -> list[BackupSet]:
    """The sets that the log is kept for: any moment of the last days can be restored, older ones as their sets are."""
    since = now - timedelta(days=keeping.days)
    sets = sorted((catalogue.sets[set_id] for set_id in stay), key=lambda one: one.finished_at)
    before = [one for one in sets if datetime.fromisoformat(one.finished_at) < since][-1:]
    return before + [one for one in sets if datetime.fromisoformat(one.finished_at) >= since]
