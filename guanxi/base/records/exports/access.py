"""A file on its way out is its asker's alone; requests for permission are seen by who may give it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may, scope_of

from ..types import RECORD_TYPES, RecordType
from .models import ExportRun

VERBS = ("read", "export", "reveal")


def types_for(actor: Actor) -> list[RecordType]:
    """What the actor may take out at all."""
    return [type_ for type_ in RECORD_TYPES if may(actor, type_.key, "export") and may(actor, type_.key, "read")]


def may_feed_machines(actor: Actor, kind: str) -> bool:
    """Files that nothing makes harmless are for those whose export knows no bounds."""
    return scope_of(actor, kind, "export").everything


def may_approve(actor: Actor) -> bool:
    return not actor.is_system and may(actor, ExportRun.KIND, "approve")


def runs_of(actor: Actor) -> QuerySet[ExportRun]:
    return ExportRun.objects.filter(staff_id=actor.staff_id or -1).order_by("-id")


def access_run(actor: Actor, run_id: int, *, lock: bool = False) -> ExportRun:
    return _one(runs_of(actor), run_id, lock)


def requests_for(actor: Actor) -> QuerySet[ExportRun]:
    """Those of others: nobody permits themselves anything."""
    if not may_approve(actor):
        return ExportRun.objects.none()
    asked = ExportRun.objects.filter(Q(state=ExportRun.ASKED) | Q(decided_by__isnull=False))
    return asked.exclude(staff_id=actor.staff_id).select_related("staff", "decided_by").order_by("-id")


def access_request(actor: Actor, run_id: int, *, lock: bool = False) -> ExportRun:
    return _one(requests_for(actor), run_id, lock)


def approvers_for(actor: Actor) -> QuerySet[Staff]:
    """Who may permit what this person asks for, today."""
    today = clock.today()
    held = Q(posts__starts_on__lte=today) & (Q(posts__ends_on=None) | Q(posts__ends_on__gte=today))
    granted = Q(posts__role__grants__kind=ExportRun.KIND, posts__role__grants__verb="approve")
    people = Staff.objects.filter(held & granted, left_on=None, account__is_active=True)
    return people.exclude(id=actor.staff_id or -1).distinct().order_by("pinyin", "id")


def rights_of(actor: Actor, kind: str) -> dict[str, Any]:
    """How far the actor sees, as it is kept beside a file."""
    scopes = {verb: scope_of(actor, kind, verb) for verb in VERBS}
    return {
        verb: "all" if scope.everything else [list(scope.staff_ids), list(scope.unit_ids)]
        for verb, scope in scopes.items()
    }


def still_sees(actor: Actor, run: ExportRun) -> bool:
    """Whether what the file shows may still be seen, all of it."""
    now = rights_of(actor, run.kind)
    return all(_within(then, now[verb]) for verb, then in run.rights.items())


def _within(then: Any, now: Any) -> bool:
    if now == "all" or then == "all":
        return bool(now == "all")
    return set(then[0]) <= set(now[0]) and set(then[1]) <= set(now[1])


def _one(runs: QuerySet[ExportRun], run_id: int, lock: bool) -> ExportRun:
    run = (runs.select_for_update(of=("self",)) if lock else runs).filter(id=run_id).first()
    if run is None:
        raise Missing()
    return run
