"""What an importer does: bring a file, say which column is which, answer questions, start, stop."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, scanner, space
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from . import mapping, mappings, people
from .access import access_run
from .decoding import ENCODINGS, NotReadable
from .jobs import run_import
from .kinds import KINDS, ImportKind
from .models import ImportPart, ImportRun
from .parts import forget_raw, has_file, keep_file, open_file
from .sheet import Shape
from .tables import Found, read_upload, rows_of_table, tables_of
from .undoing import forget_old_changes

DECISIONS = ("leave", "fill", "overwrite", "create")
KEPT_UNSTARTED = timedelta(days=7)
INFECTED = _("Malicious code was found in this file, so nothing of it was read.")
SCANNER_SILENT = _("The check for malicious code did not answer, so the file was not read. Try again in a few minutes.")
NOT_NOW = _("This file is already on its way in; its columns and answers stand.")


@action("records:import:uploaded", _("%(who)s uploaded a file to import."))
def upload_file(
    file: BinaryIO,
    *,
    name: str,
    size: int,
    kind: ImportKind,
    among: Sequence[ImportKind] = (),
    encoding: str = "",
    actor: Actor,
) -> ImportRun:
    """Raises NotReadable with the reason; then nothing is kept. `among`: the headers decide which of these it is."""
    for possible in {kind.access_kind, *(one.access_kind for one in among)}:
        gate.ask(actor, "import", possible)
    space.require("import")
    require_clean(file)
    run = ImportRun(kind=kind.key, file_name=clean_name(name), size=size, created_at=clock.now())
    run.actor_label, run.actor_via = actor.label[:120], actor.via
    run.account_id, run.staff_id = actor.account_id, actor.staff_id
    run.save()
    found = _look_at(run, file, kind, among=among, encoding=encoding)
    run.save()
    if found.encoding:
        keep_file(run, file)
    # Files that nobody went on with hold personal data for nothing.
    discard(ImportRun.objects.filter(created_at__lt=clock.now() - KEPT_UNSTARTED))
    forget_old_changes()
    trail.record(ImportRun.KIND, run.pk, actor=actor, changes={"count": run.total})
    return run


def require_clean(file: BinaryIO) -> None:
    """Asked at once, since the file is read at once: nothing of an infected one is kept, and silence is no consent."""
    if not scanner.is_configured():
        return
    file.seek(0)
    try:
        verdict = scanner.scan(file)
    except scanner.Unavailable:
        raise NotReadable(SCANNER_SILENT, code="scanner_silent") from None
    if not verdict.is_clean:
        raise NotReadable(INFECTED, code="infected")
    file.seek(0)


def discard(runs: QuerySet[ImportRun]) -> None:
    """Ends those that were never started, and forgets their files."""
    waiting = list(runs.filter(state__in=[ImportRun.UPLOADED, ImportRun.MAPPED]).values_list("id", flat=True))
    ImportPart.objects.filter(run_id__in=waiting).delete()
    ImportRun.objects.filter(id__in=waiting).update(state=ImportRun.CANCELLED, finished_at=clock.now())


def clean_name(name: str) -> str:
    return "".join(char for char in name.replace("\\", "/").rsplit("/", 1)[-1] if char.isprintable())[-200:] or "csv"


@action("records:import:columns_chosen", _("%(who)s chose the columns of a file to import."))
def choose_columns(
    run_id: int,
    asked: Mapping[str, int],
    *,
    encoding: str = "",
    table: int | None = None,
    without: Collection[int] = (),
    actor: Actor,
) -> ImportRun:
    """Also finds the names to ask about. Other sheets that are understood come in too, but for those in `without`.

    Raises Invalid by column, NotReadable when the encoding does not fit."""
    run = access_run(actor, run_id, lock=True)
    if run.state not in (ImportRun.UPLOADED, ImportRun.MAPPED):
        raise Refused(NOT_NOW, code="import_started")
    kind = KINDS.get(run.kind)
    if has_file(run) and (not run.tables or (encoding in ENCODINGS and encoding != run.encoding)):
        with open_file(run) as file:
            _look_at(run, file, kind, encoding=encoding if encoding in ENCODINGS else run.encoding)
    if table is not None and table != run.table:
        _turn_to(run, table)
    run.mapping = mapping.check(kind, run.headers, asked)
    rows = rows_of_table(run, run.table)
    directory = people.Directory.of(actor, kind)
    asked_about = people.questions_of(rows, kind, run.mapping, Shape(run.headers), directory)
    run.questions = [asdict(question) for question in asked_about]
    run.trial, run.pairs, run.decisions = {}, [], {}
    run.also = [sheet for sheet in mappings.sheets_beside(run) if sheet["table"] not in without]
    mappings.remember(run, actor=actor)
    run.state, run.version = ImportRun.MAPPED, run.version + 1
    run.save()
    trail.record(ImportRun.KIND, run.pk, actor=actor)
    return run


@action("records:import:started", _("%(who)s started an import."))
def start_import(
    run_id: int,
    *,
    answers: Mapping[str, str],
    choices: Mapping[str, str],
    decisions: Mapping[str, str] | None = None,
    is_trial: bool = False,
    actor: Actor,
    wait: bool = False,
) -> ImportRun:
    """Once only: a second start changes nothing. `wait`: the caller carries the run out itself, no job is made.

    A trial comes back to where it started from. Whoever wants to be asked about known records tries first, and
    `decisions` gives row to what is done with the record it means.
    """
    run = access_run(actor, run_id, lock=True)
    if run.is_under_way or run.has_ended:
        trail.unchanged()
        return run
    if run.state != ImportRun.MAPPED:
        raise Refused(_("Choose the columns first."), code="import_not_mapped")
    kind = KINDS.get(run.kind)
    gate.ask(actor, "import", kind.access_kind)
    space.require("import")
    run.answers = check_answers(run, answers, people.named_by(actor, kind))
    run.choices = kind.choose(choices, run.mapping)
    run.decisions = {line: what for line, what in (decisions or {}).items() if what in DECISIONS and line.isdecimal()}
    run.is_trial = is_trial or (run.choices.get("found") == "ask" and not run.trial)
    run.state, run.version, run.is_cancel_asked = ImportRun.QUEUED, run.version + 1, False
    run.save()
    if not run.is_trial:
        # From here on no other encoding can be chosen.
        forget_raw(run)
    trail.record(ImportRun.KIND, run.pk, actor=actor, changes={"count": run.total, **run.choices})
    if not wait:
        run_import.defer(run_id=run.pk)
    return run


@action("records:import:stopped", _("%(who)s stopped an import."))
def stop_import(run_id: int, *, actor: Actor) -> ImportRun:
    """A run that has not begun ends here; one under way is told, and rolls back at its next step."""
    run = access_run(actor, run_id)
    if run.has_ended:
        trail.unchanged()
        return run
    # No row lock: the running import tells its progress on this row from a connection of its own.
    ImportRun.objects.filter(id=run.pk).update(is_cancel_asked=True)
    discard(ImportRun.objects.filter(id=run.pk))
    trail.record(ImportRun.KIND, run.pk, actor=actor)
    run.refresh_from_db()
    return run


@action("records:import:refused_fetched", _("%(who)s downloaded the refused rows of an import."))
def fetch_refused(run_id: int, *, actor: Actor) -> ImportRun:
    """Personal data leaves the system here, so it is in the trail."""
    run = access_run(actor, run_id)
    trail.record(ImportRun.KIND, run.pk, actor=actor, changes={"count": run.counts.get("refused", 0)})
    return run


def check_answers(run: ImportRun, answers: Mapping[str, str], allowed: QuerySet[Staff]) -> dict[str, str]:
    """Each question needs a colleague who works here, or `refuse`. Errors are keyed by the number of the question."""
    asked = {question["key"]: answers.get(question["key"], "") for question in run.questions}
    ids = {int(answer) for answer in asked.values() if answer.isdecimal() and len(answer) < 18}
    known = {str(staff_id) for staff_id in allowed.filter(id__in=ids).values_list("id", flat=True)}
    errors: dict[str, list[Any]] = {
        f"answer-{number}": [_("Choose a colleague, or let these rows be refused.")]
        for number, question in enumerate(run.questions)
        if asked[question["key"]] not in known | {people.REFUSE}
    }
    if errors:
        raise Invalid(errors)
    return asked


def _turn_to(run: ImportRun, index: int) -> None:
    """Another sheet of the workbook."""
    table = next((one for one in tables_of(run) if one.index == index and not one.problem), None)
    if table is None:
        raise Invalid({"": [_("The file has no such table.")]})
    run.table, run.header_row, run.headers, run.total = table.index, table.header_row, table.headers, table.rows


def _look_at(
    run: ImportRun, file: BinaryIO, kind: ImportKind, *, among: Sequence[ImportKind] = (), encoding: str = ""
) -> Found:
    """Reads the file into the tables of a saved run, and proposes one and its columns."""
    known = {header for one in (kind, *among) for header in mapping.known_headers(one)}
    found = read_upload(run, file, known_headers=known, encoding=encoding)
    best = found.best
    kind = mapping.best_kind(among, best.headers) if among else kind
    run.kind = kind.key
    run.encoding, run.delimiter, run.is_doubtful = found.encoding, found.delimiter, found.is_doubtful
    run.tables, run.notes, run.table = found.as_stored(), found.notes, best.index
    run.header_row, run.headers, run.total = best.header_row, best.headers, best.rows
    run.mapping = mappings.propose(kind, best.headers)
    return found
