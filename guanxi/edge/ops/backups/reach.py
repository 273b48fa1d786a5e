"""How far the log reaches on the store: when its newest part arrived, and between which times parts are missing.

The worker writes it down at each of its visits (`DATA_DIR/shipping.json`), for the page and for `guanxi doctor`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from . import wal
from .store import Entry

NOTE = "shipping.json"
# Closed every three minutes, taken along twice a minute: this much later it does not arrive.
LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Reach:
    """Times are ISO, UTC. `holes`: no moment from the first until a set made after the second can be restored."""

    newest_at: str = ""
    holes: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Shipping:
    """`gap_since`: the spool ran full then, and no set was made since. `since`: when the worker began to look."""

    since: str
    visited_at: str
    reach: Reach
    gap_since: str = ""
    waiting: int = 0
    trouble: str = ""

    @property
    def newest_at(self) -> datetime | None:
        return datetime.fromisoformat(self.reach.newest_at) if self.reach.newest_at else None

    def is_late(self, now: datetime) -> bool:
        return now - max(filter(None, [self.newest_at, datetime.fromisoformat(self.since)])) > LATE_AFTER


def reach_of(entries: Iterable[Entry]) -> Reach:
    """Of the log of one database, or of several one after the other."""
    there = {name: entry.at for entry in entries if (name := _segment(entry.name))}
    names = sorted(there)
    holes = [
        [_iso(there[before]), _iso(there[after])]
        for before, after in pairwise(names)
        if before[:-16] == after[:-16] and wal.next_segment(before[-24:]) != after[-24:]
    ]
    return Reach(_iso(max(there.values())) if there else "", sorted(holes))


def _segment(name: str) -> str:
    """With its database before it, so that names sort by database, timeline and place."""
    folder, _, file = name.removeprefix(wal.PREFIX).removesuffix(".gz").rpartition("/")
    return f"{folder}/{file}" if wal.SEGMENT.fullmatch(file) else ""


def gap_since(spool: Path) -> str:
    marker = spool / "gap"
    return _iso(datetime.fromtimestamp(marker.stat().st_mtime, UTC)) if marker.exists() else ""


def write(told: Shipping, *, data: Path) -> None:
    waiting = data / f"{NOTE}.new"
    waiting.write_text(json.dumps(asdict(told)))
    waiting.replace(data / NOTE)


def read(data: Path) -> Shipping | None:
    """None where no log is shipped, or before the first visit."""
    try:
        values = json.loads((data / NOTE).read_text())
        return Shipping(**{**values, "reach": Reach(**values["reach"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def forget(data: Path) -> None:
    (data / NOTE).unlink(missing_ok=True)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
