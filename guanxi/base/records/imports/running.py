"""Carrying a run out: one transaction from the first row to the last event.

A worker that dies leaves nothing behind, so running again is simply starting again: nothing is ever doubled, and
nothing is half there. Two workers on one run, or two runs of one kind, wait for each other or give up.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org import gate

from . import marks
from .kinds import KINDS, WHOLE, Batch, ImportKind, Late, Outcome
from .made import MADE
from .models import ImportRow, ImportRun
from .parts import forget_file
from .people import Directory, resolve
from .problems import UNEXPECTED, actor_of, problem_of
from .progress import CancelAsked, Progress
from .reading import Reader, in_english
from .sheet import Row
from .staging import BATCH, COPY_REFUSED, REFUSED, Staging
from .tables import rows_of_table, tables_of

log = logging.getLogger(__name__)
# Advisory locks: the first number is this module's, the second the run's or the kind's.
ONE_WORKER, ONE_OF_A_KIND = 7401, 7402
TAKE_REFUSED = f"COPY (SELECT {REFUSED} FROM records_importrow WHERE run_id = %s) TO STDOUT"  # noqa: S608 (constants)
COPIED_AT_ONCE = 64 * 1024
NOT_WHOLE = _("Some rows were refused, and you wanted all rows or none. Nothing of this file was taken in.")


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
    except RolledBack as back:
        _after(run, back)
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
        # What an earlier trial refused.
        ImportRow.objects.filter(run=run).delete()
    return run


@action("records:import:finished", _("%(who)s imported a file: %(count)s rows were read."))
def _import_file(run: ImportRun, *, progress: Progress, actor: Actor) -> None:
    """Raises RolledBack, with all that a person wants to know, when it was a trial or nothing may be refused."""
    kind = KINDS.get(run.kind)
    if not _lock(ONE_WORKER, run.pk):
        trail.unchanged()
        return
    gate.ask(actor, "import", kind.access_kind)
    before = {counter.key: counter.start() for counter in MADE}
    with connection.cursor() as cursor:
        reader = _read(run, kind, actor, progress, cursor)
        progress.tell(run.total, "writing", at_once=True)
        _wait_for_others(kind)
        outcome = kind.apply(_batch(run, actor, cursor, progress))
        refuse_late(run, reader, outcome.refused, cursor)
        marks.keep(cursor, run.pk, without=[late.line for late in outcome.refused])
        counts = reader.counts | outcome.counts
        for sheet in run.also:
            counts = _beside(run, sheet, counts, actor, progress, cursor)
        counts |= {counter.key: counter.count(before[counter.key]) for counter in MADE}
        if run.is_trial or (run.choices.get("rows") == WHOLE and counts["refused"]):
            raise RolledBack(cursor, run, counts, outcome)
    touched = [*outcome.items, *outcome.changed]
    items = [(name, record_id) for name, ids in touched for record_id in ids]
    trail.record(ImportRun.KIND, run.pk, actor=actor, changes={"count": counts["rows"], **counts}, items=items)
    _end(run, ImportRun.DONE, counts=counts, made={"kinds": _ranges(outcome)})


def _beside(
    run: ImportRun,
    sheet: dict[str, Any],
    counts: dict[str, int],
    actor: Actor,
    progress: Progress,
    cursor: CursorWrapper,
) -> dict[str, int]:
    """Another sheet of the same workbook, in the same transaction: its rows may name records that just came in."""
    kind = KINDS.get(sheet["kind"])
    gate.ask(actor, "import", kind.access_kind)
    table = next(one for one in tables_of(run) if one.index == sheet["table"])
    staff = resolve(run.answers, Directory.of(actor, kind))
    reader = Reader(kind, sheet["mapping"], table.headers, staff, clock.today())
    staging = Staging(cursor, run.pk, kind, reader, sheet=table.name[:80])
    staging.create()
    staging.fill(rows_of_table(run, table.index), lambda done: progress.tell(run.total, "writing"))
    batch = replace(_batch(run, actor, cursor, progress), mapped=frozenset(sheet["mapping"]), decisions={})
    outcome = kind.apply(batch)
    refuse_late(run, reader, outcome.refused, cursor, table=table.index, sheet=table.name[:80])
    marks.keep(cursor, run.pk, without=[late.line for late in outcome.refused])
    more = {"refused": counts["refused"] + reader.counts["refused"]}
    return {**counts, **outcome.counts, **more}


def _ranges(outcome: Outcome) -> list[tuple[str, int, int]]:
    """Where the new records lie, so that they are found again by their ids."""
    return [(name, min(ids), max(ids)) for name, ids in outcome.items if ids]


def refuse_late(
    run: ImportRun,
    reader: Reader,
    refused: Sequence[Late],
    cursor: CursorWrapper,
    *,
    table: int | None = None,
    sheet: str = "",
) -> None:
    """Rows that only the database could judge are refused like the others, with their cells."""
    if not refused:
        return
    reasons = {late.line: late for late in refused}
    rows = rows_of_table(run, run.table if table is None else table)
    found = (row for row in rows if row.number in reasons)
    # The rows lie in the same database: one connection cannot read and copy at once.
    while batch := list(islice(found, BATCH)):
        with cursor.copy(COPY_REFUSED) as copy:
            for row in batch:
                copy.write_row((*refused_line(run, row, reasons[row.number]), sheet))
    reader.counts["refused"] += len(refused)
    reader.counts["refused_other"] += len(refused)


def refused_line(run: ImportRun, row: Row, late: Late) -> tuple[int, int, str, str]:
    reason = {"column": late.column, "code": late.code, "text": in_english(late.text)}
    cells = json.dumps(row.cells or [], ensure_ascii=False)
    return (run.pk, row.number, cells, json.dumps([reason], ensure_ascii=False))


class RolledBack(Exception):
    """Everything was done and nothing stays, but what it came to is told: figures, refused rows, rows to ask about."""

    def __init__(self, cursor: CursorWrapper, run: ImportRun, counts: dict[str, int], outcome: Outcome) -> None:
        super().__init__(run.pk)
        self.counts = counts
        self.pairs = [asdict(pair) for pair in outcome.pairs]
        # Not a list: all rows of a large file may be refused.
        self.refused = TemporaryFile()  # noqa: SIM115  (closed when it is copied back)
        with cursor.copy(TAKE_REFUSED, [run.pk]) as copy:
            for block in copy:
                self.refused.write(bytes(block))

    def keep_refused(self) -> None:
        self.refused.seek(0)
        with self.refused, connection.cursor() as cursor, cursor.copy(COPY_REFUSED) as copy:
            while block := self.refused.read(COPIED_AT_ONCE):
                copy.write(block)


def _after(run: ImportRun, back: RolledBack) -> None:
    with transaction.atomic():
        back.keep_refused()
        if run.is_trial:
            ImportRun.objects.filter(id=run.pk).update(
                state=ImportRun.MAPPED, is_trial=False, trial=back.counts, pairs=back.pairs, stage="", done=0
            )
        else:
            _end(run, ImportRun.FAILED, counts=back.counts, problem=problem_of(Refused(NOT_WHOLE, code="not_whole")))


def _lock(space: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [space, number])
        return bool(cursor.fetchone()[0])


def _wait_for_others(kind: ImportKind) -> None:
    """Two files with the same people take turns instead of meeting in the unique indexes in crossed order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ONE_OF_A_KIND, kind.key])


def _read(run: ImportRun, kind: ImportKind, actor: Actor, progress: Progress, cursor: CursorWrapper) -> Reader:
    staff = resolve(run.answers, Directory.of(actor, kind))
    reader = Reader(kind, run.mapping, run.headers, staff, clock.today(), is_text=bool(run.encoding))
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
        mapped=frozenset(run.mapping),
        # Only numbers that rows can have.
        decisions={int(line): decision for line, decision in run.decisions.items() if len(line) < 10},
    )


def _end(
    run: ImportRun,
    state: str,
    *,
    counts: dict[str, int] | None = None,
    problem: object = None,
    made: object = None,
) -> None:
    """What was shown only to decide about it is forgotten with the file."""
    ImportRun.objects.filter(id=run.pk).update(
        state=state,
        counts=counts or {},
        problem=problem or {},
        made=made or {},
        finished_at=clock.now(),
        done=run.total,
        stage="",
        trial={},
        pairs=[],
        decisions={},
    )
    forget_file(run)
