"""Allocating the forms received: proposals with their reasons, the lists made of them, and a list on paper."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.prints.screens import marks

from ..actions import allocate_forms, print_allocation
from ..actions.allocation import MOST, Decision
from ..allocating import candidates, propose
from ..contact_access import access_allocation, allocations_visible_to, waiting_for_allocation
from ..models import Allocation, AllocationRule

SHOWN = 100


@require_GET
def allocations(request: ActorRequest) -> HttpResponse:
    rows = allocations_visible_to(request.actor).annotate(count=Count("items"))
    at = request.GET.get("before", "")
    if at.isdecimal() and len(at) <= 18:
        rows = rows.filter(id__lt=int(at))
    shown = list(rows[:SHOWN])
    context = {
        "allocations": shown,
        "older": shown[-1].pk if len(shown) == SHOWN else None,
        "waiting": waiting_for_allocation(request.actor).count(),
    }
    return ui.page(request, "archive/allocations.html", context)


def new_allocation(request: ActorRequest) -> HttpResponse:
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            return _allocate(request)
        except Invalid as problem:
            errors = problem.errors
    people = candidates(request.actor)
    forms = list(waiting_for_allocation(request.actor).order_by("id")[:MOST])
    context = {
        "proposals": propose(forms, people),
        "people": [(str(one.id), _said(one)) for one in people],
        "rules": dict(AllocationRule.choices),
        "typed": request.POST,
        "ticked": set(request.POST.getlist("forms")) if request.method == "POST" else {str(f.pk) for f in forms},
        "errors": errors,
    }
    return ui.page(request, "archive/allocation_new.html", context, status=422 if errors else 200)


def _said(one: Any) -> str:
    figures = {"name": one.name, "duties": one.open_duties, "customers": one.customers}
    if one.is_here:
        return _("%(name)s: %(duties)s open, %(customers)s customers") % figures
    return _("%(name)s (away): %(duties)s open, %(customers)s customers") % figures


def _allocate(request: ActorRequest) -> HttpResponse:
    picked = [text for text in request.POST.getlist("forms")[: MOST + 1] if text.isdecimal() and len(text) <= 18]
    decisions = {int(text): _decision(request, text) for text in picked}

    def run() -> dict[str, Any]:
        return {"id": allocate_forms(decisions, actor=request.actor).pk}

    payload = {str(form_id): [made.owner_id, made.why] for form_id, made in decisions.items()}
    key = request.POST.get("op_key", "")
    answer = operations.once(key, actor=request.actor, name="allocation:make", payload=payload, perform=run)
    ui.toast(request, _("Allocated. Each owner was told; the forms now go to customer service."))
    return ui.go(request, f"/allocations/{answer.data['id']}")


def _decision(request: ActorRequest, form_id: str) -> Decision:
    owner = request.POST.get(f"owner-{form_id}", "")
    why = request.POST.get(f"why-{form_id}", "").replace("\x00", "")
    return Decision(int(owner) if owner.isdecimal() and len(owner) <= 18 else None, why)


@require_GET
def allocation(request: ActorRequest, allocation_id: int) -> HttpResponse:
    return ui.page(request, "archive/allocation.html", _context(access_allocation(request.actor, allocation_id)))


@require_GET
def print_list(request: ActorRequest, allocation_id: int) -> HttpResponse:
    record = access_allocation(request.actor, allocation_id)
    number = print_allocation(allocation_id, actor=request.actor)
    context = {
        "title": _("Allocation list %(number)s") % {"number": record.number},
        "back": f"/allocations/{record.pk}",
        **_context(record),
        **marks(request, number),
    }
    return ui.page(request, "archive/allocation_print.html", context)


def _context(record: Allocation) -> dict[str, Any]:
    items = record.items.select_related("form", "owner", "proposed", "customer").order_by("id")
    return {"allocation": record, "items": list(items)}
