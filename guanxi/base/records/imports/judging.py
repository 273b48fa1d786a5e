"""What an undoing would do: which records go, which stay because somebody worked on them since, which change back.

Only judged here, in a temporary table; `undoing` acts on it. So what is shown before is what happens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from guanxi.base.kernel.registry import Registry

from .intakes import type_of
from .kinds import Text
from .models import ImportRun

CHANGED, GOES, RETURNS = "changed", "goes", "returns"
EXAMPLES = 20
TABLE = """
CREATE TEMP TABLE import_judged (kind text, id bigint, was_made boolean, verdict text) ON COMMIT DROP
"""
# `t` is the record. The keepers of upper rooms may look at what was judged before: children are judged first.
MADE = """
INSERT INTO import_judged (kind, id, was_made, verdict)
SELECT %(kind)s, t.id, TRUE, CASE WHEN t.version > 1 THEN 'changed' {keepers} ELSE 'goes' END
FROM {table} t WHERE t.batch_id = %(run)s AND t.id BETWEEN %(first)s AND %(last)s AND {kept}
"""
TOUCHED = """
INSERT INTO import_judged (kind, id, was_made, verdict)
SELECT %(kind)s, t.id, FALSE, CASE WHEN t.version <> b.version THEN 'changed' ELSE 'returns' END
FROM records_importchange b JOIN {table} t ON t.id = b.record_id
WHERE b.run_id = %(run)s AND b.kind = %(kind)s AND {kept}
"""
COUNTS = "SELECT kind, was_made, verdict, count(*) FROM import_judged GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
STAYING = """
SELECT kind, id, verdict FROM import_judged WHERE NOT verdict IN ('goes', 'returns') ORDER BY kind, id LIMIT %s
"""


@dataclass(frozen=True)
class Keeper:
    """Why a record of `kind` stays although its import is undone: `sql` is a condition over `t`, the record.

    `label` says what was found, in a word. Records that go themselves are in `import_judged` with the verdict `goes`.
    """

    key: str
    kind: str
    label: Text
    sql: str


KEEPERS: Registry[Keeper] = Registry("keepers of imported records")


@dataclass(frozen=True)
class Judged:
    """`counts`: (kind, was made by the import, verdict, how many); `staying`: the first of those that stay."""

    counts: list[tuple[str, bool, str, int]]
    staying: list[tuple[str, int, str]]

    def total(self, verdict: str) -> int:
        return sum(count for _kind, _made, found, count in self.counts if found == verdict)

    @property
    def stays(self) -> int:
        return sum(count for _kind, made, verdict, count in self.counts if made and verdict != GOES)

    @property
    def changed_since(self) -> int:
        return sum(count for _kind, made, verdict, count in self.counts if not made and verdict != RETURNS)

    def as_counts(self) -> dict[str, int]:
        return {
            "removed": self.total(GOES),
            "stayed": self.stays,
            "restored": self.total(RETURNS),
            "not_restored": self.changed_since,
        }


def judge(run: ImportRun, cursor: CursorWrapper) -> Judged:
    cursor.execute("DROP TABLE IF EXISTS import_judged")
    cursor.execute(TABLE)
    for kind, first, last in reversed(run.made.get("kinds", [])):
        _judge_made(run, cursor, kind, first, last)
    for kind in changed_kinds(run):
        type_ = type_of(kind)
        cursor.execute(TOUCHED.format(table=type_.table, kept=type_.kept), {"kind": kind, "run": run.pk})
    cursor.execute("ANALYZE import_judged (kind, id, verdict)")
    cursor.execute(COUNTS)
    counts = cursor.fetchall()
    cursor.execute(STAYING, [EXAMPLES])
    return Judged(counts, cursor.fetchall())


def _judge_made(run: ImportRun, cursor: CursorWrapper, kind: str, first: int, last: int) -> None:
    type_ = type_of(kind)
    keepers = " ".join(f"WHEN {keeper.sql} THEN '{keeper.key}'" for keeper in _keepers(kind))
    sql = MADE.format(table=type_.table, keepers=keepers, kept=type_.kept)
    cursor.execute(sql, {"kind": kind, "run": run.pk, "first": first, "last": last})


def _keepers(kind: str) -> Iterable[Keeper]:
    return (keeper for keeper in KEEPERS if keeper.kind == kind)


def changed_kinds(run: ImportRun) -> list[str]:
    return sorted(set(run.changes.values_list("kind", flat=True)))


def ids_of(cursor: CursorWrapper, kind: str, verdict: str) -> list[int]:
    cursor.execute("SELECT id FROM import_judged WHERE kind = %s AND verdict = %s ORDER BY id", [kind, verdict])
    return [row[0] for row in cursor.fetchall()]


def kinds_of(run: ImportRun) -> list[Any]:
    return [kind for kind, _first, _last in reversed(run.made.get("kinds", []))]
