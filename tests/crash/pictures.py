"""What a database and its folder hold, said so that two histories can be compared: without numbers that a row gets
by chance of when it came (ids, times of the machine, random names), with everything else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from .dying import Ground

Rows = Counter[tuple[str, str]]
# Tables that are no effect of a command, each with its reason.
APART = {
    "org_apibudget": "how fast a program calls",
    "django_migrations": "of the schema",
    "procrastinate_periodic_defers": "which minute the clock stands at",
    "procrastinate_events": "how often a job was tried",
    "procrastinate_workers": "who is alive",
    "rulebooks_run": "how often the rules looked, also when there was nothing to do",
}
# Columns that differ between two runs without any crash.
BY_CHANCE = {
    "password": "salted",
    "digest": "of random bytes, or of ids",
    "previous": "as digest",
    "anchor": "a random name",
    "stored": "a random name",
    "session_data": "signed with the time",
    "session_key": "random",
    "expire_date": "the machine's clock",
    "took_ms": "how long it took",
    "scheduled_at": "the machine's clock",
    "attempts": "how often a job was tried",
    "last_at": "the server's clock",
}
COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position
"""
WORDS = ("text", "character varying", "jsonb", "tsvector")


@dataclass(frozen=True)
class Picture:
    rows: Rows
    files: Counter[str]

    def differences(self, other: Picture) -> list[str]:
        """What is in the other one too often or not at all; nothing when both histories came to the same."""
        more, less = other.rows - self.rows, self.rows - other.rows
        lines = [f"+{count} {table} {row}" for (table, row), count in more.items()]
        lines += [f"-{count} {table} {row}" for (table, row), count in less.items()]
        lines += [f"+{count} file {name}" for name, count in (other.files - self.files).items()]
        return lines + [f"-{count} file {name}" for name, count in (self.files - other.files).items()]


def picture_of(ground: Ground) -> Picture:
    rows: Rows = Counter()
    with ground.connect() as db:
        for table, parts in columns_of(ground).items():
            sql = f"SELECT concat_ws('|', {', '.join(parts)}) FROM {table}" if parts else f"SELECT '' FROM {table}"
            rows.update((table, row) for (row,) in db.execute(sql.encode()).fetchall())
    return Picture(rows, files_of(ground))


@cache
def columns_of(ground: Ground) -> dict[str, list[str]]:
    """Read once: the schema stays as it is."""
    columns: dict[str, list[str]] = {}
    with ground.connect() as db:
        for table, column, kind in db.execute(COLUMNS.encode()).fetchall():
            if table not in APART:
                columns.setdefault(table, []).extend(said(column, kind))
    return columns


def said(column: str, kind: str) -> list[str]:
    """Ids are left out, and so are those that words hold: whose row it is, its other columns say."""
    is_id = column == "id" or column.endswith(("_id", "_ids"))
    if is_id or column in BY_CHANCE or kind in ("ARRAY", "uuid"):
        return []
    if kind == "bytea":
        return [f"'{column}=' || (\"{column}\" IS NULL)"]
    if kind in WORDS:
        return [f"'{column}=' || regexp_replace(\"{column}\"::text, '[0-9]+', '#', 'g')"]
    return [f"'{column}=' || \"{column}\""]


def files_of(ground: Ground) -> Counter[str]:
    """By place and size; names are random. Of lists that grow by lines, how many lines there are."""
    found: Counter[str] = Counter()
    for path in ground.folder.rglob("*"):
        if path.is_file() and path.relative_to(ground.folder).parts[0] != "tmp":
            place = re.sub(r"[0-9a-f]{40}", "*", str(path.relative_to(ground.folder)))
            place = re.sub(r"/[0-9a-f]{2}/[0-9a-f]{2}/", "/", place)
            content = path.read_bytes()
            is_list = place.startswith(("audit/", "privacy/"))
            found[f"{place}: {len(content.splitlines()) if is_list else len(content)}"] += 1
    return found
