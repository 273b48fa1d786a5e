"""What the pages of exports show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.ui import formats

from ..asked import Asked
from ..outsiders import INSIDE, OUTSIDERS, PROCESSOR, THIRD, Recipient, Registered, narrowed
from ..selection import Selection
from ..types import RECORD_TYPES, RecordType
from .access import approvers_for, may_feed_machines
from .described import described
from .models import ExportRun
from .rows import selection_for


def states() -> dict[str, tuple[str, str]]:
    return {
        ExportRun.ASKED: (_("Waits for permission"), "open"),
        ExportRun.DECLINED: (_("Declined"), "late"),
        ExportRun.QUEUED: (_("Waiting"), "open"),
        ExportRun.RUNNING: (_("Running"), "open"),
        ExportRun.DONE: (_("Finished"), "done"),
        ExportRun.FAILED: (_("Failed"), "late"),
        ExportRun.CANCELLED: (_("Stopped"), "plain"),
        ExportRun.EXPIRED: (_("File gone"), "plain"),
    }


def state_of(run: ExportRun) -> tuple[str, str]:
    is_over = run.state == ExportRun.DONE and run.expires_at is not None and run.expires_at <= clock.now()
    return states()[ExportRun.EXPIRED if is_over else run.state]


def list_name(kind: str) -> str:
    """Types may go with the room that brought them."""
    type_ = RECORD_TYPES.find(kind)
    return str(type_.plural) if type_ else kind


def form_names(actor: Actor, kind: str) -> dict[str, list[tuple[str, str]]]:
    audiences = [(ExportRun.PEOPLE, _("People: safe to open in Excel and WPS"))]
    if may_feed_machines(actor, kind):
        audiences.append((ExportRun.MACHINES, _("Programs: exact values, not safe to open in a spreadsheet")))
    return {
        "formats": [(ExportRun.XLSX, _("Workbook (xlsx)")), (ExportRun.CSV, _("Text (csv)"))],
        "encodings": [
            (ExportRun.UTF8, _("UTF-8, for Excel and WPS")),
            (ExportRun.GB18030, _("GB18030, for older programs")),
        ],
        "audiences": audiences,
        **recipients(),
    }


def recipients() -> dict[str, list[tuple[str, str]]]:
    """Who may be chosen; the register alone says who works for us."""
    registered = [(str(one.id), _registered(one)) for one in OUTSIDERS.registered()]
    return {
        "recipients": [
            (INSIDE, _("Inside the company")),
            *([(PROCESSOR, _("Somebody who works for us"))] if registered else []),
            (THIRD, _("A third party")),
        ],
        "processors": registered,
    }


def _registered(one: Registered) -> str:
    words = {"name": one.name, "day": formats.day(one.until) if one.until else ""}
    return _("%(name)s (agreed until %(day)s)") % words if one.until else one.name


def shares(type_: RecordType, asked: Asked, actor: Actor, count: int) -> dict[str, int] | None:
    return shares_of(selection_for(type_, asked, actor), count) if count else None


def shares_of(whole: Selection, count: int) -> dict[str, int] | None:
    """How many of the rows a third party would get and how many not; None where nobody has to agree."""
    third = Recipient(THIRD)
    if not OUTSIDERS.is_asked(whole.type.model, third):
        return None
    goes = narrowed(whole, third).count(most=settings.EXPORT_MAX_ROWS)
    return {"goes": goes, "left": count - goes}


def given_to(run: ExportRun) -> list[tuple[Any, ...]]:
    """To whom, and without whom."""
    kinds = {PROCESSOR: _("%(name)s, who works for us"), THIRD: _("%(name)s, a third party")}
    where = kinds[run.recipient] % {"name": run.recipient_name} if run.recipient in kinds else _("Inside the company")
    found = RECORD_TYPES.find(run.kind)
    asks = found is not None and OUTSIDERS.is_asked(found.model, run.goes_to)
    left = [(_("Left out without consent"), formats.number(run.left_out))] if asks else []
    return [(_("Given to"), where), *left]


def permission(actor: Actor) -> dict[str, Any]:
    return {
        "free": formats.number(settings.EXPORT_WITHOUT_PERMIT),
        "a_day": formats.number(settings.EXPORT_WITHOUT_PERMIT_A_DAY),
        "approvers": _(", ").join(approvers_for(actor).values_list("name", flat=True)[:5]),
    }


def asked_of(run: ExportRun) -> tuple[RecordType, Asked] | None:
    type_ = RECORD_TYPES.find(run.kind)
    return (type_, Asked.of(type_, run.words)) if type_ else None


def facts(run: ExportRun, actor: Actor) -> list[tuple[Any, ...]]:
    found = asked_of(run)
    words = described(*found, actor) if found else []
    columns = _(", ").join(str(c.label) for c in found[1].shown_columns(found[0])) if found else ""
    kind = _("for programs") if run.audience == ExportRun.MACHINES else _("for people")
    encoding = "" if run.format == ExportRun.XLSX else f" · {run.encoding.upper()}"
    return [
        (_("List"), list_name(run.kind)),
        *words,
        (_("Columns"), columns, "whole"),
        (_("File"), f"{run.format.upper()} · {kind}{encoding}"),
        (_("Number of rows"), formats.number(run.rows or run.total)),
        *given_to(run),
        (_("Purpose"), run.purpose, "whole"),
        (_("Asked for by"), run.actor_label),
        (_("Asked for at"), formats.moment(run.created_at)),
    ]


def runs_table(runs: Iterable[ExportRun], *, of_others: bool = False) -> ui.Table:
    who = [ui.Column("who", _("Asked for by"), is_title=True)] if of_others else []
    columns = [
        *who,
        ui.Column("list", _("List"), is_title=not of_others),
        ui.Column("purpose", _("Purpose")),
        ui.Column("state", _("State")),
        ui.Column("rows", _("Rows"), kind="number"),
        ui.Column("at", _("Asked for at"), kind="date"),
    ]
    route = "records:export-request" if of_others else "records:export"
    rows = [
        ui.Row(run.pk, _cells(run, of_others), url=reverse(route, args=[run.pk]), label=list_name(run.kind))
        for run in runs
    ]
    return ui.Table(columns, rows, label=_("Exports"))


def _cells(run: ExportRun, of_others: bool) -> list[Any]:
    cells = [list_name(run.kind), run.purpose, state_of(run)[0], formats.number(run.rows or run.total)]
    return [*([run.actor_label] if of_others else []), *cells, formats.moment(run.created_at)]
