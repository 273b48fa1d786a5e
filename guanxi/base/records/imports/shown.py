"""What the pages of an import show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Post
from guanxi.base.ui.formats import moment
from guanxi.base.ui.formats import number as figure

from ..types import Field
from . import mapping, mappings
from .command import problem_text, problem_text_of
from .decoding import NAMES
from .intakes import type_of
from .judging import CHANGED, KEEPERS
from .kinds import KINDS, ImportKind
from .made import MADE
from .models import ImportRow, ImportRun
from .notices import notices_of
from .parts import has_file
from .people import REFUSE, named_by
from .report import sentences_of
from .tables import preview_as, rows_of_table, tables_of
from .undoing import can_be_undone

# More colleagues than this are typed, not picked from a long list.
MOST_OPTIONS = 60
LINK = Markup('<a href="{}">{}</a>')
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
    width = len(headers)
    return Preview(encoding, headers, [(row + [""] * width)[:width] for row in rows[1:]], damaged)


def _short(cell: str) -> str:
    return cell if len(cell) <= PREVIEW_WIDTH else f"{cell[:PREVIEW_WIDTH]}…"


def encodings(run: ImportRun, chosen: str) -> list[dict[str, Any]]:
    """Nothing to choose for a workbook."""
    if not has_file(run):
        return []
    address = reverse("records:import", args=[run.pk])
    return [
        {
            "label": _encoding_label(run, encoding, name),
            "href": f"{address}?step=columns&as={encoding}",
            "current": encoding == chosen,
        }
        for encoding, name in NAMES.items()
    ]


def _encoding_label(run: ImportRun, encoding: str, name: str) -> str:
    if encoding != run.encoding:
        return name
    return (_("%(encoding)s (perhaps)") if run.is_doubtful else _("%(encoding)s (recognised)")) % {"encoding": name}


def as_asked(run: ImportRun, asked: Mapping[str, Any]) -> ImportRun:
    """The run as if another sheet or saved mapping were chosen; nothing is stored yet."""
    kind = KINDS.get(run.kind)
    table = next((t for t in tables_of(run) if str(t.index) == str(asked.get("table", ""))), None)
    if table is not None and table.index != run.table:
        run.table, run.header_row, run.headers, run.total = table.index, table.header_row, table.headers, table.rows
        run.mapping = mappings.propose(kind, table.headers)
    wanted = str(asked.get("mapping", ""))
    saved = mappings.named(kind).filter(id=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 18 else None
    if saved is not None:
        run.mapping = mappings.applied(kind, run.headers, saved.columns)
    return run


def table_tabs(run: ImportRun) -> list[dict[str, Any]]:
    """The sheets of a workbook that hold something, where there are several."""
    tables = [table for table in tables_of(run) if not table.problem]
    address = reverse("records:import", args=[run.pk])
    tabs = [
        {
            "label": table.name or _("Table"),
            "count": table.rows,
            "href": f"{address}?step=columns&table={table.index}",
            "current": table.index == run.table,
        }
        for table in tables
    ]
    return tabs if len(tabs) > 1 else []


def beside(run: ImportRun) -> list[tuple[str, str]]:
    """Other sheets that would come in with this one."""
    names = {table.index: table.name for table in tables_of(run)}
    found = mappings.sheets_beside(run)
    return [(f"also-{s['table']}", f"{names[s['table']]} · {KINDS.get(s['kind']).label}") for s in found]


def saved_mappings(run: ImportRun) -> list[tuple[str, str]]:
    address = f"{reverse('records:import', args=[run.pk])}?step=columns&table={run.table}"
    return [(f"{address}&mapping={saved.pk}", saved.name) for saved in mappings.named(KINDS.get(run.kind))]


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


def question_fields(
    run: ImportRun, given: Mapping[str, str], errors: Mapping[str, list[Any]], colleagues: Sequence[tuple[int, str]]
) -> list[dict[str, Any]]:
    """`options` of a short list of colleagues; of a long one the page holds one list to type into (see `answered`)."""
    labels = {str(staff_id): label for staff_id, label in colleagues}
    is_short = len(colleagues) <= MOST_OPTIONS
    return [
        {
            "name": f"answer-{number}",
            "label": question["written"] or _("No name given"),
            "value": given.get(question["key"], ""),
            "text": _answer_text(given.get(question["key"], ""), labels),
            "options": _options(colleagues, question["candidates"]) if is_short else [],
            "help": _why_asked(question),
            "errors": errors.get(f"answer-{number}", []),
        }
        for number, question in enumerate(run.questions)
    ]


def _answer_text(value: str, labels: Mapping[str, str]) -> str:
    return _("Refuse these rows") if value == REFUSE else labels.get(value, value)


def answered(text: str, colleagues: Sequence[tuple[int, str]]) -> str:
    """What was chosen or typed as an answer: an id, a line of the list, or that the rows are to be refused."""
    text = text.strip()
    if text.isdecimal() or text == REFUSE:
        return text
    if text == _("Refuse these rows"):
        return REFUSE
    found = [str(staff_id) for staff_id, label in colleagues if text and text in (label, label.split(" · ")[0])]
    return found[0] if len(found) == 1 else ""


def _why_asked(question: Mapping[str, Any]) -> str:
    asked = {"rows": figure(question["rows"])}
    if question["candidates"]:
        return _("Several colleagues have this name. Rows: %(rows)s.") % asked
    if not question["written"]:
        return _("The file names nobody here. Rows: %(rows)s.") % asked
    return _("Nobody you may give records to has this name. Rows: %(rows)s.") % asked


def _options(colleagues: Sequence[tuple[int, str]], candidates: list[int]) -> list[tuple[str, str]]:
    """Those of the same name first."""
    ordered = sorted(colleagues, key=lambda colleague: colleague[0] not in candidates)
    return [*((str(staff_id), label) for staff_id, label in ordered), (REFUSE, _("Refuse these rows"))]


def colleagues_for(run: ImportRun, actor: Actor) -> list[tuple[int, str]]:
    """Whom the importer may name."""
    if not run.questions:
        return []
    today = clock.today()
    held = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today).order_by("is_main", "-id")
    units = dict(held.values_list("staff_id", "unit__name"))
    staff = named_by(actor, KINDS.get(run.kind)).order_by("pinyin", "id").values_list("id", "name", "number")
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
        ImportRun.UNDOING: (_("Being undone"), "open"),
        ImportRun.UNDONE: (_("Undone"), "plain"),
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


def figures_of(kind: ImportKind, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Those of the kind, and what other rooms made of it."""
    beside = [f for key in kind.beside for f in KINDS.get(key).figures if f.key not in {o.key for o in kind.figures}]
    more = [f for f in (*beside, *(made.figure for made in MADE)) if counts.get(f.key)]
    return [
        {
            "key": f.key,
            "name": f.label,
            "value": counts.get(f.key, 0),
            "tone": f.tone if counts.get(f.key) else "",
            "row": (f.label, figure(counts.get(f.key, 0))),
            "is_headline": f.is_headline,
        }
        for f in (*kind.figures, *more)
    ]


