"""What the pages of an import show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.org.models import Post, Staff
from guanxi.base.ui.formats import moment
from guanxi.base.ui.formats import number as figure

from . import mapping, mappings
from .command import problem_text
from .decoding import NAMES
from .kinds import KINDS
from .models import ImportRow, ImportRun
from .parts import has_file
from .people import REFUSE
from .report import sentences
from .tables import preview_as, rows_of_table

PREVIEW_ROWS = 20
PREVIEW_WIDTH = 60
REFUSED_ROWS = 20
EXCERPT = 60


@dataclass(frozen=True)
class Preview:
    """The first rows as one encoding reads them; `damaged`: some bytes mean nothing in it."""

    encoding: str
    headers: list[str]
    rows: list[list[str]]
    damaged: bool


def preview(run: ImportRun, encoding: str) -> Preview:
    """The header stands in the same row whatever the encoding, so that right and wrong can be compared."""
    whole = rows_of_table(run, run.table, is_whole=True) if encoding == run.encoding else preview_as(run, encoding)
    found = (row for row in whole if row.number >= run.header_row and row.cells)
    rows = [[_short(cell) for cell in row.cells or []] for row in islice(found, PREVIEW_ROWS + 1)]
    headers = rows[0] if rows else []
    damaged = not rows or any("\ufffd" in cell for row in rows for cell in row)
    return Preview(encoding, headers, [row[: len(headers)] for row in rows[1:]], damaged)


def _short(cell: str) -> str:
    return cell if len(cell) <= PREVIEW_WIDTH else f"{cell[:PREVIEW_WIDTH]}…"


def encodings(run: ImportRun, chosen: str) -> list[dict[str, Any]]:
    """Nothing to choose for a workbook."""
    if not has_file(run):
        return []
    address = reverse("records:import", args=[run.pk])
    return [
        {
            "label": _("%(encoding)s (recognised)") % {"encoding": name} if encoding == run.encoding else name,
            "href": f"{address}?step=columns&as={encoding}",
            "current": encoding == chosen,
        }
        for encoding, name in NAMES.items()
    ]


def column_fields(
    run: ImportRun, seen: Preview, asked: Mapping[str, int] | None, errors: Mapping[str, list[Any]]
) -> list[dict[str, Any]]:
    """`guessed`: nothing but the look of a header speaks for the proposal."""
    kind = KINDS.get(run.kind)
    guessed: dict[str, int] = {}
    if asked is None:
        asked = run.mapping if seen.encoding == run.encoding else mappings.propose(kind, seen.headers)
        guessed = mapping.guess(kind, seen.headers, asked) if run.state == ImportRun.UPLOADED else {}
    places = {**guessed, **asked}
    options = [(str(index), f"{letters(index)} · {name or _('No name')}") for index, name in enumerate(seen.headers)]
    return [
        {
            "name": f"map-{column.key}",
            "label": column.label,
            "value": places.get(column.key),
            "options": options,
            "required": column.is_required or column.is_needed,
            "help": " ".join(filter(None, [_guess_mark(column.key in guessed), _sample(seen, places.get(column.key))])),
            "errors": errors.get(column.key, []),
        }
        for column in kind.columns
    ]


def _guess_mark(is_guess: bool) -> str:
    return _("Guessed: please look.") if is_guess else ""


def letters(index: int) -> str:
    """0 is A, 26 is AA: how a spreadsheet calls its columns."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _sample(seen: Preview, index: int | None) -> str:
    cells = (row[index].strip() for row in seen.rows if index is not None and index < len(row))
    sample = next((cell for cell in cells if cell), "")
    return _("For example: %(sample)s") % {"sample": sample[:40]} if sample else ""


