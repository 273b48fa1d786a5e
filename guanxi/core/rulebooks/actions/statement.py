"""Closing a month, and taking its statement out. What is closed never changes (闭账)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org import gate

from .. import months
from ..models import ClosedMonth, Proposal
from ..months import KIND


@action("rulebooks:statement:closed", _("%(who)s closed the statement of a month."))
def close_month(month: date, *, actor: Actor) -> ClosedMonth:
    """In their order, each after its last day."""
    gate.ask(actor, "close", KIND)
    month = months.month_of(month)
    months.hold(alone=True)
    _require_closable(month)
    figures = months.whole(month)
    closed = ClosedMonth.objects.create(
        month=month,
        closed_at=clock.now(),
        closed_by_id=actor.staff_id,
        lines=figures.lines,
        total=figures.deducted,
    )
    changes = {"month": f"{month:%Y-%m}", "lines": figures.lines, "total": str(figures.deducted)}
    trail.record(KIND, closed.pk, actor=actor, changes=changes)
    return closed


@action("rulebooks:statement:taken_out", _("%(who)s took out the statement of a month: %(count)s rows."))
def take_out_statement(month: date, *, rows: int, form: str, staff_id: int | None = None, actor: Actor) -> None:
    """Each file and each paper has its word in the trail; a whole statement needs the right to export."""
    gate.ask(actor, "export" if staff_id != actor.staff_id else "read", KIND)
    changes = {"month": f"{month:%Y-%m}", "count": rows, "format": form}
    trail.record(KIND, staff_id, actor=actor, changes=changes)


def _require_closable(month: date) -> None:
    if not months.has_ended(month):
        text = _("This month has not ended yet; it can be closed from the first day of the next.")
        raise Refused(text, code="month_runs")
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    if month in closed:
        raise Refused(_("This month is closed already."), code="month_closed")
    earlier = Proposal.objects.filter(month__lt=month).exclude(month__in=closed).order_by("month")
    first = earlier.values_list("month", flat=True).first()
    if first:
        raise Refused(_("Close %(month)s first.") % {"month": f"{first:%Y-%m}"}, code="earlier_month_open")