def refused_rows(run: ImportRun, kind: ImportKind) -> list[list[str]]:
    """The first of them."""
    rows = ImportRow.objects.filter(run=run).order_by("line", "id")[:REFUSED_ROWS]
    kinds = [kind, *(KINDS.get(key) for key in kind.beside)]
    return [[" ".join(filter(None, [r.sheet, str(r.line)])), _excerpt(r.cells), sentences_of(kinds, r)] for r in rows]


def trial(run: ImportRun) -> dict[str, Any] | None:
    """What a trial came to, for the page it came back to."""
    if not run.trial:
        return None
    kind = KINDS.get(run.kind)
    figures = figures_of(kind, run.trial)
    return {
        "headline": [f for f in figures if f["is_headline"]],
        "figures": [f["row"] for f in figures if f["value"] or f["is_headline"]],
        "refused": refused_rows(run, kind),
        "refused_count": run.trial.get("refused", 0),
    }


def pairs(run: ImportRun) -> list[dict[str, Any]]:
    """Rows and the records they mean, side by side in words."""
    if not run.pairs:
        return []
    fields = {f.key: f for f in type_of(KINDS.get(run.kind).access_kind).all_fields}
    return [
        {
            "name": f"pair-{pair['line']}",
            "line": str(pair["line"]),
            "title": pair["title"],
            "url": pair["url"],
            "value": run.decisions.get(str(pair["line"]), "leave"),
            "rows": [
                [fields[key].label, _worded(fields[key], stored), _worded(fields[key], brought)]
                for key, stored, brought in pair["cells"]
                if key in fields
            ],
        }
        for pair in run.pairs
    ]


def _worded(entry: Field, text: str) -> str:
    if entry.kind == "choice":
        return str({str(value): label for value, label in entry.options()}.get(text, text))
    if entry.kind == "yesno":
        return {"true": _("Yes"), "false": _("No")}.get(text, text)
    return text or "–"


STAGES = {
    "reading": gettext_lazy("Reading the rows"),
    "writing": gettext_lazy("Writing the rows and what follows from them"),
    "undoing": gettext_lazy("Undoing the import"),
}


def result(run: ImportRun) -> dict[str, Any]:
    kind = KINDS.get(run.kind)
    figures = figures_of(kind, run.counts)
    return {
        "run": run,
        "kind": kind,
        "notices": notices_of(run),
        "figures": figures,
        "headline": [f for f in figures if f["is_headline"]],
        "problem": problem_text(run),
        "stage": STAGES.get(run.stage, _("Waiting for its turn")),
        "refused": refused_rows(run, kind) if run.has_ended else [],
        "state": states()[run.state],
        "can_be_undone": can_be_undone(run),
        "undo": undo_rows(run.undo["counts"]) if run.undo.get("counts") else [],
        "undo_problem": problem_text_of(run.undo.get("problem")),
    }


def undo_rows(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    labels = {
        "removed": _("Records that go into the bin"),
        "restored": _("Changed records that get their former values back"),
        "stayed": _("Records that stay, because somebody worked on them since"),
        "not_restored": _("Changed records that stay as they are, because they were changed since"),
    }
    return [(label, figure(counts.get(key, 0))) for key, label in labels.items()]


def staying_rows(staying: Sequence[tuple[str, int, str]], actor: Actor) -> list[list[Any]]:
    """Only records that the reader may still see are named."""
    why = {keeper.key: keeper.label for keeper in KEEPERS} | {CHANGED: _("Changed since")}
    rows: list[list[Any]] = []
    for kind in dict.fromkeys(kind for kind, _id, _why in staying):
        type_ = type_of(kind)
        wanted = {record_id: reason for found, record_id, reason in staying if found == kind}
        seen: Any = type_.model._default_manager
        for record in seen.visible_to(actor).filter(id__in=wanted).order_by("id"):
            link = LINK.format(f"/{type_.path}/{record.pk}", type_.title(record))
            rows.append([type_.label, link, why.get(wanted[record.pk], "")])
    return rows


def _excerpt(cells: list[str]) -> str:
    whole = " · ".join(cell.strip() for cell in cells if cell.strip())
    return whole if len(whole) <= EXCERPT else whole[: EXCERPT - 1].rstrip(" ·") + "…"
