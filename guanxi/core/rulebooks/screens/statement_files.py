"""The statement of a month as a file for payroll and on paper: every line, with clause, duty and who decided."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.cells import writable
from guanxi.base.records.exports.about import About
from guanxi.base.records.exports.described import company_name
from guanxi.base.records.exports.short import TYPES, download
from guanxi.base.records.prints.actions import next_number
from guanxi.base.records.prints.screens import marks, on_paper
from guanxi.base.records.types import ListColumn

from ..actions.statement import take_out_statement
from .statements import Line, access_person, lines_of, month_of, note
from .states import Month


def columns() -> list[ListColumn]:
    return [
        ListColumn("person", _("Name"), ""),
        ListColumn("staff_number", _("Staff number"), ""),
        ListColumn("unit", _("Unit"), ""),
        ListColumn("kind", _("Sort"), ""),
        ListColumn("deducted", _("Deduction in yuan"), "", "money"),
        ListColumn("points", _("Points"), "", "number"),
        ListColumn("clause", _("Clause"), ""),
        ListColumn("duty", _("Duty"), ""),
        ListColumn("due", _("Due"), "", "date"),
        ListColumn("decided_by", _("Confirmed by"), ""),
        ListColumn("decided", _("Confirmed on"), "", "date"),
        ListColumn("note", _("Note"), ""),
        ListColumn("standing", _("Appeal or reversal"), ""),
    ]


def row_of(line: Line) -> list[Any]:
    proposal = line.proposal
    texts = [
        proposal.staff.name,
        proposal.staff.number,
        proposal.unit.name if proposal.unit else "",
        str(proposal.get_kind_display()),
    ]
    return [
        *(writable(text) for text in texts),
        line.deducted,
        line.points,
        writable(f"{line.shown['number']} {line.shown['words']}".strip()),
        writable(line.shown["purpose"]),
        proposal.duty.due_on if proposal.duty else None,
        writable(proposal.decided_by.name if proposal.decided_by else ""),
        clock.local_date(proposal.decided_at) if proposal.decided_at else None,
        writable(proposal.decision),
        standing(line),
    ]


def standing(line: Line) -> str:
    if line.sign < 0:
        return _("Taken back")
    return str(line.proposal.get_appeal_display()) if line.proposal.appeal else ""


@require_GET
def statement_file(request: ActorRequest, month: str) -> HttpResponse:
    asked, form = month_of(month), request.GET.get("form", "")
    if form not in TYPES:
        raise Missing()
    lines = lines_of(asked.first, request.actor, verb="export")
    take_out_statement(asked.first, rows=len(lines), form=form, actor=request.actor)
    about = About(
        title(asked),
        company_name(),
        request.actor.label,
        clock.now(),
        _("Statement for payroll"),
        [(_("Note"), note())],
    )
    return download(title(asked), form, columns(), map(row_of, lines), about)


@require_GET
def statement_paper(request: ActorRequest, month: str) -> HttpResponse:
    asked = month_of(month)
    lines = lines_of(asked.first, request.actor, verb="export")
    take_out_statement(asked.first, rows=len(lines), form="print", actor=request.actor)
    return _paper(request, asked, lines, title(asked), f"/statements/{asked.text}")


@require_GET
def person_paper(request: ActorRequest, month: str, staff_id: int) -> HttpResponse:
    asked, person = month_of(month), access_person(staff_id, request.actor)
    lines = lines_of(asked.first, request.actor, staff_id=person.pk)
    take_out_statement(asked.first, rows=len(lines), form="print", staff_id=person.pk, actor=request.actor)
    heading = f"{title(asked)} · {person.name}"
    return _paper(request, asked, lines, heading, f"/statements/{asked.text}/{person.pk}")


def _paper(request: ActorRequest, asked: Month, lines: list[Line], heading: str, back: str) -> HttpResponse:
    shown = columns()
    context = {
        "title": heading,
        "back": back,
        "sub": note(),
        "columns": [(column.label, column.kind in ("money", "number")) for column in shown],
        "rows": [[on_paper(v, c.kind) for v, c in zip(row_of(line), shown, strict=True)] for line in lines],
        "is_capped": False,
        "is_wide": True,
        **marks(request, next_number()),
    }
    return ui.page(request, "records/print_list.html", context)


def title(month: Month) -> str:
    return _("Statement of consequences %(month)s") % {"month": month.text}
