"""What people ask for: a backup, a verification, another plan, a restore."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, space
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.org import gate

from . import planned, reports
from .models import RUNNING, VERIFY, WAITING, BackupPlace, BackupPlan, BackupRun, KeptSet, RestorePlan
from .schedule import the_plan
from .sets import Kind, Method
from .tasks import backup_run

KIND = "backup"
REASON = 500


@action("ops:backup:asked", _("%(who)s asked for a backup or a verification."))
def ask(what: str, *, actor: Actor, set_id: str = "", is_by_hand: bool = True) -> BackupRun:
    gate.ask(actor, "create", KIND)
    _check(what, set_id)
    if what != VERIFY:
        space.require("backup")
    if BackupRun.objects.filter(state__in=[WAITING, RUNNING]).exists():
        raise Refused(_("A backup or a verification is under way. Wait until it has finished."), code="under_way")
    run = BackupRun.objects.create(
        what=what, set_id=set_id, is_by_hand=is_by_hand, asked_by_id=actor.staff_id, asked_at=clock.now()
    )
    trail.record(KIND, run.pk, actor=actor, changes={"what": [None, what], "set": [None, set_id]})
    backup_run.defer(run_id=run.pk)
    return run


def _check(what: str, set_id: str) -> None:
    if what == VERIFY:
        if not KeptSet.objects.filter(set_id=set_id, gone_at=None).exists():
            raise Missing()
        return
    if what not in list(Kind):
        raise Invalid({"kind": [_("Choose one of the list.")]})
    place = BackupPlace.objects.filter(id=1).first()
    if what != Kind.FULL and place and place.method == Method.LOGICAL:
        raise Invalid({"kind": [_("This server gives full backups only. Others need PostgreSQL 17 or later.")]})


@dataclass(frozen=True)
class PlanEntry:
    is_on: bool
    daily_at: time
    full_on: int
    every_minutes: int
    verifies: bool


@action("ops:backup:planned", _("%(who)s changed the plan of backups."))
def change_plan(entry: PlanEntry, *, version: int, actor: Actor) -> BackupPlan:
    gate.ask(actor, "update", KIND)
    the_plan()
    plan = BackupPlan.objects.select_for_update().get(id=1)
    if plan.version != version:
        raise Refused(_("Somebody else changed the plan meanwhile. Open the page again and look."), code="stale")
    if not 0 <= entry.full_on <= 6:
        raise Invalid({"full_on": [_("Choose one of the list.")]})
    if entry.every_minutes and not 15 <= entry.every_minutes <= 1440:
        raise Invalid({"every_minutes": [_("Enter 15 to 1440 minutes, or 0 for none between the daily ones.")]})
    names = ("is_on", "daily_at", "full_on", "every_minutes", "verifies")
    pairs = {name: [str(getattr(plan, name)), str(getattr(entry, name))] for name in names}
    changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if not changes:
        trail.unchanged()
        return plan
    for name in names:
        setattr(plan, name, getattr(entry, name))
    plan.version += 1
    plan.save()
    trail.record(KIND, None, actor=actor, changes=changes)
    return plan


@action("ops:restore:planned", _("%(who)s asked for a restore."))
def plan_restore(set_id: str, *, moment: datetime | None, reason: str, actor: Actor) -> RestorePlan:
    gate.ask(actor, "restore", KIND)
    reason = reason.replace("\0", "").strip()
    errors: dict[str, list[object]] = {}
    if not KeptSet.objects.filter(set_id=set_id, gone_at=None, trouble="").exists():
        errors["set"] = [_("Choose one of the list.")]
    if not reason or len(reason) > REASON:
        errors["reason"] = [_("Say in at most 500 characters what happened and what shall be brought back.")]
    if moment and moment > clock.now():
        errors["moment"] = [_("This moment has not come yet.")]
    if errors:
        raise Invalid(errors)
    return _kept(set_id, moment, reason, actor)


def _kept(set_id: str, moment: datetime | None, reason: str, actor: Actor) -> RestorePlan:
    plan = RestorePlan.objects.create(
        code=reports.new_code(),
        set_id=set_id,
        moment=moment,
        reason=reason,
        asked_by=actor.label[:120],
        asked_by_account=actor.account_id,
        asked_at=clock.now(),
    )
    trail.record("restore", plan.pk, actor=actor, changes={"set": [None, set_id], "code": [None, plan.code]})
    return plan


@action("ops:restore:answered", _("%(who)s answered to a restore that was asked for."))
def answer_restore(plan_id: int, *, is_approved: bool, actor: Actor) -> RestorePlan:
    """By somebody else than who asked: four eyes on what undoes everybody's work."""
    gate.ask(actor, "approve", KIND)
    plan = RestorePlan.objects.select_for_update().filter(id=plan_id).first()
    if plan is None:
        raise Missing()
    if plan.asked_by_account == actor.account_id:
        raise Refused(_("Somebody else has to answer: you asked for it yourself."), code="own")
    if plan.is_approved is not None:
        raise Refused(_("This was answered already."), code="answered")
    plan.is_approved, plan.answered_by, plan.answered_at = is_approved, actor.label[:120], clock.now()
    plan.answered_by_account = actor.account_id
    plan.save()
    trail.record("restore", plan.pk, actor=actor, changes={"is_approved": [None, is_approved]})
    transaction.on_commit(lambda: planned.write_down(plan))
    return plan
