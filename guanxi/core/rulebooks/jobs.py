"""What the clock and approvals start. Each may run twice: the phases change nothing the second time."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.base.kernel import clock

from .gates import set_restrictions
from .models import Run, Version, VersionState
from .phases import measuring
from .phases.run import Counts, run_phases
from .phases.running import latest_versions
from .phases.scope import EVERYTHING

LOG = logging.getLogger(__name__)
# A run that met another one over the same duties is simply repeated.
RETRY = RetryStrategy(max_attempts=3, wait=60)
# 00:05 in Shanghai; the queue counts in UTC.
NIGHTLY = "5 16 * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
CLOSED_REACH = """
DELETE FROM org_reach r USING rulebooks_duty d
WHERE r.why LIKE 'duty:%%' AND r.why = 'duty:' || d.id AND d.state <> 'open'
"""


def run_rules() -> Counts:
    """All rules over everything: what the night does, and what follows an approval."""
    retire_replaced_versions()
    set_restrictions()
    counts = run_phases(("correct", "raise", "settle", "climb", "conclude"), EVERYTHING)
    end_reach_of_closed_duties()
    return counts


def retire_replaced_versions() -> None:
    begun = Version.objects.filter(state=VersionState.APPROVED, effective_on__lte=clock.today())
    begun.exclude(id__in=[version.pk for version in latest_versions()]).update(state=VersionState.RETIRED)


def end_reach_of_closed_duties() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOSED_REACH, {})


@app.periodic(cron=NIGHTLY)
@app.task(name="rulebooks:nightly", queue="rules", queueing_lock="rulebooks:nightly", retry=RETRY)
def nightly(timestamp: int) -> None:
    run_rules()
    measure_the_day()


def measure_the_day() -> None:
    """The late list of the day that is over; and figures that say another number than the duties are built anew."""
    measuring.keep_day_end(clock.today() - timedelta(days=1))
    if wrong := measuring.differences():
        LOG.error("%s figures of compliance were wrong and have been built anew", wrong)
        measuring.rebuild()
    measuring.fold()


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="rulebooks:measure", queue="rules", queueing_lock="rulebooks:measure")
def measure(timestamp: int) -> None:
    measuring.fold()


def make_up_for_the_night() -> bool:
    """Called when a worker starts: a machine that was off at midnight has missed the run of the day."""
    if Run.objects.filter(scope=str(EVERYTHING), phase="raise", started_at__gte=clock.start_of(clock.today())).exists():
        return False
    try:
        with transaction.atomic():
            app.tasks["rulebooks:nightly"].defer(timestamp=int(clock.now().timestamp()))
    except AlreadyEnqueued:
        return False
    return True


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="rulebooks:climb", queue="rules", queueing_lock="rulebooks:climb")
def climb(timestamp: int) -> None:
    run_phases(("climb", "conclude"), EVERYTHING)


@app.task(name="rulebooks:follow_company", queue="rules", queueing_lock="rulebooks:follow_company", retry=RETRY)
def follow_company() -> None:
    """After people or the calendar changed: duties are given and dated anew."""
    run_phases(("correct", "raise", "settle", "conclude"), EVERYTHING)


def follow_soon() -> None:
    """Once for many changes at a time."""
    try:
        with transaction.atomic():
            follow_company.defer()
    except AlreadyEnqueued:
        pass


@app.task(name="rulebooks:follow_approval", queue="rules", retry=RETRY)
def follow_approval() -> None:
    run_rules()
