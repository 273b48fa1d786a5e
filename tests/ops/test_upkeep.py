"""What has served its time is cleared away at night, and nothing that is still needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from guanxi.base.audit import operations
from guanxi.base.audit.models import Entry, EventRow, Operation
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.jobs import clear_away, forget_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-10")]
WHO = Actor.system("upkeep")


def send(key: str) -> None:
    operations.once(key, actor=WHO, name="test", payload={}, perform=lambda: {"phone": "13894821993"})


def test_answers_kept_for_retries_go_after_a_week() -> None:
    send("old")
    clock.advance(days=6)
    send("young")
    assert clear_away(actor=WHO) == 0
    clock.advance(days=2)
    assert clear_away(actor=WHO) == 1
    assert [operation.key for operation in Operation.objects.all()] == ["young"]
    assert Entry.objects.get(name="ops:upkeep:done").changes == {"count": 1}


def test_events_go_after_ninety_days_and_the_trail_stays() -> None:
    EventRow.objects.create(at=clock.now(), name="test:done", kind="thing", ids=[1])
    Entry.objects.create(at=clock.now(), name="test:done", via="system", who="x", kind="thing")
    clock.advance(days=91)
    clear_away(actor=WHO)
    assert not EventRow.objects.filter(name="test:done").exists()
    assert Entry.objects.filter(name="test:done").exists()


def job(state: str, *, days: int) -> int:
    """One that came to this state so many days ago."""
    number = int(app.configure_task("privacy:person_file").defer(file_id=0))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [state, number])
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - %s WHERE job_id = %s", [timedelta(days=days), number]
        )
    return number


def test_jobs_that_are_done_go_after_a_week_and_those_that_gave_up_after_a_quarter() -> None:
    stay = [job("succeeded", days=6), job("failed", days=89), job("todo", days=400)]
    for state, days in (("succeeded", 8), ("cancelled", 8), ("aborted", 8), ("failed", 91)):
        job(state, days=days)
    assert forget_jobs() == 4
    assert forget_jobs() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == stay
