"""Who may permit an export is told of the request; who asked is told of the answer."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from guanxi.base.audit.events import Event
from guanxi.base.kernel.actor import Actor
from guanxi.base.records.exports.access import approvers_for
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.running import actor_of
from guanxi.base.records.exports.shown import list_name

from .actions import tell

ASKED, PERMITTED, DECLINED = "records:export:asked", "records:export:permitted", "records:export:declined"


def tell_approvers(event: Event, actor: Actor) -> None:
    for run in ExportRun.objects.filter(id__in=event.ids):
        for approver in approvers_for(actor_of(run)):
            params = _params(run) | {"from": run.actor_label, "link": f"/exports/requests/{run.pk}"}
            tell(approver.pk, ASKED, params=params, dedupe_key=f"export-asked:{run.pk}:{approver.pk}")


def tell_asker(event: Event, actor: Actor) -> None:
    for run in ExportRun.objects.filter(id__in=event.ids, staff__isnull=False):
        kind = DECLINED if run.state == ExportRun.DECLINED else PERMITTED
        params = _params(run) | {"from": actor.label, "reason": run.answer, "link": f"/exports/{run.pk}"}
        assert run.staff_id is not None
        tell(run.staff_id, kind, params=params, dedupe_key=f"export-answered:{run.pk}")


def _params(run: ExportRun) -> dict[str, Any]:
    with translation.override("zh-hans"):
        name = list_name(run.kind)
    with translation.override("en"):
        return {"list": name, "list_en": list_name(run.kind), "rows": run.total, "purpose": run.purpose}
