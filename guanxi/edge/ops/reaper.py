"""Jobs whose worker died. The queue itself never gives them to another worker, so the supervisor does.

Each job is revived three times at most, counted in `ops_revival`: one that kills its worker would
otherwise go round for ever. It runs outside the queue, so that it cannot stall with it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg.errors import UniqueViolation

LOCK = 0x6775616E7869  # one supervisor at a time, on however many hosts
REVIVALS = 3
HEARTBEAT_SECONDS = 4  # how often a worker says that it lives
SILENT_SECONDS = 30

# A worker row goes when its worker stops or is pruned, so none means dead as well.
DEAD: LiteralString = """
    SELECT job.id, coalesce(revival.times, 0)
    FROM procrastinate_jobs job
    LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    LEFT JOIN ops_revival revival ON revival.job_id = job.id
    WHERE job.status = 'doing'
      AND (worker.id IS NULL
           OR worker.last_heartbeat < now() - make_interval(secs => %(silent)s)
           OR worker.last_heartbeat <= %(died_at)s)
    ORDER BY job.id
    FOR UPDATE OF job SKIP LOCKED
"""
COUNT: LiteralString = """
    INSERT INTO ops_revival (job_id, times, last_at) VALUES (%s, 1, now())
    ON CONFLICT (job_id) DO UPDATE SET times = ops_revival.times + 1, last_at = now()
"""
# The queue's own functions, so that its events and notifications are written as always.
RETRY: LiteralString = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
FINISH: LiteralString = "SELECT procrastinate_finish_job_v1(%s, %s, false)"
FORGET: LiteralString = """
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < now() - make_interval(secs => %(silent)s) OR last_heartbeat <= %(died_at)s
"""


@dataclass(frozen=True)
class Reaped:
    revived: int = 0
    given_up: int = 0
    superseded: int = 0


Connection = psycopg.Connection[Any]


def reap(connection: Connection, *, silent: float = SILENT_SECONDS, died_at: datetime | None = None) -> Reaped:
    """`died_at`: a worker known to have died then; rows without a heartbeat since are taken at once."""
    known = {"silent": silent, "died_at": died_at}
    with connection.transaction():
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone()
        if row is None or not row[0]:
            return Reaped()
        dead = connection.execute(DEAD, known).fetchall()
        ends = Counter(_settle(connection, job=job, times=times) for job, times in dead)
        connection.execute(FORGET, known)
    return Reaped(**ends)


def _settle(connection: Connection, *, job: int, times: int) -> str:
    if times >= REVIVALS:
        connection.execute(FINISH, [job, "failed"])
        return "given_up"
    try:
        with connection.transaction():
            connection.execute(COUNT, [job])
            connection.execute(RETRY, [job])
    except UniqueViolation:
        # Another job with the same queueing lock waits already and will do the same work.
        connection.execute(FINISH, [job, "aborted"])
        return "superseded"
    return "revived"


def database_time(connection: Connection) -> datetime:
    row = connection.execute("SELECT now()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
