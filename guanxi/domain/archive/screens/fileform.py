"""The file form: list, card and form in one declaration."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.screens.forms import form_page
from guanxi.base.records.types import Button, Field, Filter, ListColumn, RecordType, Section, Sort
from guanxi.base.records.values import read_form
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import owners_seen

from ..access import access_file_form
from ..actions import change_file_form, complete_file_form, remove_file_form
from ..models import Attendance, Custody, FileForm

YES_NO = [("yes", _("Buyer")), ("no", _("Non-buyer"))]

FILE_FORMS = RecordType(
    key=FileForm.KIND,
    label=_("File form"),
    plural=_("File forms"),
    new_label=_("New file form"),
    path="file-forms",
    model=FileForm,
    owner="representative_id",
    fields=(
        Field("number", _("Number"), is_fixed=True),
        Field("customer", _("Customer"), is_fixed=True),
        Field("event_name", _("Event"), required=True, max_length=80),
        Field("completed_on", _("Completed on"), "date", required=True, may_be_future=False, is_indexed=True),
        Field("purchased", _("Purchased"), "yesno", is_indexed=True),
        Field("product", _("Product"), max_length=80),
        Field("amount", _("Amount"), "money"),
        Field("health", _("Health"), is_personal=True, help=_("Sensitive: seen only by who may reveal it.")),
        Field("representative", _("Representative"), "staff", is_fixed=True, is_indexed=True),
        Field("unit", _("Unit"), "unit", is_fixed=True, is_indexed=True),
        Field("custody", _("Where it is"), "choice", choices=list(Custody.choices), is_fixed=True),
        Field("holder", _("In the hands of"), "staff", is_fixed=True),
        Field("remark", _("Remark"), "longtext", max_length=2000, is_personal=True),
        Field("created_at", _("Recorded"), "moment", is_fixed=True),
    ),
    sections=(
        Section("event", _("Event"), ("number", "customer", "event_name", "completed_on", "representative", "unit")),
        Section("purchase", _("Purchase"), ("purchased", "product", "amount")),
        Section("person", _("Person"), ("health", "remark", "created_at")),
    ),
    columns=(
        ListColumn("name", _("Name"), "c.name", is_title=True),
        ListColumn("number", _("Number"), "t.number", is_minor=True),
        ListColumn("event", _("Event"), "t.event_name"),
        ListColumn("completed", _("Completed on"), "t.completed_on", "date", sort="new"),
        ListColumn(
            "purchased",
            _("Purchased"),
            "CASE WHEN t.purchased THEN 'yes' ELSE 'no' END",
            choices=dict(YES_NO),
            tones={"yes": "open", "no": "plain"},
        ),
        ListColumn("product", _("Product"), "t.product"),
        ListColumn("amount", _("Amount"), "t.amount", "money"),
        ListColumn("representative", _("Representative"), "s.name"),
        ListColumn("custody", _("Where it is"), "t.custody", choices=dict(Custody.choices)),
    ),
    joins="JOIN customers_customer c ON c.id = t.customer_id LEFT JOIN org_staff s ON s.id = t.representative_id",
    sorts=(Sort("new", _("Newest"), "completed_on"),),
    filters=(
        Filter("purchased", _("Purchased"), "t.purchased = (%s = 'yes')", lambda actor: YES_NO, is_indexed=True),
        Filter("custody", _("Where it is"), "t.custody = %s", lambda actor: list(Custody.choices)),
        Filter("representative", _("Representative"), "t.representative_id = %s::bigint", owners_seen, is_indexed=True),
    ),
    access=access_file_form,
    title=lambda form: f"{form.customer.name} · {form.event_name}",
    subtitle=lambda form: form.number,
    badges=lambda form: [
        (_("Buyer"), "open") if form.purchased else (_("Non-buyer"), "plain"),
        *([] if form.whole_since else [(_("Not complete yet"), "plain")]),
    ],
    buttons=(
        Button("customer", _("Customer"), lambda f: f"/customers/{f.customer_id}"),
        Button(
            "remove",
            _("Remove"),
            lambda f: f"/file-forms/{f.pk}/remove",
            lambda actor, f: may(actor, "fileform", "delete"),
        ),
    ),
    change=change_file_form,
    boards=("purchased",),
    searchable=True,
    number="number",
    found_through=("customer_id", "customer"),
    empty_hint=_("File forms come from an import, or from a customer's card after an event."),
    icon="file",
)


def new_form(request: ActorRequest, customer_id: int) -> HttpResponse:
    customer = access_customer(request.actor, customer_id)
    if request.method != "POST":
        came = attendance_asked(request.actor, customer, request.GET.get("attendance", ""))
        if came and came.file_form_id:
            # Begun already: what is missing is filled in there.
            return ui.go(request, f"/file-forms/{came.file_form_id}/edit")
        return _empty_form(request, customer, typed=of_attendance(came))
    read = read_form(FILE_FORMS, request.POST)
    errors: dict[str, list[Any]] = read.errors
    if not errors:
        try:
            answer = operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"fileform:create:{customer_id}",
                payload=read.typed,
                perform=lambda: {"id": complete_file_form(customer_id, read.values, actor=request.actor).pk},
            )
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, gettext("Saved. The duties of the rules are in the workbench."))
            return ui.go(request, f"/file-forms/{answer.data['id']}")
    return _empty_form(request, customer, typed=read.typed, errors=errors)


def attendance_asked(actor: Actor, customer: Customer, text: str) -> Attendance | None:
    if not (text.isdecimal() and len(text) <= 18):
        return None
    return Attendance.objects.kept().visible_to(actor).filter(id=int(text), customer=customer).first()


def of_attendance(one: Attendance | None) -> dict[str, str]:
    """What the list of the event says already."""
    if one is None:
        return {}
    known = {"event_name": one.event_name, "completed_on": one.held_on.isoformat()}
    return known | ({"purchased": "on"} if one.purchased else {})


def _empty_form(
    request: ActorRequest,
    customer: Customer,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, list[Any]] | None = None,
) -> HttpResponse:
    """Says whose form it is, and leads back to that card."""
    return form_page(
        request,
        FILE_FORMS,
        typed=typed or {},
        errors=errors,
        title=gettext("File form of %(name)s") % {"name": customer.name},
        back=f"/customers/{customer.pk}",
        back_label=customer.name,
    )


@sent_once
def remove(request: ActorRequest, record_id: int) -> HttpResponse:
    form = access_file_form(request.actor, record_id, to="delete")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            remove_file_form(record_id, actor=request.actor, why=request.POST.get("why", "").replace("\x00", ""))
            ui.toast(request, gettext("Removed. Its open duties were withdrawn."))
            return ui.go(request, f"/customers/{form.customer_id}")
        except Invalid as problem:
            errors = problem.errors
    return ui.page(
        request, "archive/remove.html", {"form_record": form, "errors": errors}, status=422 if errors else 200
    )


def forms_panel(actor: Actor, customer: Customer) -> dict[str, Any] | None:
    if not may(actor, FileForm.KIND, "read"):
        return None
    forms = FileForm.objects.kept().visible_to(actor).filter(customer=customer).order_by("-completed_on", "-id")[:20]
    return {"forms": list(forms), "customer": customer, "may_create": may(actor, FileForm.KIND, "create")}
