"""A person's own record: the clauses, what became of them this month and before, and the consequences."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.org.web import ActorRequest

from ..models import Duty, Proposal
from ..queries.measures import Narrowing, measures
from ..queries.months import Month
from .faces import TREND, clause_lines, trend_points
from .states import MADE
from .wish import Wish

MOST_CONSEQUENCES = 12


def own_record(request: ActorRequest) -> HttpResponse:
    if request.actor.staff_id is None:
        raise Missing()
    return record_of(request, request.actor.staff_id)


def record(request: ActorRequest, staff_id: int) -> HttpResponse:
    return record_of(request, staff_id)


def record_of(request: ActorRequest, staff_id: int) -> HttpResponse:
    person = access_record(request.actor, staff_id)
    month = Month.of(request.GET.get("month", "")) or Month.current()
    found = measures(request.actor, month=month, count=TREND, narrowing=Narrowing(staff_id=staff_id))
    lines = [line for line in clause_lines(found, request.actor) if any(one.raised for one in line.months)]
    together = found.together()
    context: dict[str, Any] = {
        "person": person,
        "is_mine": staff_id == request.actor.staff_id,
        "path": "/record" if staff_id == request.actor.staff_id else f"/record/{staff_id}",
        "wish": Wish(month, person=str(staff_id)),
        "states": MADE,
        "lines": lines,
        "months": found.months,
        "together": together,
        "total": together[-1],
        "trend": trend_points(found.months, together),
        "consequences": consequences(request.actor, staff_id),
    }
    return ui.page(request, "rulebooks/record.html", context)


def access_record(actor: Actor, staff_id: int) -> Staff:
    """One's own, and of the people one answers for. Raises Missing."""
    scope = scope_of(actor, Duty.KIND)
    if staff_id != actor.staff_id and not scope.everything and staff_id not in scope.staff_ids:
        raise Missing()
    person = Staff.objects.filter(id=staff_id).first()
    if person is None:
        raise Missing()
    return person


def consequences(actor: Actor, staff_id: int) -> list[Proposal]:
    rows = Proposal.objects.visible_to(actor).filter(staff_id=staff_id).select_related("rule", "duty")
    return list(rows.order_by("-id")[:MOST_CONSEQUENCES])
