"""Every five minutes: is something due, was something cut off, does somebody have to hear of it?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Refused

from . import alarms, asking, looking, schedule
from .examining import told_of_log
from .models import RUNNING, VERIFY, WAITING, BackupPlace, BackupRun
from .reach import read
from .running import SYSTEM, end_badly
from .sets import Method
from .tasks import backup_run

EVERY_FIVE_MINUTES = "*/5 * * * *"
LOOKED_EVERY = timedelta(hours=1)
NOTED_WITHIN = timedelta(minutes=5)
# The reaper gives a job up after its third worker died with it.
LIVE_JOB = """
SELECT 1 FROM procrastinate_jobs
WHERE task_name = 'ops:backup_run' AND (args ->> 'run_id')::bigint = %s AND status IN ('todo', 'doing')
"""


@app.periodic(cron=EVERY_FIVE_MINUTES)
@app.task(name="ops:backups", queue="upkeep", queueing_lock="ops:backups")
def tend_backups(timestamp: int) -> None:
    tend()


def tend() -> str:
    """What was asked for now, if anything."""
    plan = schedule.the_plan()
    # First: whatever goes wrong below is a reason more to tell.
    alarms.tell_if_late(plan)
    if is_log_in_trouble():
        alarms.tell_of_log()
    take_up_again()
    place = BackupPlace.objects.filter(id=1).first()
    if place is None or clock.now() - place.looked_at >= LOOKED_EVERY:
        place = looking.look()
    has_chains = place.method == Method.PHYSICAL
    wanted = schedule.due(plan, schedule.past_of_runs(), now=clock.now(), has_chains=has_chains)
    if wanted and not ask_by_plan(wanted):
        wanted = ""
    return wanted


def is_log_in_trouble() -> bool:
    """By the machine's clock, as the note is. A note of before the worker started says nothing of now."""
    shipping, now = read(settings.DATA_DIR), datetime.now(UTC)
    if shipping is None or now - datetime.fromisoformat(shipping.visited_at) > NOTED_WITHIN:
        return False
    return bool(told_of_log(shipping, now))


def ask_by_plan(wanted: str) -> bool:
    """False when something is under way already, or somebody pressed the button at this moment."""
    set_id = schedule.unverified() if wanted == VERIFY else ""
    try:
        with transaction.atomic():
            asking.ask(wanted, set_id=set_id, is_by_hand=False, actor=SYSTEM)
    except (IntegrityError, Refused):
        return False
    return True


def take_up_again() -> None:
    """A run whose job is gone: one that waited is asked for again, one that ran three times into death has failed."""
    for run in BackupRun.objects.filter(state__in=[WAITING, RUNNING]):
        if _has_job(run):
            continue
        if run.state == WAITING:
            backup_run.defer(run_id=run.pk)
        else:
            end_badly(run, trouble="gave_up", detail="", actor=SYSTEM)


def _has_job(run: BackupRun) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LIVE_JOB, [run.pk])
        return cursor.fetchone() is not None
