"""The auditor finds what is planted: a loss and a double of every kind, missing words of the trail, files, jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.installation import Installation, until

from .auditor import Book, Database, findings, of_files, of_jobs, of_numbers
from .driver import Ledger, drivers_of
from .effects import EFFECTS, Effect
from .test_nothing_is_lost import unfinished
from .work import WORK

pytestmark = [pytest.mark.slow, pytest.mark.req("DAT-01")]
KINDS = pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.kind)


@pytest.fixture(scope="module")
def book(place: Installation) -> Book:
    """Everything done twice, in peace."""
    ledger = Ledger(place.data / "ledger")
    hands = drivers_of(place, ledger, seed=999, count=1)[0].hands
    for number in (1, 2):
        for order, work in enumerate(WORK):
            work.perform(hands, f"999{order}-{number}")
    until(lambda: not unfinished(place), seconds=120)
    return Book.read(ledger.path)


@pytest.fixture
def db(place: Installation) -> Iterator[Database]:
    """Whatever is planted is taken back."""
    with place.database() as opened:
        opened.execute(b"ALTER TABLE audit_entry DISABLE TRIGGER USER")  # the trail lets nobody take a row away
        yield opened
        opened.rollback()


def test_in_peace_nothing_is_found(place: Installation, db: Database, book: Book) -> None:
    assert findings(db, book, place.data) == []


@KINDS
def test_a_lost_effect_is_found(db: Database, book: Book, effect: Effect) -> None:
    table, column = effect.column.split(".")
    _marker, record_id = first_two(db, effect, book)[0]
    where = "record_id" if effect.kind == "document" else "id"
    db.execute(f"UPDATE {table} SET {column} = '' WHERE {where} = %s".encode(), [record_id])
    found = [line for line in findings(db, book) if line.startswith(effect.kind)]
    assert any("was acknowledged and is lost" in line for line in found)


@KINDS
def test_a_doubled_effect_is_found(db: Database, book: Book, effect: Effect) -> None:
    table, column = effect.column.split(".")
    one, other = first_two(db, effect, book)
    where = "record_id" if effect.kind == "document" else "id"
    copied = f"(SELECT {column} FROM {table} WHERE {where} = %s)"
    db.execute(f"UPDATE {table} SET {column} = {copied} WHERE {where} = %s".encode(), [one[1], other[1]])
    assert any(f"is there {effect.times + 1} times" in line for line in findings(db, book))


@KINDS
def test_an_effect_that_nobody_asked_for_is_found(db: Database, book: Book, effect: Effect) -> None:
    marker = first_two(db, effect, book)[0][0]
    without = Book([])
    without.began, without.done = book.began.copy(), dict(book.done)
    del without.began[(effect.kind, marker)]
    assert f"{effect.kind} {marker} is there and nobody asked for it" in findings(db, without)


@pytest.mark.parametrize("effect", [e for e in EFFECTS if e.trail], ids=lambda effect: effect.kind)
def test_a_change_without_its_word_in_the_trail_is_found(db: Database, book: Book, effect: Effect) -> None:
    _marker, record_id = first_two(db, effect, book)[0]
    gone = b"DELETE FROM audit_entry WHERE kind = %s AND subject_id = %s AND name = %s"
    db.execute(gone, [effect.subject, record_id, effect.trail])
    assert f"{effect.kind} {record_id} has 0 entries {effect.trail} in the trail" in findings(db, book)


def first_two(db: Database, effect: Effect, book: Book) -> list[tuple[str, int]]:
    """Of two commands that were acknowledged."""
    by_marker: dict[str, int] = {}
    for marker, record_id in sorted(db.execute(effect.sql.encode()).fetchall()):
        if (effect.kind, marker) in book.done:
            by_marker.setdefault(marker, record_id)
    assert len(by_marker) >= 2, effect.kind
    return list(by_marker.items())[:2]


def test_a_job_without_a_worker_is_found(db: Database) -> None:
    job = b"INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('x', 'x:y', 'doing') RETURNING id"
    started = (
        b"INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', now() - interval '3 minutes')"
    )
    number = one(db, job)
    db.execute(started, [number])
    assert list(of_jobs(db)) == [f"job {number} (x:y) is under way without a worker"]


def test_a_run_that_ended_twice_is_found(db: Database, book: Book) -> None:
    run = one(db, b"SELECT max(id) FROM records_exportrun WHERE state = 'done'")
    again = b"""INSERT INTO audit_entry (at, name, via, who, address, kind, subject_id, changes, personal)
      SELECT at, name, via, who, address, kind, subject_id, changes, personal FROM audit_entry
      WHERE kind = 'export' AND subject_id = %s AND name = 'records:export:finished'"""
    db.execute(again, [run])
    assert f"export {run} is done and ended 2 times" in list(of_jobs(db))


def test_a_number_given_twice_is_found(db: Database, book: Book) -> None:
    for (name,) in db.execute(UNIQUE).fetchall():
        db.execute(f"ALTER TABLE archive_fileform DROP CONSTRAINT IF EXISTS {name}".encode())
        db.execute(f"DROP INDEX IF EXISTS {name}".encode())
    db.execute(b"UPDATE archive_fileform SET number = 'D1' WHERE id IN (SELECT id FROM archive_fileform LIMIT 2)")
    assert list(of_numbers(db)) == ["number D1 was given 2 times"]


UNIQUE = b"""SELECT indexname FROM pg_indexes
  WHERE tablename = 'archive_fileform' AND indexdef LIKE '%UNIQUE%' AND indexdef LIKE '%number%'"""


def test_files_lost_altered_and_left_over_are_found(
    place: Installation, db: Database, book: Book, tmp_path: Path
) -> None:
    shutil.copytree(place.data / "files", tmp_path / "files")
    files = sorted((tmp_path / "files").glob("??/??/*"))
    files[0].unlink()
    files[1].write_bytes(b"something else")
    for number in range(book_of_documents(book)):
        (files[0].parent / f"{number:040}").write_bytes(b"")
    (files[0].parent / ("f" * 40)).write_bytes(b"")
    found = list(of_files(db, tmp_path, book))
    assert f"attachment {files[0].name} has no file" in found
    assert f"attachment {files[1].name} is not what was uploaded" in found
    assert found[-1].endswith("files belong to no attachment")


def book_of_documents(book: Book) -> int:
    return sum(1 for kind, _marker in book.began if kind == "document")


def one(db: psycopg.Connection[Any], sql: bytes) -> int:
    row = db.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
