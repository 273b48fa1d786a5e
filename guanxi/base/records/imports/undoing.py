"""Undoing a whole import: what it made goes into the bin, what it changed gets its former values back, and everything
hears of it by the usual events, duties included. One transaction, like the import itself."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org import gate

from . import marks, words
from .access import access_run
from .intakes import intake_of, type_of
from .jobs import run_undo
from .judging import GOES, RETURNS, Judged, changed_kinds, ids_of, judge, kinds_of
from .kinds import KINDS
from .models import ImportChange, ImportRun
from .problems import UNEXPECTED, actor_of, problem_of

log = logging.getLogger(__name__)
UNDO_WITHIN = timedelta(days=30)
# Duties and others are told why the record goes.
WHY = {"why": "undone"}
TOO_LATE = _("An import can be undone within 30 days; this one is older.")
NOT_DONE = _("There is nothing of this import to undo.")
CLASH = _("A record that would get its former values back would be the same as another one. Nothing was undone.")
REMOVE = """
UPDATE {table} t SET removed_at = %(now)s, version = t.version + 1 FROM import_judged j
WHERE j.id = t.id AND j.kind = %(kind)s AND j.verdict = 'goes'
"""
RETURN = """
UPDATE {table} t SET {sets}, version = t.version + 1, updated_at = %(now)s
FROM records_importchange b JOIN import_judged j ON j.id = b.record_id AND j.kind = b.kind AND j.verdict = 'returns'
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.before) x
WHERE t.id = b.record_id AND b.run_id = %(run)s AND b.kind = %(kind)s
"""
RETURNED = """
CREATE TEMP TABLE import_returned ON COMMIT DROP AS
SELECT id FROM import_judged WHERE kind = %s AND verdict = 'returns'
"""


def can_be_undone(run: ImportRun) -> bool:
    return run.state == ImportRun.DONE and run.finished_at is not None and run.finished_at >= clock.now() - UNDO_WITHIN


def forget_old_changes() -> None:
    """How records looked before an import is kept only as long as that can be of use."""
    ImportChange.objects.filter(run__finished_at__lt=clock.now() - UNDO_WITHIN).delete()


def preview(run: ImportRun) -> Judged:
    with transaction.atomic(), connection.cursor() as cursor:
        return judge(run, cursor)


@action("records:import:undo_started", _("%(who)s asked to undo an import."))
def undo_import(run_id: int, *, actor: Actor, wait: bool = False) -> ImportRun:
    """Once only. `wait`: the caller carries it out itself, no job is made."""
    run = access_run(actor, run_id, lock=True)
    if run.state in (ImportRun.UNDOING, ImportRun.UNDONE):
        trail.unchanged()
        return run
    gate.ask(actor, "import", KINDS.get(run.kind).access_kind)
    if run.state != ImportRun.DONE:
        raise Refused(NOT_DONE, code="import_not_done")
    if not can_be_undone(run):
        raise Refused(TOO_LATE, code="undo_too_late")
    ImportRun.objects.filter(id=run.pk).update(state=ImportRun.UNDOING, stage="undoing", done=0, undo={})
    trail.record(ImportRun.KIND, run.pk, actor=actor)
    if not wait:
        run_undo.defer(run_id=run.pk)
    run.refresh_from_db()
    return run


def carry_out_undo(run_id: int) -> ImportRun:
    """Safe to call twice and after a crash."""
    run = ImportRun.objects.get(id=run_id)
    try:
        _undo(run_id, actor=actor_of(run))
    except Refused as refused:
        _give_up(run_id, refused)
    except Exception:
        if not connection.is_usable():
            raise
        # The text of a database error can hold personal data: only its kind goes to the log.
        log.error("undoing import %s failed", run_id, exc_info=False)
        _give_up(run_id, Refused(UNEXPECTED, code="unexpected"))
        raise
    run.refresh_from_db()
    return run


def _give_up(run_id: int, refused: Refused) -> None:
    """The import stands as it was."""
    undo = {"problem": problem_of(refused)}
    ImportRun.objects.filter(id=run_id).update(state=ImportRun.DONE, stage="", undo=undo)


@action("records:import:undone", _("%(who)s undid an import: %(count)s records went."))
def _undo(run_id: int, *, actor: Actor) -> None:
    run = ImportRun.objects.select_for_update(of=("self",)).get(id=run_id)
    if run.state != ImportRun.UNDOING:
        trail.unchanged()
        return
    with connection.cursor() as cursor:
        judged = judge(run, cursor)
        removed = [(kind, _remove(kind, cursor, actor)) for kind in kinds_of(run)]
        returned = [(kind, _return(run, kind, cursor, actor)) for kind in changed_kinds(run)]
        for key in (run.kind, *(sheet["kind"] for sheet in run.also)):
            if take_back := KINDS.get(key).undo:
                take_back(run.pk)
        marks.forget(cursor, run.pk)
    counts = judged.as_counts()
    items = [(kind, record_id) for kind, ids in [*removed, *returned] for record_id in ids]
    trail.record(ImportRun.KIND, run.pk, actor=actor, changes={"count": counts["removed"], **counts}, items=items)
    ImportChange.objects.filter(run=run).delete()
    run.state, run.stage, run.undo = ImportRun.UNDONE, "", {"counts": counts, "staying": judged.staying}
    run.save(update_fields=["state", "stage", "undo"])


def _remove(kind: str, cursor: CursorWrapper, actor: Actor) -> list[int]:
    type_ = type_of(kind)
    ids = ids_of(cursor, kind, GOES)
    cursor.execute(REMOVE.format(table=type_.table), {"now": clock.now(), "kind": kind})
    events.publish(Event(intake_of(type_).removed, kind, ids, hints=WHY), actor=actor)
    return ids


def _return(run: ImportRun, kind: str, cursor: CursorWrapper, actor: Actor) -> list[int]:
    type_ = type_of(kind)
    intake, ids = intake_of(type_), ids_of(cursor, kind, RETURNS)
    if not ids:
        return []
    sets = ", ".join(f'"{column}" = x."{column}"' for column in _columns(run, kind))
    values: dict[str, Any] = {"now": clock.now(), "run": run.pk, "kind": kind}
    try:
        with transaction.atomic():
            cursor.execute(RETURN.format(table=type_.table, sets=sets), values)
    except IntegrityError:
        # Its own message holds the values: it must not travel on.
        raise Refused(CLASH, code="undo_clash") from None
    cursor.execute("DROP TABLE IF EXISTS import_returned")
    cursor.execute(RETURNED, [kind])
    intake.continued(cursor, "import_returned", values["now"])
    words.index(type_, intake, cursor, ids)
    events.publish(Event(intake.changed, kind, ids, hints=WHY), actor=actor)
    return ids


def _columns(run: ImportRun, kind: str) -> list[str]:
    """Those that the import wrote, and that the table still has."""
    change = ImportChange.objects.filter(run=run, kind=kind).first()
    known = {field.column for field in type_of(kind).model._meta.concrete_fields}
    return sorted(set(change.before) & known) if change else []
