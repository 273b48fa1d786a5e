"""Making the file of a run. A worker that dies leaves nothing behind: running again is simply starting again.

All pages are read from one snapshot, so no row is missed or told twice because it moved meanwhile. A snapshot that only
reads takes no lock: writers go on, and only the clearing away of rows they replace waits until it ends. The file grows
on disk beside it; a second, short transaction puts it into the database with everything that belongs to it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org import gate, permits
from guanxi.base.org.models import Account

from ..asked import Asked
from ..criteria import CriteriaError
from ..labels import LABELS
from ..outsiders import OUTSIDERS, ask_agreement
from ..papers import Paper, register_paper
from ..types import RECORD_TYPES, RecordType
from .about import About
from .access import may_feed_machines, rights_of
from .asking import NOBODY_AGREED, clause_before, free_rows
from .described import company_name, described
from .models import ExportRun
from .parts import keep, workplace
from .progress import CancelAsked, Progress
from .rows import Rows, selection_for
from .texts import TextFile
from .workbooks import WorkbookFile

log = logging.getLogger(__name__)
UNEXPECTED = _("Something went wrong on our side, and no file was made. Please try again.")
GROWN = _("The list has grown since: more rows than were asked for. Ask for the file again.")
NO_RIGHT = _("Your role does not include this any more.")
NOT_PERMITTED = _("Meanwhile a clause lets such lists leave the company only with permission. Ask for the file again.")
PERMIT_GONE = _("The permission for this file has run out. Ask for it again.")
NO_LIST = _("This list cannot be read any more: one of its conditions names what is no longer there.")


def carry_out(run_id: int) -> ExportRun:
    """Safe to call twice and after a crash. Raises only what a later attempt may cure (the database went away)."""
    run = _claim(run_id)
    if run is None:
        return ExportRun.objects.get(id=run_id)
    actor = actor_of(run)
    try:
        with translation.override(run.language), workplace() as folder, Progress(run.pk) as progress:
            path = folder / "file"
            written = _write(run, path, actor, progress)
            _deliver(run, path, written, actor=actor)
    except CancelAsked:
        _end(run, ExportRun.CANCELLED)
    except Refused as refused:
        _end(run, ExportRun.FAILED, refused)
    except CriteriaError:
        _end(run, ExportRun.FAILED, Refused(NO_LIST, code="list_outdated"))
    except Exception:
        if not connection.is_usable():
            raise
        # The text of a database error can hold personal data: only its kind goes to the log (trust.md 4.16).
        log.error("export %s failed", run.pk, exc_info=False)
        _end(run, ExportRun.FAILED, Refused(UNEXPECTED, code="unexpected"))
        raise
    run.refresh_from_db()
    return run


def actor_of(run: ExportRun) -> Actor:
    return Actor(run.actor_label, run.actor_via, account_id=run.account_id, staff_id=run.staff_id)


def _claim(run_id: int) -> ExportRun | None:
    """None when there is nothing (more) to do."""
    with transaction.atomic():
        run = ExportRun.objects.select_for_update().get(id=run_id)
        if not run.is_under_way:
            return None
        if run.is_cancel_asked:
            _end(run, ExportRun.CANCELLED)
            return None
        run.state, run.done = ExportRun.RUNNING, 0
        run.save(update_fields=["state", "done"])
    return run


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read within is as it was at one moment. Within another transaction (tests) that one decides."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@dataclass(frozen=True)
class Written:
    rows: int
    rights: dict[str, object]
    left_out: int
    heard: list[int] | None


def _write(run: ExportRun, path: Path, actor: Actor, progress: Progress) -> Written:
    type_ = RECORD_TYPES.get(run.kind)
    with one_moment():
        ask_again(run, actor)
        asked = Asked.of(type_, run.words)
        chosen = selection_for(type_, asked, actor, run.goes_to)
        rows = Rows(chosen, asked, actor, for_machines=_for_machines(run))
        total = rows.selection.count(most=settings.EXPORT_MAX_ROWS)
        if total > run.allowed and not _is_free(run, total, actor):
            raise Refused(GROWN, code="list_grown")
        heard = OUTSIDERS.heard() if OUTSIDERS.is_asked(type_.model, run.goes_to) else None
        run.left_out = without_consent(run, type_, asked, actor, total)
        file = _file(run, path, rows, about_of(run, type_, asked, actor))
        for page in rows:
            for row in page:
                file.add(row)
            progress.tell(file.rows)
        file.close()
        return Written(file.rows, rights_of(actor, run.kind), run.left_out, heard)


def without_consent(run: ExportRun, type_: RecordType, asked: Asked, actor: Actor, going: int) -> int:
    """How many rows a third party does not get, in the same moment as those it gets."""
    if not OUTSIDERS.is_asked(type_.model, run.goes_to):
        return 0
    if going == 0:
        raise Refused(NOBODY_AGREED, code="nobody_agreed")
    return selection_for(type_, asked, actor).count(most=settings.EXPORT_MAX_ROWS) - going


def _is_free(run: ExportRun, total: int, actor: Actor) -> bool:
    """A list that nobody had to permit may grow as far as it could be taken out without asking anybody."""
    return run.decided_by_id is None and total <= free_rows(actor, besides=run.pk)


def ask_again(run: ExportRun, actor: Actor) -> None:
    """The rights of today, not those of the day the file was asked for."""
    if not Account.objects.filter(id=run.account_id, is_active=True).exists():
        raise Refused(NO_RIGHT, code="not_allowed")
    gate.ask(actor, "read", run.kind)
    ask_agreement(run.goes_to)
    if clause_before(actor, run.kind) and run.decided_by_id is None:
        raise Refused(NOT_PERMITTED, code="needs_permit")
    if _for_machines(run) and not may_feed_machines(actor, run.kind):
        raise Refused(NO_RIGHT, code="not_allowed")


def about_of(run: ExportRun, type_: RecordType, asked: Asked, actor: Actor) -> About:
    return About(
        title=str(type_.plural),
        company=company_name(),
        who=run.actor_label,
        when=clock.now(),
        purpose=run.purpose,
        asked=described(type_, asked, actor),
        code=code_of(run),
        level=LABELS.of(run.kind),
        given_to=run.recipient_name,
        left_out=run.left_out if OUTSIDERS.is_asked(type_.model, run.goes_to) else None,
    )


def code_of(run: ExportRun) -> str:
    """Stands on every copy, so that one found elsewhere leads back to this run."""
    return f"E{run.pk:08}"


def _for_machines(run: ExportRun) -> bool:
    return run.audience == ExportRun.MACHINES


def _file(run: ExportRun, path: Path, rows: Rows, about: About) -> WorkbookFile | TextFile:
    if run.format == ExportRun.XLSX:
        return WorkbookFile(path, rows.columns, about)
    return TextFile(path, rows.columns, encoding=run.encoding, for_machines=_for_machines(run))


@action("records:export:finished", _("%(who)s exported a list: %(count)s rows."))
def _deliver(run: ExportRun, path: Path, written: Written, *, actor: Actor) -> None:
    """The file, the permit it uses up and the word in the trail together, or nothing."""
    current = ExportRun.objects.select_for_update().get(id=run.pk)
    if current.state != ExportRun.RUNNING:
        trail.unchanged()
        return
    if current.is_cancel_asked:
        raise CancelAsked()
    if run.decided_by_id and not permits.use(run.staff_id, "export", run.kind, run.pk):
        raise Refused(PERMIT_GONE, code="permit_gone")
    size, rows = keep(run, path), written.rows
    now = clock.now()
    ExportRun.objects.filter(id=run.pk).update(
        state=ExportRun.DONE,
        rows=rows,
        done=rows,
        total=rows,
        left_out=written.left_out,
        heard=written.heard,
        size=size,
        rights=written.rights,
        file_name=name_of(run),
        finished_at=now,
        expires_at=now + timedelta(days=settings.EXPORT_KEPT_DAYS),
    )
    changes = {"count": rows, "purpose": run.purpose, "format": run.format, "audience": run.audience, "list": run.kind}
    trail.record(ExportRun.KIND, run.pk, actor=actor, changes=changes | run.given, personal={"asked": run.words})
    register_paper(Paper("export", run.kind, number=code_of(run), rows=rows, purpose=run.purpose), actor)


def name_of(run: ExportRun) -> str:
    """客户-林岚-20261116-0900-E00000012.xlsx: whose, when and which, since a CSV file has no other place to say so."""
    list_ = str(RECORD_TYPES.get(run.kind).plural)
    when = clock.now().strftime("%Y%m%d-%H%M")
    kind = "-machine" if _for_machines(run) else ""
    name = f"{list_}-{run.actor_label}-{when}-{code_of(run)}{kind}"
    plain = "".join(char for char in name if char.isalnum() or char in "-_ ")
    return f"{plain[:180]}.{run.format}"


def _end(run: ExportRun, state: str, refused: Refused | None = None) -> None:
    problem = {"code": refused.code, "text": _in_english(refused)} if refused else {}
    still = ExportRun.objects.filter(id=run.pk, state__in=[ExportRun.QUEUED, ExportRun.RUNNING])
    still.update(state=state, problem=problem, finished_at=clock.now())


def _in_english(refused: Refused) -> str:
    """Kept in the language of the catalogue's keys; shown in the reader's."""
    with translation.override("en"):
        return str(refused.message)
