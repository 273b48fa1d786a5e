"""From the embedded server to one's own PostgreSQL: looked at first, copied in one transaction, compared, then used.

Until the last line is written (the address in DATA_DIR) the installation is what it was, so a move that was cut off is
begun again, and the embedded database stays as it was at this moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from guanxi.edge.ops import dumps
from guanxi.edge.ops.backups import content
from guanxi.edge.ops.backups.servers import programs_for
from guanxi.edge.ops.destination import Check, examined
from guanxi.edge.ops.installation import Installation, Occupied

Say = Callable[[str], None]
# What stands beside the rows: name of a sort of thing to (name, what it is). NOT NULL is told with the columns, for
# servers count it among the constraints from 18 on only.
SHAPES = {
    "column": """
        SELECT c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
          a.attidentity, a.attgenerated, a.atthasdef)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relkind IN ('r', 'v')
        """,
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, concat_ws(' ', contype, convalidated) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        """,
    "index": """
        SELECT c.relname, concat_ws(' ', i.indisvalid, i.indisunique, i.indpred IS NOT NULL, i.indnatts)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace
        """,
    "trigger": """
        SELECT tgrelid::regclass || '.' || tgname, concat_ws(' ', tgenabled, tgtype) FROM pg_trigger
        WHERE NOT tgisinternal
        """,
    "function": """
        SELECT proname || '(' || pg_get_function_identity_arguments(oid) || ')', md5(prosrc) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        """,
}


class CannotMove(Exception):
    """Why, and what to do. Nothing was changed here."""


@dataclass(frozen=True)
class Moved:
    place: str
    tables: int
    rows: int
    checks: list[Check]


def move(here: Installation, to: str, *, say: Say, only_check: bool = False) -> Moved:
    """Raises CannotMove. Run again after it was cut off, it goes on or begins anew."""
    refuse_unfit(here)
    with closed(here), at_rest(here) as source:
        checks = looked_at(source, to)
        if only_check:
            return Moved(dumps.without_password(to), 0, 0, checks)
        if is_empty(to):
            copy(here, source, to, say=say)
        tables = compare(source, to, say=say)
        write_address(here.address_file, to)
    rows = sum(int(value.partition(":")[0]) for name, value in tables.items() if not name.startswith("sequence "))
    return Moved(dumps.without_password(to), len(tables), rows, checks)


def refuse_unfit(here: Installation) -> None:
    if here.database_url:
        raise CannotMove("This installation does not use the embedded server; there is nothing to move.")
    if not (here.data / "postgres" / "pg.password").exists():
        raise CannotMove(f"There is no installation in {here.data} yet. Start with DATABASE_URL at once.")


@contextmanager
def closed(here: Installation) -> Iterator[None]:
    """As long as it is moved nobody else can start it."""
    try:
        lock = here.lock()
    except Occupied:
        raise CannotMove(f"Guanxi runs on {here.data}. Stop it first: nobody may write while the data moves.") from None
    with lock:
        yield


@contextmanager
def at_rest(here: Installation) -> Iterator[str]:
    """The address of the embedded server, run for us alone."""
    server = here.server
    server.stop()  # one that outlived its supervisor
    server.start(tied=True)
    try:
        yield server.url()
    finally:
        server.stop()


def looked_at(source: str, to: str) -> list[Check]:
    checks = examined(source, to)
    bad = [check.text for check in checks if not check.is_fine and check.is_needed]
    if bad:
        raise CannotMove("\n".join(bad))
    return checks


def is_empty(to: str) -> bool:
    with connected(to) as connection:
        return not connection.execute(content.TABLES).fetchall()


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        yield connection


def copy(here: Installation, source: str, to: str, *, say: Say) -> None:
    say("Copying the database ...")
    with connected(to) as connection:
        version = connection.info.server_version
    with connected(source) as connection:
        programs = programs_for(here.server, version=connection.info.server_version)
    try:
        dumps.carry(source, to, programs=programs, version=version)
    except dumps.Failed as problem:
        raise CannotMove(f"Copying failed, and the other database is still empty: {problem}") from problem
    with connected(to) as connection:
        connection.execute("ANALYZE")


def compare(source: str, to: str, *, say: Say) -> dict[str, str]:
    say("Comparing every table, row by row ...")
    with connected(source) as one, connected(to) as other:
        tables = content.digests(one)
        wrong = content.differences(tables, content.digests(other))
        wrong += [f"{sort} {name}" for sort, sql in SHAPES.items() for name in different(sql, one, other)]
    if wrong:
        raise CannotMove(
            f"The other database holds something else: {', '.join(wrong[:5])}"
            f"{f' and {len(wrong) - 5} more' if len(wrong) > 5 else ''}. Empty it (DROP SCHEMA public CASCADE; "
            "CREATE SCHEMA public;) and move again. Nothing was changed here."
        )
    return tables


def different(sql: str, one: psycopg.Connection[Any], other: psycopg.Connection[Any]) -> list[str]:
    return content.differences(dict(one.execute(sql).fetchall()), dict(other.execute(sql).fetchall()))


def write_address(path: Path, address: str) -> None:
    """The move is done with this line; readable by the owner alone, for it may hold the password."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{address}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
