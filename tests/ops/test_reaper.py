from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from procrastinate.schema import SchemaManager

from guanxi.edge.ops import reaper
from guanxi.edge.ops.installation import ROOT, module
from guanxi.edge.ops.reaper import Connection, Reaped

DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock)
    VALUES ('default', %s, jsonb_build_object('path', %s::text), %s) RETURNING id
"""
SEIZE = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s"
SILENT_WORKER = """
    INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id
"""


# The reaper's own table, as the migration makes it.
REVIVALS = "CREATE TABLE ops_revival (job_id bigint PRIMARY KEY, times smallint NOT NULL, last_at timestamptz NOT NULL)"


@pytest.fixture
def database() -> Iterator[str]:
    """A database with nothing but the queue, that other processes see what is committed in; its address."""
    given, name = connection.settings_dict, f"reaper_{os.getpid()}"
    place = {"host": given["HOST"], "port": given["PORT"] or 5432, "user": given["USER"]}
    with psycopg.connect(dbname="postgres", password=given["PASSWORD"], **place, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        address = "postgresql://{user}:{password}@/{name}?host={host}&port={port}"
        address = address.format(name=name, password=given["PASSWORD"], **place)
        with psycopg.connect(address, autocommit=True) as made:
            made.execute(SchemaManager.get_schema().encode())
            made.execute(REVIVALS.encode())
        yield address
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def queue(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


def value(queue: Connection, sql: str, *values: object) -> Any:
    row = queue.execute(sql.encode(), values).fetchone()
    return row[0] if row else None


def defer(
    queue: Connection, task: str = "traps:wait", *, path: Path | str = "", queueing_lock: str | None = None
) -> int:
    job: int = value(queue, DEFER, task, str(path), queueing_lock)
    return job


def seize(queue: Connection, job: int, *, silent: float) -> int:
    """As if a worker had taken the job and was last heard of `silent` seconds ago."""
    worker: int = value(queue, SILENT_WORKER, silent)
    queue.execute(SEIZE.encode(), [worker, job])
    return worker


def status(queue: Connection, job: int) -> Any:
    return value(queue, "SELECT status::text FROM procrastinate_jobs WHERE id = %s", job)


def worker_on(database: str) -> subprocess.Popen[bytes]:
    own = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.ops.traps.settings", "SECRET_KEY": "tests-only"}
    return subprocess.Popen(module("tests.ops.traps"), cwd=ROOT, env={**os.environ, **own})


def test_a_job_that_kills_its_worker_is_revived_three_times_and_then_given_up(
    database: str, queue: Connection, tmp_path: Path
) -> None:
    job = defer(queue, "traps:poison", path=tmp_path / "poison")
    ends = []
    for _death in range(4):
        assert worker_on(database).wait(60) == -9
        assert status(queue, job) == "doing"
        ends.append(reaper.reap(queue, died_at=reaper.database_time(queue)))
    assert ends == [Reaped(revived=1)] * 3 + [Reaped(given_up=1)]
    assert status(queue, job) == "failed"
    assert (tmp_path / "poison").read_text().count("began") == 4


def test_a_job_of_a_living_worker_is_left_alone(queue: Connection) -> None:
    job = defer(queue)
    seize(queue, job, silent=5)
    assert reaper.reap(queue) == Reaped()
    assert status(queue, job) == "doing"


def test_a_job_of_a_worker_silent_too_long_is_revived_and_the_worker_forgotten(queue: Connection) -> None:
    job = defer(queue)
    worker = seize(queue, job, silent=31)
    assert reaper.reap(queue) == Reaped(revived=1)
    assert status(queue, job) == "todo"
    assert value(queue, "SELECT count(*) FROM procrastinate_workers WHERE id = %s", worker) == 0


def test_a_job_whose_worker_is_no_longer_known_is_revived(queue: Connection) -> None:
    job = defer(queue)
    worker = seize(queue, job, silent=0)
    queue.execute(b"DELETE FROM procrastinate_workers WHERE id = %s", [worker])
    assert reaper.reap(queue) == Reaped(revived=1)


def test_a_job_whose_twin_waits_already_gives_way_to_it(queue: Connection) -> None:
    dead = defer(queue, queueing_lock="nightly")
    seize(queue, dead, silent=31)
    twin, other = defer(queue, queueing_lock="nightly"), defer(queue)
    seize(queue, other, silent=31)
    assert reaper.reap(queue) == Reaped(revived=1, superseded=1)
    assert [status(queue, job) for job in (dead, twin, other)] == ["aborted", "todo", "todo"]


def test_two_supervisors_do_not_revive_the_same_job_twice(database: str, queue: Connection) -> None:
    job = defer(queue)
    seize(queue, job, silent=31)
    with psycopg.connect(database) as other:
        other.execute(b"SELECT pg_advisory_xact_lock(%s)", [reaper.LOCK])
        assert reaper.reap(queue) == Reaped()
    assert reaper.reap(queue) == Reaped(revived=1)
