"""Is that PostgreSQL fit to hold an installation? Looked at before anything is copied into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from guanxi.edge.ops import refusals
from guanxi.edge.ops.prepare import MUST_BE_ON, OLDEST_POSTGRES

Connection = psycopg.Connection[Any]
LARGEST_CLOCK_DIFFERENCE = 2.0
FEWEST_CONNECTIONS = 40
CREATE = "CREATE DATABASE guanxi OWNER guanxi ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0"


@dataclass(frozen=True)
class Check:
    """`is_needed`: without it nothing is moved; otherwise a word to think about."""

    key: str
    is_fine: bool
    text: str
    is_needed: bool = True


def examined(source: str, to: str) -> list[Check]:
    if plain := refusals.plain_database(to):
        return [Check("encryption", False, plain)]
    try:
        with _connected(to) as there, _connected(source) as here:
            return [check(there, here) for check in CHECKS]
    except psycopg.OperationalError as problem:
        # The driver names host, user and database, never the password.
        return [Check("reach", False, f"The other PostgreSQL does not let us in: {str(problem).strip()}")]
    except (psycopg.Error, ValueError) as problem:
        return [Check("reach", False, f"The other PostgreSQL cannot be asked: {type(problem).__name__}.")]


def version(there: Connection, _here: Connection) -> Check:
    found = there.info.server_version
    return Check("version", found >= OLDEST_POSTGRES, f"PostgreSQL 15 or later is needed; it is {found // 10000}.")


def another(there: Connection, here: Connection) -> Check:
    asked = "SELECT pg_postmaster_start_time(), oid FROM pg_database WHERE datname = current_database()"
    is_other = _one(there, asked) != _one(here, asked)
    return Check("another", is_other, "The other database must not be the embedded one itself.")


def encoding(there: Connection, _here: Connection) -> Check:
    found = _one(there, "SELECT current_setting('server_encoding')")[0]
    return Check("encoding", found == "UTF8", f"The database must be in UTF8; it is in {found}. Create it so: {CREATE}")


def rights(there: Connection, _here: Connection) -> Check:
    asked = "SELECT has_schema_privilege('public', 'CREATE') AND has_database_privilege(current_database(), 'CREATE')"
    text = "The role must own the database (ALTER DATABASE ... OWNER TO ...): it may not create tables."
    return Check("rights", bool(_one(there, asked)[0]), text)


def settings(there: Connection, _here: Connection) -> Check:
    off = [name for name in MUST_BE_ON if _one(there, f"SHOW {name}")[0] != "on"]
    if _one(there, "SHOW synchronous_commit")[0] == "off":
        off.append("synchronous_commit")
    text = f"A power cut would destroy or lose data there: {', '.join(off)} is off."
    return Check("settings", not off, text if off else "Its settings are safe.")


def extensions(there: Connection, here: Connection) -> Check:
    used = {name for (name,) in here.execute("SELECT extname FROM pg_extension")}
    missing = used - {name for (name,) in there.execute("SELECT name FROM pg_available_extensions")}
    return Check("extensions", not missing, f"Extensions it lacks: {', '.join(sorted(missing)) or 'none'}.")


def clocks(there: Connection, _here: Connection) -> Check:
    apart = abs((_one(there, "SELECT clock_timestamp()")[0] - datetime.now(UTC)).total_seconds())
    text = f"Its clock is {apart:.1f} s apart from this machine's; set both by NTP."
    return Check("clock", apart < LARGEST_CLOCK_DIFFERENCE, text)


def letters(there: Connection, _here: Connection) -> Check:
    try:
        knows = _one(there, "SELECT lower('ÄÉЖ') = 'äéж'")[0]
    except (psycopg.errors.UntranslatableCharacter, UnicodeError):  # of an encoding that lacks them
        knows = False
    text = f"It does not know capital letters beyond ASCII, so such names are found only as written. Better: {CREATE}"
    return Check("letters", bool(knows), text, is_needed=False)


def order(there: Connection, _here: Connection) -> Check:
    plain = _one(there, "SELECT 'B' < 'a' AND 'a b' < 'aa'")[0]
    text = f"It sorts by the rules of a language: Latin names stand in another order. Better: {CREATE}"
    return Check("order", bool(plain), text, is_needed=False)


def connections(there: Connection, _here: Connection) -> Check:
    most = int(_one(there, "SHOW max_connections")[0])
    text = f"It takes {most} connections; {FEWEST_CONNECTIONS} at least are comfortable."
    return Check("connections", most >= FEWEST_CONNECTIONS, text, is_needed=False)


def size(_there: Connection, here: Connection) -> Check:
    """The room of another machine's disk is known there alone."""
    megabytes = _one(here, "SELECT pg_database_size(current_database())")[0] // 1024**2
    return Check("size", True, f"About {megabytes} MB will be written; twice that should be free there.")


def _connected(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=5)


def _one(connection: Connection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return tuple(row)


CHECKS: list[Callable[[Connection, Connection], Check]] = [
    version, another, encoding, rights, settings, extensions, clocks, letters, order, connections, size,
]  # fmt: skip
