"""A set, a backup that was made, and a restore that the administrator asked for."""

from __future__ import annotations

from collections.abc import Callable

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.backups.asking import plan_restore
from guanxi.edge.ops.backups.models import DONE, BackupRun, KeptSet

SET = "20261115T183000Z-full-a1b2c3"


def backup_things(actor_of: Callable[[str], Actor]) -> dict[str, int]:
    kept = KeptSet.objects.create(set_id=SET, kind="full", method="physical", finished_at=clock.now())
    run = BackupRun.objects.create(
        what="full", is_by_hand=False, asked_at=clock.now(), started_at=clock.now(), state=DONE, set_id=SET
    )
    plan = plan_restore(SET, moment=None, reason="雀原因字样", actor=actor_of("admin"))
    return {"kept set": kept.pk, "backup run": run.pk, "restore": plan.pk}
