"""What is done after a restore, before anybody comes in."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import connection

from guanxi.base.audit.restores import Restored
from guanxi.base.kernel import space
from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.backups import afterwards, registration, schedule
from guanxi.edge.ops.backups.models import WAITING, BackupRun

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


def waiting() -> list[tuple[str, bool]]:
    return list(BackupRun.objects.filter(state=WAITING).values_list("what", "is_by_hand"))


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'ops:backup_run'")
        return int(cursor.fetchone()[0])


class TestAFullBackup:
    def test_is_asked_for_before_anybody_comes_in(self) -> None:
        assert "full backup was asked for" in registration.settle(RESTORED)
        assert (waiting(), jobs()) == ([("full", False)], 1)

    def test_once_also_when_the_steps_are_taken_again(self) -> None:
        registration.settle(RESTORED)
        registration.settle(RESTORED)
        assert waiting() == [("full", False)]

    def test_not_where_the_schedule_is_off(self) -> None:
        plan = schedule.the_plan()
        plan.is_on = False
        plan.save()
        registration.settle(RESTORED)
        assert waiting() == []

    def test_a_full_disk_does_not_stop_the_start(self, settings: LazySettings) -> None:
        settings.SPACE_LEAST_PERCENT = 100
        space.look_again()
        try:
            assert registration.settle(RESTORED) == ""
        finally:
            settings.SPACE_LEAST_PERCENT = 0
            space.look_again()
        assert waiting() == []

    def test_what_failed_then_is_asked_for_by_the_schedule(self) -> None:
        assert schedule.past_of_runs().restored is None
        afterwards.note_in_trail(RESTORED, actor=Actor.system("guanxi restore"))
        past = schedule.past_of_runs()
        assert past.restored
        assert schedule.due(schedule.the_plan(), past, now=past.restored, has_chains=True) == "full"
