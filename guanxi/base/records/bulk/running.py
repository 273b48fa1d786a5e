"""Carrying a run out, a thousand records at a time, each in a transaction of its own.

A worker that dies leaves whole thousands behind and the rest waiting; running again goes on with the rest. Records
are taken with SKIP LOCKED, so two workers on one run never change one twice.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org import gate

from ..types import RECORD_TYPES, REFERENCES, Field, RecordType
from ..values import read_value
from . import items
from .checking import reasons_against
from .models import BulkItem, BulkRun
from .problems import problem_of
from .steps import BULK, BulkStep, Done

log = logging.getLogger(__name__)
CHUNK = 1000
UNEXPECTED = _("Something went wrong on our side. What was finished stays; the rest was left alone.")


def carry_on(run_id: int) -> BulkRun:
    """Safe to call twice and after a crash."""
    run = _claim(run_id)
    if run is None:
        return BulkRun.objects.get(id=run_id)
    actor = actor_of(run)
    try:
        state = _back(run, actor) if run.is_undo else _there(run, actor)
        end_run(run.pk, state=state, actor=actor)
    except Refused as refused:
        _fail(run, refused)
    except Exception:
        if not connection.is_usable():
            raise
        # The text of a database error can hold personal data: only its kind goes to the log.
        log.error("bulk run %s failed", run.pk, exc_info=False)
        _fail(run, Refused(UNEXPECTED, code="unexpected"))
        raise
    run.refresh_from_db()
    return run


def actor_of(run: BulkRun) -> Actor:
    return Actor(run.actor_label, run.actor_via, account_id=run.account_id, staff_id=run.staff_id)


def parts_of(run: BulkRun) -> tuple[BulkStep, RecordType]:
    return BULK.get(run.step), RECORD_TYPES.get(run.kind)


def values_of(fields: list[Field], typed: dict[str, str]) -> dict[str, Any]:
    """Raises Invalid by field."""
    values, errors = {}, {}
    for field in fields:
        text = typed.get(field.key, "")
        try:
            values[field.key] = read_value(field, text)
            # People are chosen among those offered, not among all there ever were.
            if text and field.kind in REFERENCES and text not in {str(value) for value, _label in field.options()}:
                raise Refused(_("Choose one of the values offered."))
        except Refused as problem:
            errors[field.key] = [problem.message]
    if errors:
        raise Invalid(errors)
    return values


def _claim(run_id: int) -> BulkRun | None:
    with transaction.atomic():
        run = BulkRun.objects.select_for_update().get(id=run_id)
        if not run.is_under_way:
            return None
        run.state = BulkRun.RUNNING
        run.save(update_fields=["state"])
    return run


def _there(run: BulkRun, actor: Actor) -> str:
    step, type_ = parts_of(run)
    gate.ask(actor, step.verb, run.kind)
    values = values_of(list(step.fields(actor)), run.typed)
    while not _is_cancelled(run):
        with transaction.atomic():
            seen = _next(run, BulkItem.WAITING, CHUNK)
            if not seen:
                return BulkRun.DONE
            versions = {item.record_id: item.version for item in seen}
            against = reasons_against(step, type_, actor, versions, values, lock=True)
            done = step.perform(actor, [one for one in versions if one not in against], values)
            items.mark(run, against)
            items.keep_changed(run, done)
            changed = {d.id for d in done} | set(against)
            items.keep_undone(run, [one for one in versions if one not in changed], BulkItem.SAME)
            _tell(run, len(seen))
    return BulkRun.CANCELLED


def _back(run: BulkRun, actor: Actor) -> str:
    """Only what has not changed since goes back; the others are marked as kept."""
    step, _type = parts_of(run)
    assert step.undo is not None
    values = values_of(list(step.fields(actor)), run.typed)
    while not _is_cancelled(run):
        with transaction.atomic():
            seen = _next(run, BulkItem.CHANGED, CHUNK)
            if not seen:
                return BulkRun.DONE
            done = [Done(item.record_id, item.before, item.version) for item in seen]
            undone = step.undo(actor, done, values)
            items.keep_undone(run, undone, BulkItem.UNDONE)
            items.keep_undone(run, [d.id for d in done if d.id not in undone], BulkItem.KEPT)
            _tell(run, len(seen))
    return BulkRun.CANCELLED


def _next(run: BulkRun, outcome: str, size: int) -> list[BulkItem]:
    rows = run.items.select_for_update(skip_locked=True, of=("self",)).filter(outcome=outcome)
    return list(rows.order_by("id")[:size])


def _is_cancelled(run: BulkRun) -> bool:
    return BulkRun.objects.filter(id=run.pk, is_cancel_asked=True).exists()


def _tell(run: BulkRun, more: int) -> None:
    run.done += more
    BulkRun.objects.filter(id=run.pk).update(done=run.done)


@action("records:bulk:ended", _("%(who)s finished a step for many records: %(count)s changed."))
def end_run(run_id: int, *, state: str, actor: Actor) -> None:
    run = BulkRun.objects.select_for_update().get(id=run_id)
    step = BULK.get(run.step)
    counts = items.counts_of(run)
    outcome = BulkItem.UNDONE if run.is_undo else BulkItem.CHANGED
    run.state, run.finished_at = state, clock.now()
    run.undone_at = clock.now() if run.is_undo else None
    run.save(update_fields=["state", "finished_at", "undone_at"])
    changed = list(run.items.filter(outcome=outcome).values_list("record_id", flat=True))
    if step.finished and changed:
        step.finished(actor, changed)
    trail.record(BulkRun.KIND, run.pk, actor=actor, changes={"count": len(changed), "step": [None, run.step], **counts})


def _fail(run: BulkRun, refused: Refused) -> None:
    problem = problem_of(refused)
    BulkRun.objects.filter(id=run.pk).update(state=BulkRun.FAILED, problem=problem, finished_at=clock.now())
