"""What `guanxi doctor` says of backups."""

from __future__ import annotations

from datetime import datetime

from guanxi.base.kernel import clock
from guanxi.edge.ops.installation import Installation

from .alarms import hours
from .models import BackupPlace, BackupPlan
from .reach import Shipping, read
from .schedule import is_late


def told(here: Installation) -> str:
    """Empty when all is well."""
    plan = BackupPlan.objects.filter(id=1).first()
    place = BackupPlace.objects.filter(id=1).first()
    if place and place.trouble:
        return f"the place for backups is in trouble ({place.trouble}): {place.detail}"
    if plan and is_late(plan, clock.now()):
        return f"none was verified for {hours(plan)} hours; see: guanxi backup list"
    shipping = read(here.data)
    return told_of_log(shipping, clock.now()) if shipping else ""


def told_of_log(shipping: Shipping, now: datetime) -> str:
    if shipping.gap_since:
        return f"no moment from {shipping.gap_since} on can be restored until the next backup; make one now"
    if shipping.is_late(now):
        newest = (
            f"the newest part came at {shipping.reach.newest_at}" if shipping.reach.newest_at else "nothing came yet"
        )
        return f"the log does not arrive at the place for backups: {newest} {shipping.trouble}".rstrip()
    return ""
