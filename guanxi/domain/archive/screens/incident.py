"""Incidents: list and card, reporting one, assessing it, confirming the replacement."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.kernel.money import read_money
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.types import Button, Field, Filter, ListColumn, RecordType, Section
from guanxi.core.customers.screens.customer import owners_seen

from ..access import access_file_form, access_incident
from ..actions.incident import NewIncident, assess_incident, confirm_replacement, report_incident
from ..models import Incident, IncidentKind, Severity
from ..models.incident import PENALTIES
from .loan import MOST_COLLEAGUES, staff_of

STATES = [("open", _("To be replaced")), ("replaced", _("Replaced"))]
SEVERITY_TONES = {"minor": "plain", "moderate": "plain", "severe": "late"}


def badges(incident: Incident) -> list[tuple[Any, str]]:
    state = (_("Replaced"), "done") if incident.replaced_at else (_("To be replaced"), "late")
    return [(incident.get_kind_display(), "plain"), (incident.get_severity_display(), "plain"), state]


def is_others(actor: Actor, incident: Incident) -> bool:
    """Open, and the actor is not the person concerned."""
    is_open = incident.replaced_at is None
    return is_open and incident.owner_id != actor.staff_id and may(actor, Incident.KIND, "update")


INCIDENTS = RecordType(
    label=_("Incident"),
    plural=_("Incidents"),
    path="incidents",
    model=Incident,
    fields=(
        Field("number", _("Number"), is_fixed=True),
        Field("form_id", _("Id of the file form"), "number", is_fixed=True),
        Field("customer_id", _("Id of the customer"), "number", is_fixed=True),
        Field("owner", _("Person concerned"), "staff", is_fixed=True, is_indexed=True),
        Field("unit", _("Unit"), "unit", is_fixed=True, is_indexed=True),
        Field("kind", _("What happened"), "choice", choices=list(IncidentKind.choices), is_fixed=True),
        Field("severity", _("Severity"), "choice", choices=list(Severity.choices), is_fixed=True),
        Field("penalty", _("Proposed deduction"), "money", is_fixed=True),
        Field("description", _("Description"), "longtext", is_fixed=True),
        Field("reported_on", _("Reported on"), "date", is_fixed=True),
        Field("reporter", _("Reported by"), "staff", is_fixed=True),
        Field("replaced_at", _("Replaced"), "moment", is_fixed=True),
        Field("replaced_with", _("New form"), is_fixed=True),
        Field("confirmed_by", _("Confirmed by"), "staff", is_fixed=True),
    ),
    sections=(
        Section("incident", _("Incident"), ("owner", "kind", "description", "reported_on", "reporter", "unit")),
        Section("severity", _("Severity"), ("severity", "penalty")),
        Section("replacement", _("Replacement"), ("replaced_at", "replaced_with", "confirmed_by")),
    ),
    columns=(
        ListColumn("number", _("Number"), "t.number", is_title=True),
        ListColumn("name", _("Customer"), "c.name"),
        ListColumn("file", _("File form"), "f.number", is_minor=True),
        ListColumn("concerned", _("Person concerned"), "b.name"),
        ListColumn("kind", _("What happened"), "t.kind", choices=dict(IncidentKind.choices)),
        ListColumn("severity", _("Severity"), "t.severity", choices=dict(Severity.choices)),
        ListColumn("penalty", _("Proposed deduction"), "t.penalty", "money"),
        ListColumn("reported_on", _("Reported on"), "t.reported_on", "date"),
        ListColumn(
            "state",
            _("State"),
            "CASE WHEN t.replaced_at IS NULL THEN 'open' ELSE 'replaced' END",
            choices=dict(STATES),
            tones={"open": "late", "replaced": "done"},
        ),
    ),
    joins="JOIN customers_customer c ON c.id = t.customer_id JOIN archive_fileform f ON f.id = t.form_id"
    " LEFT JOIN org_staff b ON b.id = t.owner_id",
    filters=(
        Filter("state", _("State"), "(t.replaced_at IS NULL) = (%s = 'open')", lambda actor: STATES),
        Filter("severity", _("Severity"), "t.severity = %s", lambda actor: list(Severity.choices)),
        Filter("concerned", _("Person concerned"), "t.owner_id = %s::bigint", owners_seen, is_indexed=True),
    ),
    access=access_incident,
    title=lambda incident: f"{incident.number} · {incident.form.number}",
    subtitle=lambda incident: incident.customer.name,
    badges=badges,
    buttons=(
        Button("file", _("File form"), lambda incident: f"/file-forms/{incident.form_id}"),
        Button("assess", _("Assess"), lambda incident: f"/incidents/{incident.pk}/assess", is_others),
        Button(
            "replaced",
            _("Confirm the replacement"),
            lambda incident: f"/incidents/{incident.pk}/replaced",
            is_others,
            style="primary",
        ),
    ),
    empty_hint=_("Loss, damage or gaps of a file form are reported on its card."),
    icon="alert",
)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: ActorRequest, record_id: int) -> HttpResponse:
    form = access_file_form(request.actor, record_id)
    typed = typed_of(request, ("kind", "concerned", "severity", "penalty", "description"))
    if request.method != "POST":
        typed = {"concerned": str(form.holder_id or ""), "severity": str(Severity.MODERATE)}

    def perform() -> Incident:
        new = NewIncident(
            typed["kind"],
            staff_of(typed["concerned"]),
            typed["description"],
            typed["severity"] or str(Severity.MODERATE),
            amount(typed["penalty"]),
        )
        return report_incident(record_id, new, actor=request.actor)

    context = {
        "form_record": form,
        "kinds": list(IncidentKind.choices),
        "colleagues": working_here(most=MOST_COLLEAGUES),
    }
    done = gettext("Reported. The form has to be replaced at once.")
    return answered(request, f"incident:report:{record_id}", "archive/incident_new.html", context, typed, perform, done)


@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: ActorRequest, record_id: int) -> HttpResponse:
    incident = access_incident(request.actor, record_id, to="update")
    typed = typed_of(request, ("severity", "penalty"))
    if request.method != "POST":
        typed = {"severity": incident.severity, "penalty": f"{incident.penalty:f}"}

    def perform() -> Incident:
        return assess_incident(record_id, typed["severity"], amount(typed["penalty"]), actor=request.actor)

    context = {"incident": incident}
    name = f"incident:assess:{record_id}"
    return answered(request, name, "archive/incident_assess.html", context, typed, perform, gettext("Saved."))


@require_http_methods(["GET", "HEAD", "POST"])
def replaced(request: ActorRequest, record_id: int) -> HttpResponse:
    incident = access_incident(request.actor, record_id, to="update")
    typed = typed_of(request, ("replaced_with",))

    def perform() -> Incident:
        return confirm_replacement(record_id, typed["replaced_with"], actor=request.actor)

    context = {"incident": incident}
    done = gettext("Confirmed. You have the new form in hand now.")
    name = f"incident:replaced:{record_id}"
    return answered(request, name, "archive/incident_replaced.html", context, typed, perform, done)


def answered(
    request: ActorRequest,
    name: str,
    template: str,
    context: dict[str, Any],
    typed: dict[str, str],
    perform: Callable[[], Incident],
    done: str,
) -> HttpResponse:
    """The form, or what became of it: once however often it is sent."""
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            answer = operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=name,
                payload=typed,
                perform=lambda: {"id": perform().pk},
            )
            ui.toast(request, done)
            return ui.go(request, f"/incidents/{answer.data['id']}")
        except Invalid as problem:
            errors = problem.errors
    table = [(label, PENALTIES[Severity(value)]) for value, label in Severity.choices]
    more = {"typed": typed, "errors": errors, "severities": list(Severity.choices), "table": table}
    return ui.page(request, template, context | more, status=422 if errors else 200)


def typed_of(request: ActorRequest, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.POST.get(name, "").replace("\x00", "").strip() for name in names}


def amount(text: str) -> Decimal | None:
    """Raises Invalid at the field."""
    try:
        return read_money(text) if text else None
    except Unreadable as problem:
        raise Invalid({"penalty": [problem.message]}) from None


def incidents_panel(actor: Actor, form: Any) -> dict[str, Any] | None:
    if not may(actor, Incident.KIND, "read"):
        return None
    rows = Incident.objects.kept().visible_to(actor).filter(form=form).select_related("owner").order_by("-id")[:10]
    return {"incidents": list(rows), "form": form}
