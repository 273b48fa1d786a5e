"""Which record a row means, and what becomes of the row."""

from __future__ import annotations

from .intakes import Key
from .kinds import STAGING, Batch
from .stored import Stored

NOBODY = """
CREATE TEMP TABLE import_found (line integer, found integer, mine integer, record_id bigint) ON COMMIT DROP
"""
FOUND = """
CREATE TEMP TABLE import_found ON COMMIT DROP AS
SELECT r.line, count(*)::integer AS found, (count(*) FILTER (WHERE {mine}))::integer AS mine,
  min(t.id) FILTER (WHERE {mine}) AS record_id
FROM {staging} r JOIN {table} t ON {equal} AND {kept} WHERE {given} GROUP BY r.line
"""
# A key that is shared by namesakes tells nothing about records beyond the importer's reach. A row that came in before
# makes no second record by a rule, only by a decision about that very row.
PLAN = """
CREATE TEMP TABLE import_plan ON COMMIT DROP AS
SELECT x.line, x.record_id, x.nth, x.size, x.first_line,
  CASE WHEN x.mine = 0 AND {is_number} THEN 'missing'
    WHEN x.mine > 1 THEN 'several'
    WHEN x.mine = 0 AND x.found > 0 AND {is_telling} THEN 'elsewhere'
    WHEN x.nth > 1 AND (x.mine = 1 OR %(twins)s <> 'create') THEN 'repeated'
    WHEN x.mine = 1 AND (x.known_run IS NULL OR COALESCE(d.decision, '') = 'create' OR %(found)s <> 'create')
      THEN COALESCE(d.decision, %(found)s)
    WHEN x.known_run IS NOT NULL THEN 'known'
    ELSE 'create' END AS verdict
FROM (
  SELECT r.line, f.record_id, COALESCE(f.found, 0) AS found, COALESCE(f.mine, 0) AS mine, m.run_id AS known_run,
    {number_given} AS number_given,
    row_number() OVER same AS nth, count(*) OVER (PARTITION BY {group}) AS size,
    first_value(r.line) OVER same AS first_line
  FROM {staging} r LEFT JOIN import_found f ON f.line = r.line
  LEFT JOIN records_importmark m ON m.mark = r.mark
  WINDOW same AS (PARTITION BY {group} ORDER BY r.line)
) x LEFT JOIN unnest(%(lines)s::integer[], %(decisions)s::text[]) AS d(line, decision) ON d.line = x.line
"""
# Of several entries for one record the one furthest down counts; the first row carries them all.
MERGE = """
UPDATE {staging} r SET {sets} FROM (
  SELECT p.first_line AS line, {values} FROM import_plan p JOIN {staging} s ON s.line = p.line
  WHERE p.size > 1 GROUP BY p.first_line
) x WHERE x.line = r.line
"""
LOCK = """
SELECT t.id FROM {table} t JOIN import_plan p ON p.record_id = t.id WHERE p.verdict IN ('fill', 'overwrite')
ORDER BY t.id FOR UPDATE OF t
"""
# What was forbidden for one record is forbidden for files too.
RESTRICTED = """
UPDATE import_plan p SET verdict = 'restricted' WHERE p.verdict IN ('fill', 'overwrite') AND EXISTS (
  SELECT FROM org_restriction x WHERE x.kind = %(kind)s AND x.subject_id = p.record_id
  AND x.verb IN ('update', '*') AND (x.until IS NULL OR x.until > %(now)s))
"""


def find_records(stored: Stored, key: Key | None, batch: Batch) -> None:
    if key is None:
        batch.cursor.execute(NOBODY)
    else:
        _find(stored, key, batch)
    batch.cursor.execute(_plan(stored, key), _decisions(batch))
    batch.cursor.execute("ANALYZE import_plan (line, verdict)")
    if not batch.actor.is_system:
        batch.cursor.execute(RESTRICTED, {"kind": stored.type.key, "now": batch.now})
    if batch.choices.get("twins") == "merge":
        _merge(stored, batch)


def _find(stored: Stored, key: Key, batch: Batch) -> None:
    """What is only left as it is must be readable; what is changed must be the importer's to change. What is masked for
    the importer recognises nothing: a file of guesses would find out what it says."""
    mine, values = stored.within("read" if batch.choices.get("found") == "leave" else "update")
    if any(name != stored.type.number and stored.type.field(name).is_personal for name in key.fields):
        masked, more = stored.masked()
        mine, values = f"{mine} AND NOT {masked}", values | more
    sql = FOUND.format(
        mine=mine,
        staging=STAGING,
        table=stored.type.table,
        equal=" AND ".join(f't.{_column(stored, name)} = r."{name}"' for name in key.fields),
        given=_given(key),
        kept=stored.type.kept,
    )
    batch.cursor.execute(sql, values)


def _column(stored: Stored, name: str) -> str:
    return name if name == stored.type.number else stored.type.field(name).stored_as


def _given(key: Key) -> str:
    return " AND ".join(f"COALESCE(r.\"{name}\", '') <> ''" for name in key.fields)


def _plan(stored: Stored, key: Key | None) -> str:
    """Without a key, only rows that are the same in every cell mean the same record."""
    if key is None:
        parts = {"group": "r.mark", "is_number": "FALSE", "number_given": "FALSE", "is_telling": "FALSE"}
        return PLAN.format(staging=STAGING, **parts)
    names = ", ".join(f'r."{name}"' for name in key.fields)
    given, by_number = _given(key), key.fields == (stored.type.number,)
    return PLAN.format(
        staging=STAGING,
        group=f"{names}, CASE WHEN {given} THEN 0 ELSE r.line END",
        is_number="x.number_given" if by_number else "FALSE",
        number_given=given if by_number else "FALSE",
        is_telling="TRUE" if key.is_telling else "FALSE",
    )


def _decisions(batch: Batch) -> dict[str, object]:
    """Whoever wants to be asked and was not (beyond the most that are asked) has the record left as it is."""
    found = batch.choices.get("found", "leave")
    return {
        "twins": batch.choices.get("twins", "first"),
        "found": "leave" if found == "ask" else found,
        "lines": list(batch.decisions),
        "decisions": list(batch.decisions.values()),
    }


def _merge(stored: Stored, batch: Batch) -> None:
    names = [*(f.key for f in stored.fields), *(f.key for f in stored.own)]
    if not names:
        return
    sets = ", ".join(f'"{name}" = x."{name}"' for name in names)
    last = '(array_agg(s."{0}" ORDER BY s.line DESC) FILTER (WHERE s."{0}" IS NOT NULL))[1] AS "{0}"'
    values = ", ".join(last.format(name) for name in names)
    batch.cursor.execute(MERGE.format(staging=STAGING, sets=sets, values=values))


def locked(stored: Stored, batch: Batch) -> None:
    """In the order of their ids, like everybody who changes several."""
    batch.cursor.execute(LOCK.format(table=stored.type.table))
