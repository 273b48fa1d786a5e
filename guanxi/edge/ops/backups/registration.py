"""What this folder brings to the others: messages, a banner, and a step after each restore."""

from __future__ import annotations

from guanxi.base.audit.restores import AFTER_RESTORE, Restored, Step
from guanxi.base.kernel import clock

from . import alarms, planned
from .models import FAILED, RUNNING, WAITING, BackupPlace, BackupRun


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
    return f"{count} plans of restores were taken in." if count else ""
