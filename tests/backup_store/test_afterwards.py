"""What is done after a restore, before anybody comes in."""

from __future__ import annotations

import pytest
from django.db import connection

from guanxi.base.audit.restores import Restored
from guanxi.edge.ops.backups import afterwards

pytestmark = [pytest.mark.django_db, pytest.mark.req("OPS-13")]
RESTORED = Restored("s1", "2026-11-16T09:00:00+00:00", "2026-11-16T09:05:00+00:00")
A_JOB = """
INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock) VALUES ('upkeep', 'ops:upkeep', %s, %s)
"""


@pytest.mark.parametrize(
    ("jobs", "left"),
    [
        ([("doing", "a"), ("doing", "a")], ["todo", "aborted"]),
        ([("todo", "a"), ("doing", "a"), ("doing", "a")], ["todo", "aborted", "aborted"]),
        ([("doing", "a"), ("doing", "b"), ("doing", None), ("doing", None)], ["todo"] * 4),
    ],
)
def test_interrupted_jobs_wait_again_once_for_each_queueing_lock(
    jobs: list[tuple[str, str | None]], left: list[str]
) -> None:
    """While one of a lock runs the next may begin: both were running when the set was made."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.executemany(A_JOB, jobs)
        afterwards.requeue_jobs(RESTORED)
        cursor.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        assert [status for (status,) in cursor.fetchall()] == left
