"""The frozen records of a run, in SQL: a hundred thousand ids never become rows in Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import Count

from ..types import RecordType
from .models import BulkItem, BulkRun
from .steps import Done, Reason

FREEZE = """
INSERT INTO records_bulkitem (run_id, record_id, version, outcome, reason, before)
SELECT %s, x.id, {version}, 'waiting', '{{}}', '{{}}' FROM unnest(%s::bigint[]) AS x(id) {join}
ON CONFLICT (run_id, record_id) DO NOTHING
"""
MARK = """
UPDATE records_bulkitem i SET outcome = x.outcome, reason = x.reason::jsonb
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS x(id, outcome, reason)
WHERE i.run_id = %s AND i.record_id = x.id
"""
CHANGED = """
UPDATE records_bulkitem i SET outcome = 'changed', version = x.version, before = x.before::jsonb
FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS x(id, version, before)
WHERE i.run_id = %s AND i.record_id = x.id
"""
UNDONE = "UPDATE records_bulkitem SET outcome = %s WHERE run_id = %s AND record_id = ANY(%s)"


def _run(sql: str, parameters: Sequence[object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def has_version(type_: RecordType) -> bool:
    return any(f.name == "version" for f in type_.model._meta.concrete_fields)


def freeze(run: BulkRun, type_: RecordType, ids: Iterable[int]) -> None:
    """Ids that lead nowhere are kept too: their refusal is part of the answer."""
    join = f"LEFT JOIN {type_.table} t ON t.id = x.id"
    sql = FREEZE.format(version="t.version" if has_version(type_) else "NULL", join=join)
    _run(sql, [run.pk, list(ids)])


def mark(run: BulkRun, reasons: Mapping[int, Reason]) -> None:
    if not reasons:
        return
    outcomes = [BulkItem.SAME if r.is_same else BulkItem.REFUSED for r in reasons.values()]
    texts = [json.dumps({"text": r.text, "values": dict(r.values)}) for r in reasons.values()]
    _run(MARK, [list(reasons), outcomes, texts, run.pk])


def keep_changed(run: BulkRun, done: Sequence[Done]) -> None:
    befores = [json.dumps(dict(d.before), default=str) for d in done]
    _run(CHANGED, [[d.id for d in done], [d.version for d in done], befores, run.pk])


def keep_undone(run: BulkRun, ids: Iterable[int], outcome: str) -> None:
    _run(UNDONE, [outcome, run.pk, list(ids)])


def counts_of(run: BulkRun) -> dict[str, int]:
    rows = run.items.values("outcome").annotate(n=Count("id")).order_by()
    return {row["outcome"]: row["n"] for row in rows}
