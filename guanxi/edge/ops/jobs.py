"""Nightly upkeep: what has served its time goes, so that answers with personal data are not kept for ever."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from guanxi.base.audit import trail
from guanxi.base.audit.models import EventRow, Operation
from guanxi.base.audit.retention import let_go
from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.audit.trail import action
from guanxi.base.audit.verifying import verify
from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.limits import clear_old
from guanxi.base.org.models import SignInAttempt
from guanxi.base.org.sessions import clear_links
from guanxi.base.records.exports.actions import forget_expired

from .alarms import tell_of
from .backups.tending import tend_backups
from .room import tell_of_space
from .signins import close_dormant

# The worker finds it here.
__all__ = ["tend_backups"]
# 03:20 in Shanghai; the queue counts in UTC.
NIGHTLY = "20 19 * * *"
# 04:20.
CHECKED = "20 20 * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
# A retry comes within hours; the answers kept for it hold what was sent (trust.md: at least 24 h).
OPERATIONS_KEPT = timedelta(days=7)
EVENTS_KEPT = timedelta(days=90)
ATTEMPTS_KEPT = timedelta(days=30)
# Several jobs a minute: what is done is of no use after a while; what gave up, somebody has to look at.
DONE_KEPT, FAILED_KEPT = timedelta(days=7), timedelta(days=90)
# By the clock of the database, as the queue writes it.
FORGET = """
WITH gone AS (
  DELETE FROM procrastinate_jobs j WHERE j.status::text = ANY(%(states)s) AND NOT EXISTS (
    SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > now() - %(kept)s) RETURNING j.id)
SELECT count(*) FROM gone
"""


@action("ops:upkeep:done", _("%(who)s cleared away %(count)s rows that had served their time."))
def clear_away(*, actor: Actor) -> int:
    now = clock.now()
    count = sum(
        rows.delete()[0]
        for rows in (
            Operation.objects.filter(at__lt=now - OPERATIONS_KEPT),
            EventRow.objects.filter(at__lt=now - EVENTS_KEPT),
            SignInAttempt.objects.filter(window__lt=now - ATTEMPTS_KEPT),
            Session.objects.filter(expire_date__lt=now),
        )
    )
    count += forget_expired() + clear_old() + clear_links()
    if count:
        trail.record("upkeep", None, actor=actor, changes={"count": count})
    else:
        trail.unchanged()
    return count


def forget_jobs() -> int:
    """Not told in the trail: they are ours, nobody's data."""
    done = {"states": ["succeeded", "cancelled", "aborted"], "kept": DONE_KEPT}
    return sum(int(statements.value(FORGET, given)) for given in (done, {"states": ["failed"], "kept": FAILED_KEPT}))


@app.periodic(cron=NIGHTLY)
@app.task(name="ops:upkeep", queue="upkeep", queueing_lock="ops:upkeep")
def upkeep(timestamp: int) -> None:
    clear_away(actor=Actor.system("upkeep"))
    close_dormant(actor=Actor.system("upkeep"))
    forget_jobs()


@app.periodic(cron=CHECKED)
@app.task(name="ops:trail", queue="upkeep", queueing_lock="ops:trail")
def tend_trail(timestamp: int) -> None:
    """What has served its time goes; then all of it is checked, and whoever may read the trail hears of faults."""
    let_go(actor=Actor.system("upkeep"))
    seal_waiting()
    tell_of(verify())


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="ops:space", queue="upkeep", queueing_lock="ops:space")
def watch_space(timestamp: int) -> None:
    tell_of_space()
