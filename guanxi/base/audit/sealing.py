# ruff: noqa: S608 (put together from our own words alone)
"""Sealing: every few seconds the entries that have committed get their link of the chain. Writers never wait for it.

What waits stands in `audit_unsealed`, put there by the writing transaction: an entry that commits late waits from then
on and is sealed in a later batch, whatever its number. Several workers may try; one seals, the others go on.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from guanxi.base.kernel import clock, statements

from .chain import COLUMNS, FIRST, GONE, Link
from .heads import Head, Heads
from .leaves import ITEMS, LEAF

AT_ONCE = 5000
LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('audit:sealing'))"
# Read and taken in one look, so that what commits meanwhile is neither half seen nor lost.
TAKE = f"""
WITH taken AS (
  DELETE FROM audit_unsealed WHERE entry_id IN (SELECT entry_id FROM audit_unsealed ORDER BY entry_id LIMIT %(most)s)
  RETURNING entry_id
), i AS ({ITEMS} WHERE entry_id IN (SELECT entry_id FROM taken) GROUP BY entry_id)
SELECT t.entry_id, {LEAF}
FROM taken t LEFT JOIN audit_entry e ON e.id = t.entry_id LEFT JOIN i ON i.entry_id = e.id ORDER BY t.entry_id
"""
LAST = "SELECT number, digest, total FROM audit_seal ORDER BY number DESC LIMIT 1"
ADD = f"INSERT INTO audit_seal ({COLUMNS}) VALUES ({', '.join(['%s'] * len(Link.__dataclass_fields__))})"
UNWRITTEN = "SELECT number, digest, total, at FROM audit_seal WHERE number > %s AND anchor = %s ORDER BY number"


def seal_waiting() -> int:
    """How many entries were sealed now; 0 also when another worker is at it."""
    sealed = 0
    heads = Heads()
    while count := _seal_batch(heads):
        sealed += count
        if count < AT_ONCE:
            break
    return sealed


def _seal_batch(heads: Heads) -> int:
    with transaction.atomic():
        if not statements.value(LOCK):
            return 0
        taken = statements.rows(TAKE, {"most": AT_ONCE})
        if taken:
            ids, leaves = [row[0] for row in taken], [bytes(row[1] or GONE) for row in taken]
            add_link(heads, ids=ids, leaves=leaves, emptied=len(taken) < AT_ONCE)
    write_down(heads)
    return len(taken)


def add_link(heads: Heads, **what: Any) -> None:
    """Within a transaction that holds the lock. `what` are columns of the link that are not as usual."""
    number, previous, total = (statements.rows(LAST) or [(0, FIRST, 0)])[0]
    ids = what.get("ids", [])
    link = Link(
        number=number + 1,
        at=clock.now(),
        first_id=min(ids, default=0),
        last_id=max(ids, default=0),
        count=len(ids),
        total=total + len(ids),
        previous=previous,
        digest="",
        anchor=heads.name(),
        **{
            "ids": [],
            "leaves": [],
            "emptied": False,
            "let_go_to": None,
            "let_go_digest": "",
            "let_go_count": 0,
            **what,
        },
    ).closed()
    statements.rows(ADD, _row(link))


def _row(link: Link) -> list[Any]:
    return [list(value) if name in ("ids", "leaves") else value for name, value in link.__dict__.items()]


def write_down(heads: Heads) -> None:
    """After the commit; what a crash kept from being written is made up for by the next run."""
    with transaction.atomic():
        if not statements.value(LOCK):
            return
        name = heads.name()
        rows = statements.rows(UNWRITTEN, [heads.last(), name])
        if rows:
            heads.add(Head(number, digest, total, at.isoformat()) for number, digest, total, at in rows)