def question_fields(run: ImportRun, given: Mapping[str, str], errors: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    if not run.questions:
        return []
    colleagues = _colleagues()
    return [
        {
            "name": f"answer-{number}",
            "label": question["written"] or _("No name given"),
            "value": given.get(question["key"], ""),
            "options": _options(colleagues, question["candidates"]),
            "help": _why_asked(question),
            "errors": errors.get(f"answer-{number}", []),
        }
        for number, question in enumerate(run.questions)
    ]


def _why_asked(question: Mapping[str, Any]) -> str:
    asked = {"rows": figure(question["rows"])}
    if question["candidates"]:
        return _("Several colleagues have this name. Rows: %(rows)s.") % asked
    if not question["written"]:
        return _("The file names nobody here. Rows: %(rows)s.") % asked
    return _("Nobody on the staff has this name. Rows: %(rows)s.") % asked


def _options(colleagues: list[tuple[int, str]], candidates: list[int]) -> list[tuple[str, str]]:
    """Those of the same name first."""
    ordered = sorted(colleagues, key=lambda colleague: colleague[0] not in candidates)
    return [*((str(staff_id), label) for staff_id, label in ordered), (REFUSE, _("Refuse these rows"))]


def _colleagues() -> list[tuple[int, str]]:
    today = clock.today()
    held = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today).order_by("is_main", "-id")
    units = dict(held.values_list("staff_id", "unit__name"))
    staff = Staff.objects.filter(left_on=None).order_by("pinyin", "id").values_list("id", "name", "number")
    return [(i, " · ".join(filter(None, [name, units.get(i, ""), number]))) for i, name, number in staff]


def states() -> dict[str, tuple[str, str]]:
    return {
        ImportRun.UPLOADED: (_("Columns to choose"), "open"),
        ImportRun.MAPPED: (_("Ready to start"), "open"),
        ImportRun.QUEUED: (_("Waiting"), "open"),
        ImportRun.RUNNING: (_("Running"), "open"),
        ImportRun.DONE: (_("Finished"), "done"),
        ImportRun.FAILED: (_("Failed"), "late"),
        ImportRun.CANCELLED: (_("Stopped"), "plain"),
    }


def runs_table(runs: list[ImportRun]) -> ui.Table:
    columns = [
        ui.Column("file", _("File"), is_title=True),
        ui.Column("kind", _("What it holds")),
        ui.Column("state", _("State")),
        ui.Column("rows", _("Rows"), kind="number"),
        ui.Column("refused", _("Refused"), kind="number"),
        ui.Column("at", _("Uploaded"), kind="date"),
    ]
    rows = [
        ui.Row(run.pk, _cells(run), url=reverse("records:import", args=[run.pk]), label=run.file_name) for run in runs
    ]
    return ui.Table(columns, rows, label=_("Imports"))


def _cells(run: ImportRun) -> list[Any]:
    refused = figure(run.counts["refused"]) if run.counts else ""
    state, _tone = states()[run.state]
    return [run.file_name, KINDS.get(run.kind).label, state, figure(run.total), refused, moment(run.created_at)]


def result(run: ImportRun) -> dict[str, Any]:
    kind = KINDS.get(run.kind)
    figures = [
        {
            "key": f.key,
            "name": f.label,
            "value": run.counts.get(f.key, 0),
            "tone": f.tone if run.counts.get(f.key) else "",
            "row": (f.label, figure(run.counts.get(f.key, 0))),
            "is_headline": f.is_headline,
        }
        for f in kind.figures
    ]
    refused_rows = ImportRow.objects.filter(run=run).order_by("line", "id")[: REFUSED_ROWS if run.has_ended else 0]
    return {
        "run": run,
        "kind": kind,
        "figures": figures,
        "headline": [f for f in figures if f["is_headline"]],
        "problem": problem_text(run),
        "stage": {"reading": _("Reading the rows"), "writing": _("Writing customers, forms and duties")}.get(
            run.stage, _("Waiting for its turn")
        ),
        "refused": [[str(r.line), _excerpt(r.cells), sentences(kind, r.reasons)] for r in refused_rows],
        "state": states()[run.state],
    }


def _excerpt(cells: list[str]) -> str:
    whole = " · ".join(cell.strip() for cell in cells if cell.strip())
    return whole if len(whole) <= EXCERPT else whole[: EXCERPT - 1].rstrip(" ·") + "…"
