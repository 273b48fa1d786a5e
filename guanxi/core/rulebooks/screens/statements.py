"""The statements: months, one month by person, one person line by line; closing a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may, scope_of
from guanxi.base.org.web import ActorRequest

from .. import months
from ..actions.statement import close_month
from ..models import ClosedMonth, Proposal, ProposalKind
from ..months import KIND, Figures
from .gestures import once
from .proposals import SHOWN, line_of
from .states import Month

MOST_LINES = 5000


@dataclass(frozen=True)
class Line:
    """A confirmed consequence, or with `sign` -1 its reversal."""

    proposal: Proposal
    sign: int
    shown: dict[str, Any]

    @property
    def amount(self) -> Decimal | None:
        return None if self.proposal.amount is None else self.sign * self.proposal.amount

    @property
    def deducted(self) -> Decimal | None:
        return self.amount if self.proposal.kind == ProposalKind.DEDUCTION else None

    @property
    def points(self) -> Decimal | None:
        return self.amount if self.proposal.kind == ProposalKind.SCORE else None


def statements(request: ActorRequest) -> HttpResponse:
    closed = closed_months()
    found = dict(months.figures_by_month(request.actor))
    known = sorted({*found, *closed, Month.current().first}, reverse=True)
    context = {
        "lines": [(Month(month), found.get(month, NOTHING), closed.get(month)) for month in known],
        "me": request.actor.staff_id if not answers_for_others(request.actor) else None,
        "note": note(),
    }
    return ui.page(request, "rulebooks/statements.html", context)


NOTHING = Figures(0, 0, Decimal(0), Decimal(0), 0, 0)


def statement(request: ActorRequest, month: str) -> HttpResponse:
    asked = month_of(month)
    return ui.page(request, "rulebooks/statement.html", month_context(asked, request.actor))


def month_context(asked: Month, actor: Actor) -> dict[str, Any]:
    people = months.figures_by_person(asked.first, actor)
    closed = closed_months().get(asked.first)
    return {
        "month": asked,
        "people": people,
        "total": together(people),
        "closed": closed,
        "has_ended": months.has_ended(asked.first),
        "may_close": may(actor, KIND, "close") and closed is None and months.has_ended(asked.first),
        "may_export": may(actor, KIND, "export"),
        "unsettled": months.unsettled(asked.first) if may(actor, KIND, "close") else 0,
        "note": note(),
    }


def person_statement(request: ActorRequest, month: str, staff_id: int) -> HttpResponse:
    asked, person = month_of(month), access_person(staff_id, request.actor)
    lines = lines_of(asked.first, request.actor, staff_id=person.pk)
    context = {
        "month": asked,
        "person": person,
        "lines": lines,
        "deducted": sum((line.deducted or Decimal(0) for line in lines), Decimal(0)),
        "points": sum((line.points or Decimal(0) for line in lines), Decimal(0)),
        "closed": closed_months().get(asked.first),
        "has_ended": months.has_ended(asked.first),
        "note": note(),
        "may_see_all": answers_for_others(request.actor),
    }
    return ui.page(request, "rulebooks/statement_person.html", context)


def close(request: ActorRequest, month: str) -> HttpResponse:
    asked = month_of(month)
    if request.method == "POST":

        def perform() -> dict[str, Any]:
            return {"id": close_month(asked.first, actor=request.actor).pk}

        once(request, f"statement:close:{asked.text}", perform)
        ui.toast(request, _("Closed. Nothing in this month changes any more."))
        return ui.go(request, f"/statements/{asked.text}")
    return ui.page(request, "rulebooks/statement_close.html", month_context(asked, request.actor))


def lines_of(month: date, actor: Actor, *, staff_id: int | None = None, verb: str = "read") -> list[Line]:
    """By person, then in the order of the decisions."""
    found = months.lines_of(month, actor, staff_id=staff_id, verb=verb, most=MOST_LINES, related=SHOWN)
    return [Line(row, sign, line_of(row, actor)) for row, sign in found]


def access_person(staff_id: int, actor: Actor) -> Staff:
    """Raises Missing for people one does not answer for."""
    scope = scope_of(actor, KIND)
    found = Staff.objects.filter(id=staff_id).first()
    in_sight = scope.everything or staff_id in scope.staff_ids or months.stood_in(staff_id, scope.unit_ids)
    if found is None or not in_sight:
        raise Missing()
    return found


def answers_for_others(actor: Actor) -> bool:
    scope = scope_of(actor, KIND)
    return scope.everything or len(scope.staff_ids) > 1 or bool(scope.unit_ids)


def together(people: list[months.OfPerson]) -> Figures:
    sums = (sum((one.figures[place] for one in people), Decimal(0)) for place in range(len(Figures._fields)))
    return Figures._make(sums)


def closed_months() -> dict[date, ClosedMonth]:
    return {row.month: row for row in ClosedMonth.objects.select_related("closed_by").order_by("-month")}


def month_of(text: str) -> Month:
    month = Month.of(text)
    if month is None or month.first > clock.today():
        raise Missing()
    return month


def note() -> str:
    """What the law asks the company to look at first (KPI-19)."""
    return _(
        "Deductions from pay are proposals: check labour law and the employment contract before use. Amounts may be"
        " zero."
    )
