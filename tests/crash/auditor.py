"""Reads the database, not the product: every acknowledged operation has exactly one effect, and no effect is double."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from .driver import Acknowledged

# How often the marker of an operation occurs where its effect is stored.
EFFECTS = {
    "customer": "SELECT substr(name, 2) AS marker, id FROM customers_customer WHERE name LIKE '杰%'",
    "activity": "SELECT substring(note FROM '第(.+?)位顾客'), id FROM activities_activity WHERE note LIKE '第%位顾客%'",
    "fileform": "SELECT substr(event_name, 3) AS marker, id FROM archive_fileform WHERE event_name LIKE '活动%-%'",
}
TRAIL = {
    "customer": "customers:customer:created",
    "activity": "activities:activity:logged",
    "fileform": "archive:fileform:completed",
}


def findings(db: psycopg.Connection[Any], acknowledged: Iterable[Acknowledged]) -> list[str]:
    """Sentences about whatever is lost, doubled or without a trail."""
    wrong: list[str] = []
    by_kind: dict[str, dict[str, int]] = {kind: {} for kind in EFFECTS}
    for done in acknowledged:
        by_kind[done.kind][done.marker] = done.id
    for kind, sql in EFFECTS.items():
        stored: dict[str, list[int]] = {}
        for marker, record_id in db.execute(sql).fetchall():
            stored.setdefault(marker, []).append(record_id)
        wrong += [f"{kind} {m} acknowledged but lost" for m, i in by_kind[kind].items() if i not in stored.get(m, [])]
        wrong += [f"{kind} {m} is there {len(ids)} times" for m, ids in stored.items() if len(ids) > 1]
        ids = [i for found in stored.values() for i in found]
        wrong += without_one_trail(db, kind, ids)
    wrong += wrong_series(db, list(by_kind["fileform"].values()))
    return wrong


def without_one_trail(db: psycopg.Connection[Any], kind: str, ids: list[int]) -> list[str]:
    sql = """SELECT i, count(e.id) FROM unnest(%s::bigint[]) i
      LEFT JOIN audit_entry e ON e.kind = %s AND e.subject_id = i AND e.name = %s GROUP BY i HAVING count(e.id) <> 1"""
    return [f"{kind} {i} has {n} trail entries" for i, n in db.execute(sql, [ids, kind, TRAIL[kind]]).fetchall()]


def wrong_series(db: psycopg.Connection[Any], forms: list[int]) -> list[str]:
    """A buyer's form has three callbacks of the representative and three of the doctor."""
    sql = """SELECT i, count(d.id) FROM unnest(%s::bigint[]) i LEFT JOIN rulebooks_duty d
      ON d.subject_kind = 'fileform' AND d.subject_id = i AND d.clause_id IN (
        SELECT id FROM rulebooks_clause WHERE key IN ('buyer-callback', 'doctor-callback'))
      GROUP BY i HAVING count(d.id) <> 6"""
    return [f"form {i} has {n} duties" for i, n in db.execute(sql, [forms]).fetchall()]
