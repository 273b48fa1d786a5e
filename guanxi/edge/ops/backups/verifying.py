"""Proof that a set brings everything back: it is restored into a scratch server, and what came back is looked at."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql

from guanxi.edge.ops.installation import Installation

from . import attachments, chains, content, staging
from .alone import alone
from .servers import Failed, Scratch, run
from .sets import BackupSet, Damaged, Part, Store
from .staging import Until

PLACE = "postgres.verifying"
INVALID = """
SELECT 'constraint ' || conrelid::regclass || '.' || conname FROM pg_constraint WHERE NOT convalidated
UNION ALL SELECT 'index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid OR NOT indisready
"""
FOREIGN_KEYS = """
SELECT c.conname, cn.nspname, cc.relname, pn.nspname, pc.relname,
  (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(attnum, n)
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum),
  (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(attnum, n)
     JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum)
FROM pg_constraint c JOIN pg_class cc ON cc.oid = c.conrelid JOIN pg_namespace cn ON cn.oid = cc.relnamespace
JOIN pg_class pc ON pc.oid = c.confrelid JOIN pg_namespace pn ON pn.oid = pc.relnamespace
WHERE c.contype = 'f' AND c.conparentid = 0 ORDER BY 1
"""
OWNED_SEQUENCES = """
SELECT s.oid::regclass::text, n.nspname, t.relname, a.attname
FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
JOIN pg_class t ON t.oid = d.refobjid AND t.relkind = 'r' JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S'
"""
DOCUMENTS = "SELECT to_regclass('public.documents_documentversion') IS NOT NULL"
ROWS_OF_FILES = "SELECT stored, sha256 FROM documents_documentversion"


@dataclass(frozen=True)
class Verification:
    """`findings` empty: everything is there and good. Counts say how much was looked at."""

    set: str
    at: str
    seconds: float
    chain: list[str]
    findings: list[str]
    tables: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    foreign_keys: int = 0
    sequences: int = 0
    files: int = 0
    amcheck: bool = False

    @property
    def is_good(self) -> bool:
        return not self.findings


def verify(
    set_id: str,
    store: Store,
    *,
    here: Installation,
    say: Callable[[str], None] = lambda _text: None,
) -> Verification:
    """Raises Failed when it could not be tried (no room, another version); what is wrong with the set is a finding."""
    with alone(here.data, doing="A verification"):
        began = time.monotonic()
        home = here.data / PLACE
        try:
            found = _look(set_id, store, home, say)
        except Damaged as problem:
            found = Verification(set_id, "", 0, [], [str(problem)])
        finally:
            staging.discard(home)
        told = {"at": datetime.now(UTC).isoformat(), "seconds": round(time.monotonic() - began, 2)}
        verification = Verification(**{**asdict(found), **told})
        write(store, verification)
        return verification


def write(store: Store, verification: Verification) -> None:
    text = json.dumps(asdict(verification), ensure_ascii=False, indent=1)
    store.put(chains.place(verification.set, chains.VERIFIED), [text.encode()], part=Part.CONFIGURATION)


def read(store: Store, set_id: str) -> Verification | None:
    """The last one of that set; None when there was none, or it does not open."""
    name = chains.place(set_id, chains.VERIFIED)
    if name not in store.names(name):
        return None
    try:
        return Verification(**json.loads(b"".join(store.get(name))))
    except (Damaged, ValueError, TypeError):
        return None


def _look(set_id: str, store: Store, home: Path, say: Callable[[str], None]) -> Verification:
    links = staging.judged(store, set_id, Until())
    with staging.staged(store, links, home, until=Until(), throwaway=True, say=say) as scratch:
        say("Looking through every table, index, key and sequence ...")
        has_amcheck = _has_amcheck(scratch)
        findings = _amcheck(scratch) if has_amcheck else []
        with scratch.connect(database="guanxi") as connection:
            tables = content.digests(connection)
            keys, orphans = _orphans(connection)
            sequences, behind = _sequences_behind(connection)
            findings += [*_invalid(connection), *orphans, *behind, *_unlike(links[-1], tables)]
            say("Reading every file ...")
            files = attachments.read_list(store, links[-1])
            findings += _missing_files(connection, files)
    count = attachments.check_files(store, files)
    rows = sum(int(value.split(":")[0]) for name, value in tables.items() if not name.startswith("sequence "))
    chain = [link.id for link in links]
    return Verification(set_id, "", 0, chain, findings, tables, rows, keys, sequences, count, has_amcheck)


def _has_amcheck(scratch: Scratch) -> bool:
    with scratch.connect() as connection:
        return bool(connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'").fetchone())


def _amcheck(scratch: Scratch) -> list[str]:
    """Every heap and every index, each row of the one looked up in the other."""
    command = [
        str(scratch.programs / "pg_amcheck"), "-h", str(scratch.sockets), "-p", str(scratch.port), "-U", "postgres",
        "--install-missing", "--heapallindexed", "--jobs=2", "guanxi",
    ]  # fmt: skip
    try:
        run(command, of="pg_amcheck")
    except Failed as problem:
        return [str(problem)]
    return []


def _invalid(connection: content.Connection) -> list[str]:
    return [f"{name} is not valid" for (name,) in connection.execute(INVALID)]


def _orphans(connection: content.Connection) -> tuple[int, list[str]]:
    """Rows that point to what is not there. The server believes its keys; here they are counted."""
    keys = connection.execute(FOREIGN_KEYS).fetchall()
    found = []
    for name, child_schema, child, parent_schema, parent, columns, targets in keys:
        pairs = list(zip(columns, targets, strict=True))
        query = sql.SQL("SELECT count(*) FROM {} c LEFT JOIN {} p ON {} WHERE p.{} IS NULL AND {}").format(
            sql.Identifier(child_schema, child),
            sql.Identifier(parent_schema, parent),
            sql.SQL(" AND ").join(sql.SQL("c.{} = p.{}").format(*map(sql.Identifier, pair)) for pair in pairs),
            sql.Identifier(targets[0]),
            sql.SQL(" AND ").join(sql.SQL("c.{} IS NOT NULL").format(sql.Identifier(column)) for column in columns),
        )
        if count := _number(connection, query):
            found.append(f"{name}: {count} rows of {child} point to nothing in {parent}")
    return len(keys), found


def _sequences_behind(connection: content.Connection) -> tuple[int, list[str]]:
    """One that is behind its column would give a number a second time."""
    owned = connection.execute(OWNED_SEQUENCES).fetchall()
    found = []
    for sequence, schema, table, column in owned:
        query = sql.SQL("SELECT coalesce(max({}), 0) - (SELECT last_value FROM {}) FROM {}").format(
            sql.Identifier(column), sql.SQL(sequence), sql.Identifier(schema, table)
        )
        if (ahead := _number(connection, query)) > 0:
            found.append(f"{sequence} is {ahead} behind {table}.{column}")
    return len(owned), found


def _unlike(made: BackupSet, tables: dict[str, str]) -> list[str]:
    """Where the content was counted when the set was made."""
    names = content.differences(made.tables, tables) if made.tables else []
    return [f"{name} is not what was backed up" for name in names]


def _missing_files(connection: content.Connection, files: list[attachments.File]) -> list[str]:
    """Rows whose file the set lacks, or has with another digest."""
    row = connection.execute(DOCUMENTS).fetchone()
    if row is None or not row[0]:
        return []
    there = {file.path.rpartition("/")[2]: file.sha256 for file in files}
    rows = connection.execute(ROWS_OF_FILES).fetchall()
    wrong = [stored for stored, sha256 in rows if there.get(stored) != sha256]
    return [f"{len(wrong)} files that the database knows are not in the set, such as {wrong[0]}"] if wrong else []


def _number(connection: content.Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
