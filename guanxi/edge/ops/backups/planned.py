"""Plans of restores between their rows and the files that outlive a restore."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from . import reports
from .models import RestorePlan

TIMES = ("moment", "asked_at", "answered_at", "restored_at")
NAMES = (
    "set_id", "reason", "asked_by", "asked_by_account", "answered_by", "answered_by_account", "is_approved", "report",
)  # fmt: skip
WORDS = {"set_id", "reason", "asked_by", "answered_by"}


def write_down(plan: RestorePlan, *, data: Path | None = None) -> None:
    values = {name: getattr(plan, name) for name in ("code", *NAMES)}
    times = {name: _iso(getattr(plan, name)) for name in TIMES}
    reports.write(values | times, data=data or Path(settings.DATA_DIR))


def take_in(data: Path | None = None) -> int:
    """After a restore: the rows are of before, the files are of now."""
    count = 0
    for values in reports.all_of(data or Path(settings.DATA_DIR)):
        given = {name: values.get(name) or ("" if name in WORDS else values.get(name)) for name in NAMES}
        times = {name: datetime.fromisoformat(values[name]) if values.get(name) else None for name in TIMES}
        RestorePlan.objects.update_or_create(code=values["code"], defaults=given | times)
        count += 1
    return count


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
