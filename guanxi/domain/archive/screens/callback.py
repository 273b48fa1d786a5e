"""Requests that the doctor calls: the list, asking from the customer's card, taking a request back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.types import Button, Field, ListColumn, RecordType, Section
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer

from ..access import access_request
from ..actions.callback import ask_doctor, withdraw_request
from ..doctors import doctor_of
from ..models import CallbackRequest
from .incident import typed_of

REQUESTS = RecordType(
    label=_("Request to the doctor"),
    plural=_("Requests to the doctor"),
    path="callback-requests",
    model=CallbackRequest,
    fields=(
        Field("reason", _("Reason"), is_fixed=True, max_length=300),
        Field("wanted_on", _("Call by"), "date", is_fixed=True),
        Field("customer_id", _("Id of the customer"), "number", is_fixed=True),
        Field("owner", _("Asked by"), "staff", is_fixed=True, is_indexed=True),
        Field("doctor", _("Doctor"), "staff", is_fixed=True),
        Field("called_on", _("Called on"), "date", is_fixed=True),
        Field("unit", _("Unit"), "unit", is_fixed=True, is_indexed=True),
        Field("created_at", _("Asked"), "moment", is_fixed=True),
    ),
    sections=(
        Section("request", _("Request"), ("wanted_on", "reason", "owner", "doctor", "called_on", "unit", "created_at")),
    ),
    columns=(
        ListColumn("name", _("Customer"), "c.name", is_title=True),
        ListColumn("wanted_on", _("Call by"), "t.wanted_on", "date"),
        ListColumn("reason", _("Reason"), "t.reason"),
        ListColumn("asked_by", _("Asked by"), "s.name"),
        ListColumn("doctor", _("Doctor"), "d.name"),
        ListColumn("called_on", _("Called on"), "t.called_on", "date"),
    ),
    joins="JOIN customers_customer c ON c.id = t.customer_id LEFT JOIN org_staff s ON s.id = t.owner_id"
    " LEFT JOIN org_staff d ON d.id = t.doctor_id",
    access=access_request,
    title=lambda request: request.customer.name,
    buttons=(
        Button("customer", _("Customer"), lambda one: f"/customers/{one.customer_id}", style="primary"),
        Button(
            "withdraw",
            _("Take back"),
            lambda one: f"/callback-requests/{one.pk}/withdraw",
            lambda actor, one: may(actor, CallbackRequest.KIND, "delete"),
        ),
    ),
    empty_hint=_("Who has not bought is called by the doctor only when somebody asks, on the customer's card."),
    icon="phone",
)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ActorRequest, customer_id: int) -> HttpResponse:
    customer = access_customer(request.actor, customer_id)
    typed, errors = typed_of(request, ("wanted_on", "reason")), {}
    if request.method == "POST":
        try:
            operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"callbackrequest:ask:{customer_id}",
                payload=typed,
                perform=lambda: {
                    "id": ask_doctor(customer_id, day(typed["wanted_on"]), typed["reason"], actor=request.actor).pk
                },
            )
            ui.toast(request, gettext("Asked. The doctor has been told."))
            return ui.go(request, f"/customers/{customer_id}")
        except Invalid as problem:
            errors = problem.errors
    else:
        typed["wanted_on"] = clock.today().isoformat()
    doctor = doctor_of(customer.unit_id)
    context = {"customer": customer, "doctor": doctor, "typed": typed, "errors": errors}
    return ui.page(request, "archive/callback_new.html", context, status=422 if errors else 200)


def day(text: str) -> date | None:
    try:
        return read_date(text, today=clock.today()) if text else None
    except Unreadable as problem:
        raise Invalid({"wanted_on": [problem.message]}) from None


@require_http_methods(["GET", "HEAD", "POST"])
@sent_once
def withdraw(request: ActorRequest, record_id: int) -> HttpResponse:
    found = access_request(request.actor, record_id, to="delete")
    typed, errors = typed_of(request, ("why",)), {}
    if request.method == "POST":
        try:
            withdraw_request(record_id, actor=request.actor, why=typed["why"])
            ui.toast(request, gettext("Taken back. Its open duty was withdrawn."))
            return ui.go(request, f"/customers/{found.customer_id}")
        except Invalid as problem:
            errors = problem.errors
    context = {
        "title": gettext("Take the request back"),
        "sub": found.customer.name,
        "back": f"/callback-requests/{record_id}",
        "typed": typed,
        "errors": errors,
    }
    return ui.page(request, "archive/why.html", context, status=422 if errors else 200)


def requests_panel(actor: Actor, customer: Customer) -> dict[str, Any] | None:
    """On the customer's card, once somebody has asked."""
    if not may(actor, CallbackRequest.KIND, "read"):
        return None
    rows = CallbackRequest.objects.kept().visible_to(actor).filter(customer=customer).select_related("owner", "doctor")
    found = list(rows.order_by("-id")[:5])
    return {"requests": found} if found else None
