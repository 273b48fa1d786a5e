"""A program of its own: `python -m tests.crash.auditor LEDGER DATA`. It reads the database and the files on disk, not
the product, and prints what is wrong, a sentence each; it ends with 1 when there is anything.

Every acknowledged command has exactly one effect, and no effect is without its command (I1, I2); numbers come once
(I5); each change has its row in the trail (I7); attachments and files belong to each other (I9); no job is under way
that nobody carries out.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from .effects import EFFECTS, ENDED_ONCE, RUNS, Effect

Database = psycopg.Connection[Any]
Pairs = Counter[tuple[str, str]]
# Nothing may be called under way for longer without a worker who lives.
LONGEST_WITHOUT_WORKER = 120
SILENT = 30


class Book:
    """The ledger, read."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self.began: Pairs = Counter()
        self.done: dict[tuple[str, str], int | None] = {}
        for line in lines:
            pair = (line["kind"], line["marker"])
            if line["event"] == "began":
                self.began[pair] += 1
            else:
                self.done[pair] = line.get("id")

    @classmethod
    def read(cls, path: Path) -> Book:
        return cls([json.loads(line) for line in path.read_text().splitlines()])


def findings(db: Database, book: Book, data: Path | None = None) -> list[str]:
    return [*of_effects(db, book), *of_numbers(db), *of_jobs(db), *(of_files(db, data, book) if data else ())]


def of_effects(db: Database, book: Book) -> Iterator[str]:
    for effect in EFFECTS:
        stored: dict[str, list[int]] = defaultdict(list)
        for marker, record_id in db.execute(effect.sql.encode()).fetchall():
            stored[marker].append(record_id)
        yield from lost(effect, book, stored, told_by_runs(db, effect))
        yield from doubled(effect, book, stored)
        if effect.trail:
            yield from without_one_entry(db, effect, [i for ids in stored.values() for i in ids])
    yield from wrong_series(db)


def told_by_runs(db: Database, effect: Effect) -> dict[int, str]:
    """What became of the work that was asked for, by the number that the answer gave."""
    if effect.kind not in RUNS:
        return {}
    sql = f"SELECT id, state, problem::text FROM {RUNS[effect.kind]}"
    return {run: f" ({state}: {problem})" for run, state, problem in db.execute(sql.encode()).fetchall()}


def lost(effect: Effect, book: Book, stored: dict[str, list[int]], told: dict[int, str]) -> Iterator[str]:
    for (kind, marker), known in book.done.items():
        if kind != effect.kind:
            continue
        ids = stored.get(marker, [])
        if len(ids) < effect.times:
            because = told.get(known or 0, "")
            yield f"{kind} {marker} was acknowledged and is lost: {len(ids)} of {effect.times}{because}"
        elif known is not None and effect.times == 1 and known not in ids:
            yield f"{kind} {marker} was acknowledged as {known} and is stored as {ids}"


def doubled(effect: Effect, book: Book, stored: dict[str, list[int]]) -> Iterator[str]:
    for marker, ids in stored.items():
        if len(ids) > effect.times:
            yield f"{effect.kind} {marker} is there {len(ids)} times instead of {effect.times}"
        if (effect.kind, marker) not in book.began:
            yield f"{effect.kind} {marker} is there and nobody asked for it"


def without_one_entry(db: Database, effect: Effect, ids: list[int]) -> Iterator[str]:
    sql = b"""SELECT i, count(e.id) FROM unnest(%s::bigint[]) i
      LEFT JOIN audit_entry e ON e.kind = %s AND e.subject_id = i AND e.name = %s GROUP BY i HAVING count(e.id) <> 1"""
    for record_id, count in db.execute(sql, [ids, effect.subject, effect.trail]).fetchall():
        yield f"{effect.kind} {record_id} has {count} entries {effect.trail} in the trail"


def wrong_series(db: Database) -> Iterator[str]:
    """A buyer's form has three callbacks of the representative and three of the doctor."""
    sql = """SELECT f.id, count(d.id) FROM archive_fileform f LEFT JOIN rulebooks_duty d
      ON d.subject_kind = 'fileform' AND d.subject_id = f.id AND d.clause_id IN (
        SELECT id FROM rulebooks_clause WHERE key IN ('buyer-callback', 'doctor-callback'))
      WHERE f.event_name ~ '^活动[0-9]+-' AND f.purchased GROUP BY f.id HAVING count(d.id) <> 6"""
    for form, count in db.execute(sql.encode()).fetchall():
        yield f"form {form} has {count} duties"


def of_numbers(db: Database) -> Iterator[str]:
    sql = b"SELECT number, count(*) FROM archive_fileform WHERE number <> '' GROUP BY number HAVING count(*) > 1"
    for number, count in db.execute(sql).fetchall():
        yield f"number {number} was given {count} times"


def of_jobs(db: Database) -> Iterator[str]:
    orphaned = b"""SELECT j.id, j.task_name FROM procrastinate_jobs j
      LEFT JOIN procrastinate_workers w ON w.id = j.worker_id AND w.last_heartbeat > now() - make_interval(secs => %s)
      WHERE j.status = 'doing' AND w.id IS NULL AND (
        SELECT max(at) FROM procrastinate_events v WHERE v.job_id = j.id AND v.type = 'started'
      ) < now() - make_interval(secs => %s)"""
    for job, name in db.execute(orphaned, [SILENT, LONGEST_WITHOUT_WORKER]).fetchall():
        yield f"job {job} ({name}) is under way without a worker"
    for kind, table, name in ENDED_ONCE:
        sql = f"""SELECT r.id, r.state, count(e.id) FROM {table} r LEFT JOIN audit_entry e
          ON e.kind = '{kind}' AND e.subject_id = r.id AND e.name = '{name}'
          WHERE r.state = 'done' GROUP BY r.id, r.state HAVING count(e.id) <> 1"""
        for run, state, count in db.execute(sql.encode()).fetchall():
            yield f"{kind} {run} is {state} and ended {count} times"


def of_files(db: Database, data: Path, book: Book) -> Iterator[str]:
    """A killed upload may leave a file without a row, which is swept a day later: one for each that was asked again."""
    files = {path.name: path for path in (data / "files").glob("??/??/*")}
    rows = db.execute(b"SELECT stored, size, sha256 FROM documents_documentversion").fetchall()
    for name, size, sha256 in rows:
        content = files[name].read_bytes() if name in files else None
        if content is None:
            yield f"attachment {name} has no file"
        elif (len(content), hashlib.sha256(content).hexdigest()) != (size, sha256):
            yield f"attachment {name} is not what was uploaded"
    spare = len(files) - len({name for name, _size, _sha in rows} & set(files))
    if spare > sum(count for (kind, _marker), count in book.began.items() if kind == "document"):
        yield f"{spare} files belong to no attachment"


def main(ledger: str, data: str) -> int:
    from guanxi.edge.ops.postgres import Server

    with psycopg.connect(Server(Path(data) / "postgres").url()) as db:
        found = findings(db, Book.read(Path(ledger)), Path(data))
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201  (its answer)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
