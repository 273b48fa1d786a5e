"""What people do about files of lists: ask, stop, fetch, and permit or decline what is larger than usual."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, space
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NeedsPermit, NotAllowed, Refused
from guanxi.base.org import gate, permits

from ..asked import Asked
from ..outsiders import OUTSIDERS, ask_agreement
from ..types import RecordType
from .access import (
    access_request,
    access_run,
    approvers_for,
    may_feed_machines,
    rights_of,
    still_sees,
)
from .asking import Wanted, clause_before, count_rows, free_rows, one_at_a_time, read_wanted, words_of
from .events import PERMISSION_ANSWERED, PERMISSION_ASKED
from .jobs import run_export
from .models import ExportPart, ExportRun
from .running import NO_RIGHT

# A list that is asked for may grow a little until its turn comes.
GROWTH = 1.1
PERMIT_DAYS = timedelta(days=7)
NOBODY = _(
    "Nobody else in the company may permit exports. Narrow the list, or let an administrator give a second role the"
    " right to approve exports."
)

TAKEN_BACK = _(
    "Since this file was made, a customer took back the consent that data are given to others, or the wording is a new"
    " one. Export the list again: the file will hold who agrees today."
)


@action("records:export:asked", _("%(who)s asked for a file of a list: %(count)s rows."))
def ask_export(
    type_: RecordType, asked: Asked, wanted: Wanted, *, with_permission: bool = False, actor: Actor
) -> ExportRun:
    """Raises NeedsPermit for more rows than are free, unless the permission is asked for at the same time."""
    gate.ask(actor, "read", type_.key)
    space.require("export")
    clause = clause_before(actor, type_.key)
    purpose, recipient = read_wanted(wanted, type_.key, actor)
    forget_expired()
    one_at_a_time(actor)
    whole = count_rows(type_, asked, actor)
    count = count_rows(type_, asked, actor, recipient) if recipient.is_third else whole
    needs_permit = clause is not None or count > free_rows(actor)
    if needs_permit and not with_permission:
        raise clause or NeedsPermit("export", type_.key)
    if needs_permit and not approvers_for(actor).exists():
        raise Refused(NOBODY, code="nobody_permits")
    run = ExportRun.objects.create(
        kind=type_.key,
        words=words_of(type_, asked),
        format=wanted.format,
        audience=wanted.audience,
        encoding=wanted.encoding,
        purpose=purpose,
        recipient=recipient.kind,
        recipient_name=recipient.name,
        processor_id=recipient.id,
        left_out=whole - count,
        state=ExportRun.ASKED if needs_permit else ExportRun.QUEUED,
        language=actor.language,
        total=count,
        allowed=max(round(count * GROWTH), count),
        rights=rights_of(actor, type_.key),
        actor_label=actor.label[:120],
        actor_via=actor.via,
        account_id=actor.account_id,
        staff_id=actor.staff_id,
        created_at=clock.now(),
    )
    changes = {"count": count, "purpose": purpose, "format": wanted.format, "list": type_.key, **run.given}
    trail.record(ExportRun.KIND, run.pk, actor=actor, changes=changes, personal={"asked": run.words})
    if needs_permit:
        events.publish(Event(PERMISSION_ASKED, ExportRun.KIND, [run.pk]), actor=actor)
    else:
        run_export.defer(run_id=run.pk)
    return run


@action("records:export:permitted", _("%(who)s permitted an export of %(count)s rows."))
def permit_export(run_id: int, *, actor: Actor) -> ExportRun:
    run = _open_request(run_id, actor)
    assert run.staff_id is not None
    assert actor.staff_id is not None
    until = clock.now() + PERMIT_DAYS
    permits.give(run.staff_id, "export", run.kind, run.pk, given_by=actor.staff_id, until=until)
    _decide(run, ExportRun.QUEUED, "", actor)
    run_export.defer(run_id=run.pk)
    return run


@action("records:export:declined", _("%(who)s declined an export of %(count)s rows."))
def decline_export(run_id: int, *, reason: str, actor: Actor) -> ExportRun:
    if not reason.strip():
        raise Invalid({"reason": [_("Please fill this in.")]})
    if len(reason.strip()) > 200:
        raise Invalid({"reason": [_("At most %(count)s characters.") % {"count": 200}]})
    run = _open_request(run_id, actor)
    _decide(run, ExportRun.DECLINED, reason.strip(), actor)
    return run


def _open_request(run_id: int, actor: Actor) -> ExportRun:
    gate.ask(actor, "approve", ExportRun.KIND)
    run = access_request(actor, run_id, lock=True)
    if run.state != ExportRun.ASKED:
        raise Refused(_("This request was answered or taken back meanwhile."), code="request_closed")
    return run


def _decide(run: ExportRun, state: str, answer: str, actor: Actor) -> None:
    run.state, run.answer, run.decided_by_id, run.decided_at = state, answer, actor.staff_id, clock.now()
    run.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    changes = {"count": run.total, "purpose": run.purpose, "list": run.kind, "reason": answer, **run.given}
    trail.record(ExportRun.KIND, run.pk, actor=actor, changes={k: v for k, v in changes.items() if v != ""})
    events.publish(Event(PERMISSION_ANSWERED, ExportRun.KIND, [run.pk]), actor=actor)


@action("records:export:stopped", _("%(who)s stopped an export."))
def stop_export(run_id: int, *, actor: Actor) -> ExportRun:
    """What has not begun ends here; a file under way is told, and stops at its next page."""
    run = access_run(actor, run_id)
    if run.has_ended:
        trail.unchanged()
        return run
    # No row lock: the running job tells its progress on this row from a connection of its own.
    ExportRun.objects.filter(id=run.pk).update(is_cancel_asked=True)
    waiting = ExportRun.objects.filter(id=run.pk, state__in=[ExportRun.ASKED, ExportRun.QUEUED])
    waiting.update(state=ExportRun.CANCELLED, finished_at=clock.now())
    trail.record(ExportRun.KIND, run.pk, actor=actor)
    run.refresh_from_db()
    return run


@action("records:export:fetched", _("%(who)s downloaded an export: %(count)s rows."))
def fetch_export(run_id: int, *, actor: Actor) -> ExportRun:
    """Data leaves the system here: rights are those of this moment, and each time is in the trail."""
    run = access_run(actor, run_id)
    if run.state == ExportRun.DONE and run.expires_at and run.expires_at <= clock.now():
        raise Refused(_("This file has served its time and is gone. Export the list again."), code="export_expired")
    if run.state != ExportRun.DONE:
        raise Refused(_("There is no file here."), code="export_not_done")
    gate.ask(actor, "read", run.kind)
    if (clause := clause_before(actor, run.kind)) and run.decided_by_id is None:
        raise clause
    if run.audience == ExportRun.MACHINES and not may_feed_machines(actor, run.kind):
        raise NotAllowed(NO_RIGHT)
    if not still_sees(actor, run):
        raise NotAllowed(_("You see less than when this file was made. Export the list again."), code="rights_changed")
    ask_agreement(run.goes_to)
    if run.heard is not None and OUTSIDERS.is_stale(run.heard):
        raise Refused(TAKEN_BACK, code="consent_gone")
    trail.record(ExportRun.KIND, run.pk, actor=actor, changes={"count": run.rows, "list": run.kind, **run.given})
    return run


def forget_expired() -> int:
    """Files that have served their time; who asked for them stays known."""
    old = ExportRun.objects.filter(state=ExportRun.DONE, expires_at__lte=clock.now())
    ids = list(old.values_list("id", flat=True))
    ExportPart.objects.filter(run_id__in=ids).delete()
    return ExportRun.objects.filter(id__in=ids).update(state=ExportRun.EXPIRED)
