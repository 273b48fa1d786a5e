"""A dump, for servers that give no files: always full, and restorable into any server from 15 on."""

from __future__ import annotations

from datetime import UTC, datetime

from . import chains, content
from .physical import Taken
from .servers import Source, reading
from .sets import BackupSet, Part, Store

SNAPSHOT = "SELECT pg_export_snapshot(), pg_current_wal_lsn()::text, now()"


def store_database(store: Store, set_id: str, *, source: Source, parent: BackupSet | None) -> Taken:
    """Rows are counted and hashed in the snapshot that is dumped, so a restore can be compared with it."""
    assert parent is None
    with source.connect() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        row = connection.execute(SNAPSHOT).fetchone()
        assert row is not None
        snapshot, lsn, moment = row
        with reading(_command(source, snapshot), of="pg_dump") as output:
            dump = store.put(chains.place(set_id, chains.DUMP), output, part=Part.DATABASE)
        tables = content.digests(connection)
    identifier, timeline = _identity(source)
    at = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return Taken(max(at, _now()), identifier, timeline, lsn, lsn, [dump], dump.size * 6, tables)


def _command(source: Source, snapshot: str) -> list[str]:
    return [
        str(source.programs / "pg_dump"), "-d", source.url, "--no-password", "-Fc", "-Z1", "--no-owner",
        "--no-privileges", f"--snapshot={snapshot}",
    ]  # fmt: skip


def _identity(source: Source) -> tuple[str, int]:
    """Some hosts do not let their customers ask; then the database has no identity to compare."""
    import psycopg

    try:
        return source.identity()
    except psycopg.errors.InsufficientPrivilege:
        return "", 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
