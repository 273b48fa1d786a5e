"""What a person does with a run: begin, look, confirm, stop, take back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org import gate

from ..selection import Selection
from ..types import RecordType
from . import items
from .access import access_bulk_run
from .checking import reasons_against
from .jobs import run_bulk
from .models import BulkItem, BulkRun
from .running import carry_on, parts_of, values_of
from .steps import BulkStep

MOST = 100_000
AT_ONCE = 500
LOOKED_AT = 5000
UNDO_WITHIN = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)
TOO_MANY = _("That is more than %(most)s records. Narrow the list, or tick fewer.")
NOT_NOW = _("This step is already under way or finished.")


@action("records:bulk:chosen", _("%(who)s chose %(count)s records for a step."))
def choose_records(
    step: BulkStep, type_: RecordType, chosen: Sequence[int] | Selection, *, asked: str = "", actor: Actor
) -> BulkRun:
    """Freezes them: what matches later does not come in. Raises Invalid for none, Refused for too many."""
    gate.ask(actor, step.verb, type_.key)
    _forget_old(actor)
    run = BulkRun(kind=type_.key, step=step.key, asked=asked[:6000], created_at=clock.now())
    run.actor_label, run.actor_via = actor.label[:120], actor.via
    run.account_id, run.staff_id = actor.account_id, actor.staff_id
    run.save()
    for ids in pages_of(chosen):
        items.freeze(run, type_, ids)
    run.total = run.items.count()
    if not run.total:
        raise Invalid({"": [_("Tick at least one row.")]})
    run.save(update_fields=["total"])
    trail.record(BulkRun.KIND, run.pk, actor=actor, changes={"count": run.total, "step": [None, step.key]})
    return run


def pages_of(chosen: Sequence[int] | Selection) -> Iterable[list[int]]:
    many = chosen.count(most=MOST) if isinstance(chosen, Selection) else len(chosen)
    if many > MOST:
        raise Refused(TOO_MANY % {"most": f"{MOST:,}"}, code="bulk_too_many")
    return chosen.pages() if isinstance(chosen, Selection) else [sorted(set(chosen))]


def _forget_old(actor: Actor) -> None:
    """Runs nobody went on with, and ended ones when nobody asks any more; the trail keeps what happened."""
    mine = BulkRun.objects.filter(staff_id=actor.staff_id, created_at__lt=clock.now() - KEPT_FOR)
    old = list(mine.exclude(state__in=[BulkRun.QUEUED, BulkRun.RUNNING]).values_list("id", flat=True)[:20])
    BulkItem.objects.filter(run_id__in=old).delete()
    BulkRun.objects.filter(id__in=old).delete()


@action("records:bulk:previewed", _("%(who)s looked at what a step would change."))
def look_at(run_id: int, typed: Mapping[str, str], *, actor: Actor) -> BulkRun:
    """Marks who cannot take part. Can be repeated with other entries. Raises Invalid by field."""
    run = access_bulk_run(actor, run_id, lock=True)
    if run.state != BulkRun.CHOSEN:
        raise Refused(NOT_NOW, code="bulk_started")
    step, type_ = parts_of(run)
    fields = list(step.fields(actor))
    run.typed = {f.key: typed.get(f.key, "").strip() for f in fields}
    values = values_of(fields, run.typed)
    run.items.exclude(outcome=BulkItem.WAITING).update(outcome=BulkItem.WAITING, reason={})
    at = 0
    frozen = run.items.order_by("id").values_list("id", "record_id", "version")
    while rows := list(frozen.filter(id__gt=at)[:LOOKED_AT]):
        seen = {record: version for _id, record, version in rows}
        items.mark(run, reasons_against(step, type_, actor, seen, values))
        at = rows[-1][0]
    run.is_checked = True
    run.save(update_fields=["typed", "is_checked"])
    trail.record(BulkRun.KIND, run.pk, actor=actor, changes={"step": [None, run.step]})
    return run


@action("records:bulk:confirmed", _("%(who)s confirmed a step for %(count)s records."))
def confirm(run_id: int, *, actor: Actor) -> BulkRun:
    """Few are changed at once, many by the worker. Confirming twice is confirming once."""
    run = access_bulk_run(actor, run_id, lock=True)
    if run.state != BulkRun.CHOSEN:
        trail.unchanged()
        return run
    if not run.is_checked:
        raise Refused(_("Look at what would change first."), code="bulk_not_previewed")
    waiting = run.items.filter(outcome=BulkItem.WAITING).count()
    if not waiting:
        raise Refused(_("None of these records can be changed."), code="bulk_nothing_to_do")
    gate.ask(actor, parts_of(run)[0].verb, run.kind)
    run.state, run.done, run.total = BulkRun.QUEUED, 0, waiting
    run.save(update_fields=["state", "done", "total"])
    trail.record(BulkRun.KIND, run.pk, actor=actor, changes={"count": waiting, "step": [None, run.step]})
    return start(run, waiting)


def start(run: BulkRun, count: int) -> BulkRun:
    if count > AT_ONCE:
        run_bulk.defer(run_id=run.pk)
        return run
    return carry_on(run.pk)


@action("records:bulk:stopped", _("%(who)s stopped a step for many records."))
def stop(run_id: int, *, actor: Actor) -> BulkRun:
    """What is finished stays, and can be taken back; the rest is left alone."""
    run = access_bulk_run(actor, run_id)
    if run.has_ended:
        trail.unchanged()
        return run
    # No row lock: the worker tells its progress on this row.
    BulkRun.objects.filter(id=run.pk).update(is_cancel_asked=True)
    # One that has not begun ends here; the worker then finds nothing to do.
    waiting = BulkRun.objects.filter(id=run.pk, state__in=[BulkRun.CHOSEN, BulkRun.QUEUED])
    waiting.update(state=BulkRun.CANCELLED, finished_at=clock.now())
    trail.record(BulkRun.KIND, run.pk, actor=actor, changes={"step": [None, run.step]})
    run.refresh_from_db()
    return run


def may_undo(run: BulkRun) -> bool:
    """What was taken back half, because it was stopped, may be taken back further."""
    step = parts_of(run)[0]
    if step.undo is None or run.finished_at is None or not run.has_ended:
        return False
    is_new = clock.now() - run.finished_at < UNDO_WITHIN
    return is_new and run.items.filter(outcome=BulkItem.CHANGED).exists()


@action("records:bulk:undone", _("%(who)s took back a step for %(count)s records."))
def take_back(run_id: int, *, actor: Actor) -> BulkRun:
    """Within a day; only what nobody has changed since. Twice is once."""
    run = access_bulk_run(actor, run_id, lock=True)
    if run.is_undo and (run.is_under_way or run.state == BulkRun.DONE):
        trail.unchanged()
        return run
    if not may_undo(run):
        raise Refused(_("This can no longer be taken back."), code="bulk_no_undo")
    gate.ask(actor, parts_of(run)[0].verb, run.kind)
    run.total = run.items.filter(outcome=BulkItem.CHANGED).count()
    run.state, run.done, run.is_undo, run.is_cancel_asked = BulkRun.QUEUED, 0, True, False
    run.save(update_fields=["total", "state", "done", "is_undo", "is_cancel_asked"])
    trail.record(BulkRun.KIND, run.pk, actor=actor, changes={"count": run.total, "step": [None, run.step]})
    return start(run, run.total)
