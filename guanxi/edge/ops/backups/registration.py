"""What this folder brings to the others: messages, a banner, and a step after each restore."""

from __future__ import annotations

from guanxi.base.audit.restores import AFTER_RESTORE, Restored, Step
from guanxi.base.kernel import clock

from . import alarms, planned, schedule, tending
from .models import FAILED, RUNNING, WAITING, BackupPlace, BackupRun
from .sets import Kind


def register() -> None:
    alarms.register()
    AFTER_RESTORE.add(Step("backups", settle))


def settle(restored: Restored) -> str:
    """The run that made the set was under way when it was made; and plans of restores come back from their files."""
    runs = BackupRun.objects.filter(state__in=[WAITING, RUNNING])
    runs.update(state=FAILED, finished_at=clock.now(), trouble="restored")
    # The worker looks at the place anew as soon as it runs.
    BackupPlace.objects.all().delete()
    count = planned.take_in()
    told = f"{count} plans of restores were taken in. " if count else ""
    return told + ("A full backup was asked for." if start_anew() else "")


def start_anew() -> bool:
    """Nothing from before builds on, and no moment from now on can be restored, until there is a full one."""
    return schedule.the_plan().is_on and tending.ask_by_plan(Kind.FULL)
