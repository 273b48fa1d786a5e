"""What a database holds, so that two can be compared: rows and a digest per table, sequences, constraints, indexes."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""
# The sum of the rows' hashes does not depend on their order, so nothing has to be sorted.
CONTENT = """
SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM ONLY {} t
"""
SEQUENCES = """
SELECT schemaname || '.' || sequencename, coalesce(last_value::text, '-') FROM pg_sequences ORDER BY 1
"""
# Times, floats and bytes must read alike on every server.
ONE_FORM = {"TimeZone": "UTC", "DateStyle": "ISO", "extra_float_digits": "1", "bytea_output": "hex"}


def digests(connection: Connection) -> dict[str, str]:
    """Table to "rows:digest", sequence to its value, in one look when the caller holds a snapshot."""
    _in_one_form(connection)
    found = {f"{schema}.{name}": _content(connection, schema, name) for schema, name in connection.execute(TABLES)}
    return found | {f"sequence {name}": value for name, value in connection.execute(SEQUENCES)}


def _in_one_form(connection: Connection) -> None:
    for name, value in ONE_FORM.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])


def _content(connection: Connection, schema: str, name: str) -> str:
    row = connection.execute(sql.SQL(CONTENT).format(sql.Identifier(schema, name))).fetchone()
    assert row is not None
    return f"{row[0]}:{row[1]}"


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Names whose content differs; a table that is missing on one side too."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def row_counts(connection: Connection) -> dict[str, int]:
    found = {}
    for schema, name in connection.execute(TABLES).fetchall():
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM ONLY {}").format(sql.Identifier(schema, name))
        ).fetchone()
        assert row is not None
        found[f"{schema}.{name}"] = int(row[0])
    return found
