"""A task: a duty that one person sets for oneself or a colleague."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit.operations import WAY_BACK
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.models import Staff
from guanxi.base.org.web import ActorRequest
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer

from ..actions import create_task
from ..models import Duty
from .gestures import number_of, once, staff_of
from .giving import colleagues, day_of


def new_task(request: ActorRequest) -> HttpResponse:
    customer = customer_asked(request)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            answer = once(request, "task:new", lambda: {"id": _create(request, customer).pk}, same_within=WAY_BACK)
            duty_id = answer.data["id"]
            said = _("This was saved already.") if answer.repeated else _("The task is set.")
            ui.toast(request, said, href=f"/duties/{duty_id}", link=_("Open the duty"))
            return ui.go(request, f"/customers/{customer.pk}" if customer else "/")
        except Invalid as problem:
            errors = problem.errors
    context = {
        "customer": customer,
        "errors": errors,
        "typed": request.POST,
        "tomorrow": clock.today().isoformat(),
        "colleagues": [("", _("Myself")), *colleagues(Duty(assignee_id=request.actor.staff_id))],
    }
    return ui.page(request, "rulebooks/task.html", context, status=422 if errors else 200)


def customer_asked(request: ActorRequest) -> Customer | None:
    """From the card the customer comes in the address; within the reader's reach or Missing."""
    text = request.POST.get("customer") or request.GET.get("customer") or ""
    return access_customer(request.actor, number_of(text)) if text else None


def _create(request: ActorRequest, customer: Customer | None) -> Duty:
    errors: dict[str, list[Any]] = {}
    to: Staff | None = None
    if request.POST.get("to"):
        to = staff_of(request.POST["to"])
        if to is None:
            errors["to"] = [_("Choose a colleague.")]
    try:
        due_on = day_of(request.POST.get("due_on", ""), "due_on")
    except Invalid as problem:
        errors |= problem.errors
    if errors:
        raise Invalid(errors)
    purpose = request.POST.get("purpose", "").replace("\x00", "")
    return create_task(customer.pk if customer else None, purpose=purpose, due_on=due_on, actor=request.actor, to=to)
