"""What `guanxi doctor` says of backups."""

from __future__ import annotations

from guanxi.base.kernel import clock

from .alarms import hours
from .models import BackupPlace, BackupPlan
from .schedule import is_late


def told() -> str:
    """Empty when all is well."""
    plan = BackupPlan.objects.filter(id=1).first()
    place = BackupPlace.objects.filter(id=1).first()
    if place and place.trouble:
        return f"the place for backups is in trouble ({place.trouble}): {place.detail}"
    if plan and is_late(plan, clock.now()):
        return f"none was verified for {hours(plan)} hours; see: guanxi backup list"
    return ""
