"""Visits customers have announced: the list, the card, and how they are entered from the customer's card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.actions import standard_actions
from guanxi.base.records.screens.forms import form_page
from guanxi.base.records.types import Button, Field, Filter, ListColumn, RecordType
from guanxi.base.records.values import read_form
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer

from ..actions.coming import announce_visit, reserve_table
from ..models import Coming, Meal

SHOWN = 5
_PLAIN = RecordType(
    label=_("Announced visit"),
    plural=_("Announced visits"),
    new_label=_("Announce a visit"),
    path="coming-visits",
    model=Coming,
    fields=(
        Field("customer", _("Customer"), is_fixed=True),
        Field("comes_on", _("Day"), "date", required=True, is_indexed=True),
        Field("at_time", _("Time"), max_length=20, help=_("For example 10:30, or in the afternoon.")),
        Field("guests", _("People"), "number", between=(1, 999)),
        Field("meal", _("Meal"), "choice", choices=list(Meal.choices)),
        Field("purpose", _("What for"), max_length=200),
        Field("table", _("Table"), is_fixed=True),
        Field("owner", _("Received by"), "staff", is_fixed=True),
        Field("unit", _("Unit"), "unit", is_fixed=True),
    ),
    columns=(
        ListColumn("name", _("Customer"), "c.name", is_title=True),
        ListColumn("comes_on", _("Day"), "t.comes_on", "date", sort="day"),
        ListColumn("at_time", _("Time"), "t.at_time"),
        ListColumn("guests", _("People"), "t.guests", "number"),
        ListColumn("meal", _("Meal"), "t.meal", choices={str(v): label for v, label in Meal.choices}),
        ListColumn("table", _("Table"), "t.table"),
        ListColumn("owner", _("Received by"), "s.name"),
    ),
    joins="JOIN customers_customer c ON c.id = t.customer_id LEFT JOIN org_staff s ON s.id = t.owner_id",
    filters=(Filter("meal", _("Meal"), "t.meal = %s", lambda actor: list(Meal.choices)),),
    title=lambda visit: visit.customer.name,
    subtitle=lambda visit: str(visit.comes_on),
    buttons=(
        Button("customer", _("Customer"), lambda v: f"/customers/{v.customer_id}"),
        Button(
            "table",
            _("Reserve a table"),
            lambda v: f"/coming-visits/{v.pk}/table",
            lambda actor, v: v.meal != Meal.NONE and may(actor, Coming.KIND, "update"),
            style="primary",
        ),
        Button(
            "remove",
            _("Remove"),
            lambda v: f"/coming-visits/{v.pk}/remove",
            lambda actor, v: may(actor, Coming.KIND, "delete"),
        ),
    ),
    empty_hint=_("When a customer says they will come, enter it on their card; message, table and reception follow."),
    icon="calendar",
)
_STEPS = standard_actions(_PLAIN)
COMING_VISITS = replace(_PLAIN, change=_STEPS.change, remove=_STEPS.remove, restore=_STEPS.restore, has_bin=True)


def new_visit(request: ActorRequest, customer_id: int) -> HttpResponse:
    customer = access_customer(request.actor, customer_id)
    typed: dict[str, str] = {"guests": "1", "meal": "none"}
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        read = read_form(COMING_VISITS, request.POST)
        typed, errors = read.typed, read.errors
        if not errors:
            try:
                operations.once(
                    request.POST.get("op_key", ""),
                    actor=request.actor,
                    name=f"coming:announce:{customer_id}",
                    payload=read.typed,
                    perform=lambda: {"id": announce_visit(customer_id, read.values, actor=request.actor).pk},
                )
            except Invalid as problem:
                errors = problem.errors
            else:
                ui.toast(request, gettext("Saved. What is to be prepared is in the workbench."))
                return ui.go(request, f"/customers/{customer_id}")
    title = gettext("%(name)s will come") % {"name": customer.name}
    back = f"/customers/{customer_id}"
    return form_page(
        request, COMING_VISITS, typed=typed, errors=errors, title=title, back=back, back_label=customer.name
    )


def table(request: ActorRequest, visit_id: int) -> HttpResponse:
    visit = Coming.objects.kept().access(request.actor, visit_id, to="update")
    typed, errors = visit.table, {}
    if request.method == "POST":
        typed = request.POST.get("table", "").replace("\x00", "")
        try:
            operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"coming:table:{visit_id}",
                payload={"table": typed},
                perform=lambda: {"id": reserve_table(visit_id, table=typed, actor=request.actor).pk},
            )
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, gettext("Saved."))
            return ui.go(request, f"/coming-visits/{visit_id}")
    context = {"visit": visit, "typed": typed, "errors": errors, "meal": visit.get_meal_display()}
    return ui.page(request, "activities/table.html", context, status=422 if errors else 200)


def coming_panel(actor: Actor, customer: Customer) -> dict[str, Any] | None:
    """Those still to come; where nobody is announced and nobody may announce, the panel stays away."""
    if not may(actor, Coming.KIND, "read"):
        return None
    rows = Coming.objects.kept().filter(customer=customer, comes_on__gte=clock.today()).order_by("comes_on", "id")
    visits = list(rows[:SHOWN])
    may_create = may(actor, Coming.KIND, "create") and customer.deceased_on is None
    return {"visits": visits, "customer": customer, "may_create": may_create} if visits or may_create else None
