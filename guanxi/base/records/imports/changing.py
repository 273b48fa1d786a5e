"""Records known already get what the file says, as far as the importer may and wanted. How each looked is kept, so
that the import can be undone."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import UniqueConstraint

from .intakes import Intake
from .kinds import STAGING, Batch
from .stored import Stored, Written, listed

CHANGED = """
CREATE TEMP TABLE import_changed ON COMMIT DROP AS
SELECT t.id, p.line, {columns}, {masked} AS was_masked
FROM import_plan p JOIN {staging} r ON r.line = p.line JOIN {table} t ON t.id = p.record_id
WHERE p.verdict IN ('fill', 'overwrite')
"""
MASKED = """
SELECT count(*) FROM import_changed n JOIN {staging} r ON r.line = n.line WHERE n.was_masked AND ({given})
"""
UNCHANGED = "DELETE FROM import_changed n USING {table} t WHERE t.id = n.id AND ({new}) IS NOT DISTINCT FROM ({old})"
# Two rows that would become one and the same, or the same as a record there is: neither is guessed to be right.
CLASHES = """
WITH clashed AS (
  DELETE FROM import_changed n WHERE EXISTS (SELECT FROM {table} o WHERE {same} AND o.id <> n.id AND {kept})
    OR EXISTS (SELECT FROM import_changed o WHERE {same_new} AND o.id <> n.id) RETURNING n.line
) UPDATE import_plan p SET verdict = 'taken' FROM clashed c WHERE c.line = p.line
"""
UNTOUCHED = "(SELECT t.{{name}} FROM {table} t WHERE t.id = n.id)"
KEEP = """
INSERT INTO records_importchange (run_id, kind, record_id, version, before)
SELECT %(run)s, %(kind)s, t.id, t.version + 1, jsonb_build_object({pairs})
FROM {table} t JOIN import_changed n ON n.id = t.id
"""
UPDATE = """
UPDATE {table} t SET {sets}, version = t.version + 1, updated_at = %(now)s FROM import_changed n WHERE n.id = t.id
"""


def change_records(stored: Stored, intake: Intake, batch: Batch) -> tuple[list[int], int]:
    """Ids of the changed ones, and in how many of those touched something masked was left alone."""
    columns = _columns(stored, batch)
    if not columns or batch.choices.get("found", "leave") == "leave":
        return [], 0
    cursor, table = batch.cursor, stored.type.table
    masked, values = stored.masked()
    parts = listed(f'{sql} AS "{column}"' for column, sql in columns.items())
    sql = CHANGED.format(columns=parts, masked=masked, staging=STAGING, table=table)
    cursor.execute(sql, values | stored.blanks)
    left_alone = _masked(stored, batch)
    new, old = (listed(f'{alias}."{column}"' for column in columns) for alias in "nt")
    cursor.execute(UNCHANGED.format(table=table, new=f"ROW({new})", old=f"ROW({old})"))
    _refuse_clashes(stored, columns, batch)
    pairs = listed(f"'{column}', t.\"{column}\"" for column in columns)
    cursor.execute(KEEP.format(table=table, pairs=pairs), {"run": batch.run_id, "kind": stored.type.key})
    sets = listed(f'"{column}" = n."{column}"' for column in columns)
    cursor.execute(UPDATE.format(table=table, sets=sets), {"now": batch.now})
    intake.continued(cursor, "import_changed", batch.now)
    cursor.execute("SELECT id FROM import_changed ORDER BY id")
    return [row[0] for row in cursor.fetchall()], left_alone


def _columns(stored: Stored, batch: Batch) -> dict[str, str]:
    """Column to its new value over `t` (the record), `r` (the row) and `p` (what was decided)."""
    erases = batch.choices.get("empty") == "erase"
    columns = {f.column: _value(f, stored, erases) for f in stored.fields}
    if stored.own:
        columns["own"] = _own(stored, erases)
    return columns


def _value(field: Written, stored: Stored, erases: bool) -> str:
    old, cast = f"t.{field.column}", stored.column_type(field.column)
    blank = f"%(blank_{field.key})s::{cast}" if erases and not field.entry.required else old
    fill = f"CASE WHEN {field.is_blank} THEN COALESCE({field.row}::{cast}, {old}) ELSE {old} END"
    overwrite = f"COALESCE({field.row}::{cast}, {blank})"
    chosen = f"CASE WHEN p.verdict = 'fill' THEN {fill} ELSE {overwrite} END"
    masked, _values = stored.masked()
    return f"CASE WHEN {masked} THEN {old} ELSE {chosen} END" if field.entry.is_personal else chosen


def _own(stored: Stored, erases: bool) -> str:
    """Masked ones are left alone like declared ones."""
    masked, _values = stored.masked()
    personal = [f"'{f.key}'" for f in stored.own if f.is_personal]
    given = stored.given_own
    if personal:
        given = f"CASE WHEN {masked} THEN {given} - ARRAY[{listed(personal)}]::text[] ELSE {given} END"
    keeps = "t.own"
    if erases:
        gone = [f"CASE WHEN r.\"{f.key}\" IS NULL THEN '{f.key}' END" for f in stored.own if not f.required]
        keeps = f"t.own - array_remove(ARRAY[{listed(gone)}]::text[], NULL)" if gone else keeps
        if personal and gone:
            keeps = f"CASE WHEN {masked} THEN t.own ELSE {keeps} END"
    return f"CASE WHEN p.verdict = 'fill' THEN {given} || t.own ELSE ({keeps}) || {given} END"


def _masked(stored: Stored, batch: Batch) -> int:
    personal = [f.key for f in stored.fields if f.entry.is_personal] + [f.key for f in stored.own if f.is_personal]
    if not personal:
        return 0
    given = " OR ".join(f'r."{key}" IS NOT NULL' for key in personal)
    batch.cursor.execute(MASKED.format(staging=STAGING, given=given))
    return int(batch.cursor.fetchone()[0])


def _refuse_clashes(stored: Stored, columns: dict[str, str], batch: Batch) -> None:
    for names in _unique(stored):
        if set(names) & set(columns):
            batch.cursor.execute(_clashes(stored, names, columns))


def _clashes(stored: Stored, names: list[str], columns: dict[str, str]) -> str:
    """Columns that the file does not bring keep what the record has."""
    table = stored.type.table
    kept = UNTOUCHED.format(table=table)
    new = {name: f'n."{name}"' if name in columns else kept.format(name=name) for name in names}
    filled = " AND ".join(f"COALESCE({sql}::text, '') <> ''" for sql in new.values())
    same = " AND ".join(f'o."{name}" = {sql}' for name, sql in new.items())
    same_new = same if set(names) <= set(columns) else "FALSE"
    return CLASHES.format(
        table=table,
        same=f"{filled} AND {same}",
        same_new=f"{filled} AND {same_new}",
        kept=stored.type.kept.replace("t.", "o."),
    )


def _unique(stored: Stored) -> Iterator[list[str]]:
    meta = stored.type.model._meta
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            yield [str(meta.get_field(name).column) for name in constraint.fields]
    yield from ([f.column] for f in stored.type.model._meta.concrete_fields if f.unique and not f.primary_key)
