"""A run is its maker's alone, and ends being seen with the right it takes."""

from __future__ import annotations

from django.db.models import QuerySet

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.scopes import may

from .models import BulkRun
from .steps import BULK


def bulk_runs_of(actor: Actor) -> QuerySet[BulkRun]:
    """Those that were begun, newest first."""
    kinds = [step.key for step in BULK if may(actor, step.kind, step.verb)]
    rows = BulkRun.objects.filter(staff_id=actor.staff_id or -1, step__in=kinds).exclude(state=BulkRun.CHOSEN)
    return rows.order_by("-id")


def access_bulk_run(actor: Actor, run_id: int, *, lock: bool = False) -> BulkRun:
    rows = BulkRun.objects.filter(id=run_id, staff_id=actor.staff_id or -1)
    run = (rows.select_for_update(of=("self",)) if lock else rows).first()
    step = BULK.find(run.step) if run else None
    if run is None or step is None or not may(actor, run.kind, step.verb):
        raise Missing()
    return run
