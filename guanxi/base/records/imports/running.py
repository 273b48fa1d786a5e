"""Carrying a run out: one transaction from the first row to the last event.

A worker that dies leaves nothing behind, so running again is simply starting again: nothing is ever doubled, and
nothing is half there. Two workers on one run, or two runs of one kind, wait for each other or give up.
"""

from __future__ import annotations

import logging

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org import gate

from .kinds import KINDS, Batch, ImportKind
from .models import ImportRun
from .parts import forget_file
from .people import resolve
from .progress import CancelAsked, Progress
from .reading import Reader
from .staging import Staging
from .tables import rows_of_table

log = logging.getLogger(__name__)
# Advisory locks: the first number is this module's, the second the run's or the kind's.
ONE_WORKER, ONE_OF_A_KIND = 7401, 7402
UNEXPECTED = _("Something went wrong on our side. Nothing of this file was taken in. Please try again.")


def carry_out(run_id: int) -> ImportRun:
    """Safe to call twice and after a crash. Raises only what a later attempt may cure (the database went away)."""
    run = _claim(run_id)
    if run is None:
        return ImportRun.objects.get(id=run_id)
    try:
        with Progress(run.pk) as progress:
            _import_file(run, progress=progress, actor=actor_of(run))
    except CancelAsked:
        _end(run, ImportRun.CANCELLED)
    except Refused as refused:
        _end(run, ImportRun.FAILED, problem=problem_of(refused))
    except Exception:
        if not connection.is_usable():
            # The database went away, or we did: nothing is known to be wrong, and the job is run again.
            raise
        # The text of a database error can hold personal data: only its kind goes to the log (trust.md 4.16).
        log.error("import %s failed", run.pk, exc_info=False)
        _end(run, ImportRun.FAILED, problem=problem_of(Refused(UNEXPECTED, code="unexpected")))
        raise
    run.refresh_from_db()
    return run


def actor_of(run: ImportRun) -> Actor:
    return Actor(run.actor_label, run.actor_via, account_id=run.account_id, staff_id=run.staff_id)


def problem_of(refused: Refused) -> dict[str, object]:
    """As English text with its values, so that each reader sees it in their language."""
    with translation.override("en"):
        text = str(getattr(refused, "template", refused.message))
    return {"code": refused.code, "text": text, "details": refused.details}


def _claim(run_id: int) -> ImportRun | None:
    """None when there is nothing (more) to do."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(id=run_id)
        if not run.is_under_way:
            return None
        if run.is_cancel_asked:
            _end(run, ImportRun.CANCELLED)
            return None
        run.state, run.stage, run.done = ImportRun.RUNNING, "reading", 0
        run.started_at = run.started_at or clock.now()
        run.save(update_fields=["state", "stage", "done", "started_at"])
    return run


@action("records:import:finished", _("%(who)s imported a file: %(count)s rows were read."))
def _import_file(run: ImportRun, *, progress: Progress, actor: Actor) -> None:
    kind = KINDS.get(run.kind)
    if not _lock(ONE_WORKER, run.pk):
        trail.unchanged()
        return
    gate.ask(actor, "import", kind.access_kind)
    with connection.cursor() as cursor:
        reader = _read(run, kind, progress, cursor)
        progress.tell(run.total, "writing", at_once=True)
        _wait_for_others(kind)
        outcome = kind.apply(_batch(run, actor, cursor, progress))
    counts = reader.counts | outcome.counts
    items = [(name, record_id) for name, ids in outcome.items for record_id in ids]
    trail.record(ImportRun.KIND, run.pk, actor=actor, changes={"count": counts["rows"], **counts}, items=items)
    _end(run, ImportRun.DONE, counts=counts)


def _lock(space: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [space, number])
        return bool(cursor.fetchone()[0])


def _wait_for_others(kind: ImportKind) -> None:
    """Two files with the same people take turns instead of meeting in the unique indexes in crossed order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ONE_OF_A_KIND, kind.key])


def _read(run: ImportRun, kind: ImportKind, progress: Progress, cursor: CursorWrapper) -> Reader:
    reader = Reader(kind, run.mapping, run.headers, resolve(run.answers), clock.today())
    staging = Staging(cursor, run.pk, kind, reader)
    staging.create()
    staging.fill(rows_of_table(run, run.table), lambda done: progress.tell(done, "reading"))
    return reader


def _batch(run: ImportRun, actor: Actor, cursor: CursorWrapper, progress: Progress) -> Batch:
    return Batch(
        cursor=cursor,
        run_id=run.pk,
        actor=actor,
        now=clock.now(),
        choices=run.choices,
        step=lambda: progress.tell(run.total, "writing", at_once=True),
    )


def _end(run: ImportRun, state: str, *, counts: dict[str, int] | None = None, problem: object = None) -> None:
    ImportRun.objects.filter(id=run.pk).update(
        state=state, counts=counts or {}, problem=problem or {}, finished_at=clock.now(), done=run.total, stage=""
    )
    forget_file(run)
