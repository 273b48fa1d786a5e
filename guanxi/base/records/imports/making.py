"""New records, in the order of the file, so that numbers follow it."""

from __future__ import annotations

from typing import Any

from ..defaults import column_defaults
from .intakes import Intake
from .kinds import STAGING, Batch
from .stored import Stored, listed

NEW = """
CREATE TEMP TABLE import_new ON COMMIT DROP AS
SELECT x.line, nextval(pg_get_serial_sequence(%s, 'id')) AS id
FROM (SELECT line FROM import_plan WHERE verdict = 'create' ORDER BY line) x
"""
INSERT = """
INSERT INTO {table} (id, {columns})
SELECT n.id, {values} FROM import_new n JOIN {staging} r ON r.line = n.line
LEFT JOIN import_post o ON o.staff_id = {owner} ORDER BY n.line ON CONFLICT DO NOTHING
"""
CLASHED = """
WITH clashed AS (
  DELETE FROM import_new n WHERE NOT EXISTS (SELECT FROM {table} t WHERE t.id = n.id) RETURNING n.line
) UPDATE import_plan p SET verdict = 'taken' FROM clashed c WHERE c.line = p.line
"""
# Rows taken together got values that were not there when their words were worked out.
MERGED = "SELECT n.id FROM import_new n JOIN import_plan p ON p.line = n.line WHERE p.size > 1 AND %s = 'merge'"


def make_records(stored: Stored, intake: Intake, batch: Batch) -> list[int]:
    """Ids of the new ones. What the database does not allow twice is refused."""
    cursor, table = batch.cursor, stored.type.table
    cursor.execute(NEW, [table])
    cursor.execute("ANALYZE import_new (line, id)")
    columns, values = _columns(stored, intake, batch)
    sql = INSERT.format(
        table=table, staging=STAGING, columns=listed(columns), values=listed(columns.values()), owner=_owner(batch)
    )
    cursor.execute(sql, values)
    cursor.execute(CLASHED.format(table=table))
    intake.started(cursor, "import_new", batch.now)
    cursor.execute("SELECT id FROM import_new ORDER BY id")
    return [row[0] for row in cursor.fetchall()]


def merged(batch: Batch) -> list[int]:
    batch.cursor.execute(MERGED, [batch.choices.get("twins", "")])
    return [row[0] for row in batch.cursor.fetchall()]


def _owner(batch: Batch) -> str:
    """Whom the row names, else the importer."""
    return "COALESCE(r.owner, %(me)s::bigint)" if "owner" in batch.mapped else "%(me)s::bigint"


def _columns(stored: Stored, intake: Intake, batch: Batch) -> tuple[dict[str, str], dict[str, Any]]:
    """Column to the expression over `r` and `o` that fills it, and the values the expressions ask for."""
    columns = {f.column: f.row if f.is_null else f"COALESCE({f.row}, %(blank_{f.key})s)" for f in stored.fields}
    columns |= {stored.type.owner: _owner(batch), stored.type.unit: "o.unit_id"}
    columns |= {name: sql.format(owner=_owner(batch)) for name, sql in intake.also.items()}
    if stored.own:
        columns["own"] = stored.given_own
    if intake.words:
        columns |= _words(stored)
    fixed = {"batch_id": batch.run_id, "created_at": batch.now, "updated_at": batch.now}
    fixed = {name: value for name, value in fixed.items() if stored.has(name)}
    fixed |= column_defaults(stored.type.model, given={*fixed, *columns})
    columns |= {name: f"%(fixed_{name})s" for name in fixed}
    values = {f"fixed_{name}": value for name, value in fixed.items()}
    return columns, values | stored.blanks | {"me": batch.actor.staff_id}


def _words(stored: Stored) -> dict[str, str]:
    words = {
        "pinyin": "COALESCE(r.words_sound, '')",
        "initials": "COALESCE(r.words_initials, '')",
        "search": "array_to_tsvector(r.words_tokens)",
    }
    return {name: sql for name, sql in words.items() if stored.has(name)}
