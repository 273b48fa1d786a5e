# ruff: noqa: S608 (put together from our own words alone)
"""Is the trail what was written? Each link against the one before, each entry against its link, all against the heads.

One statement compares every entry with what was sealed of it and answers only what differs, so a clean trail of a
million rows costs one walk in the database; the links themselves are read in order and computed again here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from guanxi.base.kernel import statements

from .chain import COLUMNS, FIRST, Link, agrees
from .heads import Head, Heads, Returned
from .leaves import ITEMS, LEAF
from .retention import LEAST_DAYS

MOST = 1000
LEAST_KEPT = timedelta(days=LEAST_DAYS)
LINKS_READ = 50
# An entry commits within a day of its date, and the first seal that leaves nothing waiting takes it.
LONGEST_TRANSACTION = timedelta(days=1)
COMPARE = f"""
WITH placed AS (SELECT number, at, ids, leaves, max(at) FILTER (WHERE emptied)
    OVER (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM audit_seal),
sealed AS (SELECT u.id, u.leaf, p.number, p.at, p.before FROM placed p, unnest(p.ids, p.leaves) u(id, leaf)),
i AS ({ITEMS} GROUP BY entry_id),
found AS (SELECT e.id, e.at, {LEAF} AS leaf FROM audit_entry e LEFT JOIN i ON i.entry_id = e.id),
judged AS (
  SELECT COALESCE(s.id, f.id) AS id, COALESCE(s.number, 0) AS number, CASE
    WHEN f.id IS NULL THEN 'removed'
    WHEN s.id IS NULL AND w.entry_id IS NULL THEN 'added'
    WHEN s.id IS NOT NULL AND s.leaf IS DISTINCT FROM f.leaf THEN 'altered'
    WHEN f.at < s.before - %(longest)s OR f.at > s.at + %(longest)s THEN 'out_of_time' END AS what
  FROM sealed s FULL JOIN found f ON f.id = s.id LEFT JOIN audit_unsealed w ON w.entry_id = f.id)
SELECT what, id, number FROM judged WHERE what IS NOT NULL ORDER BY id LIMIT {MOST}
"""
LINKS = f"SELECT {COLUMNS} FROM audit_seal ORDER BY number"
WAITING = """
SELECT count(*), min(e.at) FROM audit_unsealed w LEFT JOIN audit_entry e ON e.id = w.entry_id
"""
COUNTS = "SELECT (SELECT count(*) FROM audit_entry), (SELECT count(*) FROM audit_seal)"


@dataclass(frozen=True)
class Fault:
    """`what`: altered, removed, added, out_of_time (entries); link, order, gap, early (seals); cut, head, heads (file).

    `entry` and `seal` are the numbers concerned, 0 where there is none.
    """

    what: str
    entry: int = 0
    seal: int = 0

    @property
    def text(self) -> str:
        return TEXTS[self.what] % {"entry": self.entry, "seal": self.seal}


TEXTS = {
    "altered": "entry %(entry)s is not what seal %(seal)s covers: it, its items or its personal values were altered",
    "removed": "entry %(entry)s, covered by seal %(seal)s, is gone",
    "added": "entry %(entry)s was added past the sealer: no seal covers it and none is due",
    "out_of_time": "entry %(entry)s says a time that seal %(seal)s does not bear out: put in later?",
    "link": "seal %(seal)s was altered: its digest is not that of what it covers",
    "order": "seal %(seal)s does not follow from the one before it",
    "gap": "seals before %(seal)s are missing",
    "cut": "the end was cut off: the heads file knows seal %(seal)s, the database does not",
    "head": "seal %(seal)s is not the one that the heads file wrote down",
    "unwritten": "seal %(seal)s is missing in the heads file",
    "early": "seals up to %(seal)s were let go before they had served their time",
    "heads": "the heads file is missing, exchanged or damaged (seen at seal %(seal)s)",
}


@dataclass(frozen=True)
class Verdict:
    faults: list[Fault]
    entries: int
    seals: int
    waiting: int
    waits_since: Any

    @property
    def is_whole(self) -> bool:
        return not self.faults


def verify(heads: Sequence[Heads] = ()) -> Verdict:
    """In one snapshot, so that writers and the sealer may go on meanwhile."""
    # Read before the snapshot: what is written down has committed by then.
    written = [Written.of(file) for file in heads or [Heads()]]
    takes_snapshot = not connection.in_atomic_block
    with transaction.atomic():
        if takes_snapshot:
            statements.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        walk = Walk()
        faults = [*walk.faults(), *against_heads(walk, written), *entry_faults()]
        entries, seals = statements.rows(COUNTS)[0]
        waiting, since = statements.rows(WAITING)[0]
    return Verdict(faults, entries, seals, waiting, since)


def entry_faults() -> list[Fault]:
    rows = statements.rows(COMPARE, {"longest": LONGEST_TRANSACTION})
    return [Fault(what, entry=entry, seal=number) for what, entry, number in rows]


@dataclass
class Known:
    digest: str
    total: int
    anchor: str


class Walk:
    """The links in their order. `known` is filled by walking."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}
        self.let_go: tuple[int, str] = (0, FIRST)
        self.let_go_at: dict[int, datetime] = {}
        self.last: Link | None = None
        self.first: Link | None = None

    def faults(self) -> list[Fault]:
        found = [fault for link in _links() for fault in self._step(link)]
        # The tombstone stands at the end of what it let go, so what comes first is judged last.
        if self.first and (self.first.number - 1, self.first.previous) != self.let_go:
            found.insert(0, Fault("gap", seal=self.first.number))
        return found

    def _step(self, link: Link) -> Iterator[Fault]:
        if not agrees(link):
            yield Fault("link", seal=link.number)
        before, self.last = self.last, link
        if before is None:
            self.first = link
        elif link.number != before.number + 1:
            yield Fault("gap", seal=link.number)
        elif link.previous != before.digest or link.total != before.total + link.count:
            yield Fault("order", seal=link.number)
        if link.let_go_to is not None:
            self.let_go = (link.let_go_to, link.let_go_digest)
            self.let_go_at[link.let_go_to] = link.at
        self.known[link.number] = Known(link.digest, link.total, link.anchor)


def _links() -> Iterator[Link]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(LINKS)
        while rows := cursor.fetchmany(LINKS_READ):
            yield from (Link(*row) for row in rows)


@dataclass(frozen=True)
class Written:
    """A file of heads as it was read."""

    name: str
    heads: dict[int, Head]
    is_readable: bool
    returns: list[Returned]

    @classmethod
    def of(cls, file: Heads) -> Written:
        lines = list(file.lines())
        return cls(file.known_name(), _current(lines), None not in lines, _returns(lines))


def _current(lines: Iterable[Head | Returned | None]) -> dict[int, Head]:
    """What holds now: a restore took back the seals after the one it names, which must be there as it says."""
    heads: dict[int, Head] = {}
    for line in lines:
        if isinstance(line, Returned):
            heads = {number: head for number, head in heads.items() if number <= line.seal}
        elif line:
            heads[line.seal] = line
    return heads


def _returns(lines: Iterable[Head | Returned | None]) -> list[Returned]:
    """Those that a later one, which went further back, did not take back with the rest."""
    returns: list[Returned] = []
    for line in lines:
        if isinstance(line, Returned):
            returns = [*(one for one in returns if one.seal < line.seal), line]
    return returns


def against_heads(walk: Walk, files: Sequence[Written]) -> Iterator[Fault]:
    last = max(walk.known, default=0)
    for file in files:
        if not file.is_readable:
            yield Fault("heads", seal=last)
        yield from _beyond_or_other(walk, file, last)
        yield from _not_returned(walk, file)
        yield from _let_go_early(walk, file)
        # The newest may be on its way into the file.
        ours = [number for number, seal in walk.known.items() if seal.anchor == file.name and number != last]
        yield from (Fault("unwritten", seal=number) for number in ours if number not in file.heads)
    names = {file.name for file in files}
    elsewhere = [number for number, seal in walk.known.items() if seal.anchor not in names]
    if elsewhere:
        yield Fault("heads", seal=elsewhere[0])


def _beyond_or_other(walk: Walk, file: Written, last: int) -> Iterator[Fault]:
    for number, head in file.heads.items():
        seal = walk.known.get(number)
        if seal is None and number > max(last, walk.let_go[0]):
            yield Fault("cut", seal=number)
        elif seal and (seal.digest, seal.total) != (head.digest, head.count):
            yield Fault("head", seal=number)


def _not_returned(walk: Walk, file: Written) -> Iterator[Fault]:
    """A line about a restore excuses nothing before the seal it names: that one must have come back."""
    for returned in file.returns:
        seal = walk.known.get(returned.seal)
        if seal is None and returned.seal > max(0, walk.let_go[0]):
            yield Fault("cut", seal=returned.seal)
        elif seal and seal.digest != returned.digest:
            yield Fault("head", seal=returned.seal)


def _let_go_early(walk: Walk, file: Written) -> Iterator[Fault]:
    """When a seal that is gone was made, only the file still knows."""
    for number, at in walk.let_go_at.items():
        head = file.heads.get(number)
        if head and at - _moment(head.at, at) < LEAST_KEPT:
            yield Fault("early", seal=number)


def _moment(written: str, unreadable: datetime) -> datetime:
    try:
        return datetime.fromisoformat(written).astimezone(unreadable.tzinfo)
    except (ValueError, OverflowError):
        return unreadable
