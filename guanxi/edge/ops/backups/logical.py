"""A dump, for servers that give no files: always full, and restorable into any server from 15 on."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime

import psycopg

from . import chains, content
from .physical import Taken
from .servers import Failed, Scratch, Source, reading, run
from .sets import BackupSet, Damaged, Part, Store

SNAPSHOT = "SELECT pg_export_snapshot(), pg_current_wal_lsn()::text"


def store_database(store: Store, set_id: str, *, source: Source, parent: BackupSet | None) -> Taken:
    """Rows are counted and hashed in the snapshot that is dumped, so a restore can be compared with it."""
    assert parent is None
    with source.connect() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        # What comes while it is dumped is not in it, however long that takes.
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        row = connection.execute(SNAPSHOT).fetchone()
        assert row is not None
        snapshot, lsn = row
        with reading(_command(source, snapshot), of="pg_dump") as output:
            dump = store.put(chains.place(set_id, chains.DUMP), output, part=Part.DATABASE)
        tables = content.digests(connection)
    identifier, timeline = _identity(source)
    return Taken(at, identifier, timeline, lsn, lsn, [dump], dump.size * 6, tables)


def _command(source: Source, snapshot: str) -> list[str]:
    return [
        str(source.programs / "pg_dump"), "-d", source.url, "--no-password", "-Fc", "-Z1", "--no-owner",
        "--no-privileges", f"--snapshot={snapshot}",
    ]  # fmt: skip


def _identity(source: Source) -> tuple[str, int]:
    """Some hosts do not let their customers ask; then the database has no identity to compare."""
    try:
        return source.identity()
    except psycopg.errors.InsufficientPrivilege:
        return "", 0


def load(store: Store, made: BackupSet, scratch: Scratch) -> None:
    """Into the empty cluster; then every table must hold what was counted when it was dumped."""
    with scratch.connect(database="postgres") as connection:
        connection.execute("CREATE ROLE guanxi LOGIN CREATEDB")
        connection.execute("CREATE DATABASE guanxi OWNER guanxi")
    _load_into(store, made, scratch)


def _load_into(store: Store, made: BackupSet, scratch: Scratch) -> None:
    """Raises Damaged when what is there afterwards is not what was dumped. The dump lies unsealed beside the cluster,
    where room was looked for and where what a kill leaves is cleared away (staging.discard)."""
    stored, url = chains.part(made, chains.DUMP), scratch.url(role="guanxi")
    with tempfile.NamedTemporaryFile(dir=scratch.data.parent, prefix=f"{scratch.data.name}.") as file:
        for chunk in chains.checked(store, stored):
            file.write(chunk)
        file.flush()
        command = [
            str(scratch.programs / "pg_restore"), "-d", url, "--no-owner", "--no-privileges", "--exit-on-error",
            "--jobs=2", "--no-password", file.name,
        ]  # fmt: skip
        try:
            run(command, of="pg_restore")
        except Failed as problem:
            raise Damaged(f"{stored.name} cannot be loaded. {problem}") from problem
    with psycopg.connect(url, autocommit=True) as connection:
        wrong = content.differences(made.tables, content.digests(connection))
    if wrong:
        raise Damaged(f"{made.id}: after loading, {', '.join(wrong[:5])} is not what was dumped.")
