"""Attendance: the list with who lacks a form, the card, and writing down a whole event at once."""

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
from guanxi.base.records.types import Button, Field, Filter, ListColumn, RecordType, Section
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import owners_seen

from ..access import access_attendance
from ..actions.attendance import MOST, Gathering, change_attendance, remove_attendance, take_attendance
from ..models import Attendance, EventKind
from ..models.attendance import LATEST
from .incident import typed_of
from .loan import ids_of

FORM_STATES = [("missing", _("No form yet")), ("filled", _("Filled in"))]
MOST_FOUND = 60


def badges(attendance: Attendance) -> list[tuple[Any, str]]:
    bought = (_("Buyer"), "open") if attendance.purchased else (_("Non-buyer"), "plain")
    if attendance.file_form_id:
        return [bought, (_("Filled in"), "done")]
    return [bought, (_("No form yet"), "late" if attendance.held_on < clock.today() else "plain")]


ATTENDANCES = RecordType(
    label=_("Attendance"),
    plural=_("Attendances"),
    path="attendances",
    model=Attendance,
    fields=(
        Field("event_name", _("Event"), required=True, max_length=80),
        Field("event_kind", _("Sort of event"), "choice", choices=list(EventKind.choices), required=True),
        Field("held_on", _("Day"), "date", required=True, may_be_future=False, is_indexed=True),
        Field("purchased", _("Purchased"), "yesno"),
        Field("customer_id", _("Id of the customer"), "number", is_fixed=True),
        Field("file_form_id", _("Id of the file form"), "number", is_fixed=True),
        Field("owner", _("Representative"), "staff", is_fixed=True, is_indexed=True),
        Field("unit", _("Unit"), "unit", is_fixed=True, is_indexed=True),
        Field("created_at", _("Recorded"), "moment", is_fixed=True),
    ),
    sections=(
        Section(
            "event", _("Event"), ("event_name", "event_kind", "held_on", "purchased", "owner", "unit", "created_at")
        ),
    ),
    columns=(
        ListColumn("name", _("Customer"), "c.name", is_title=True),
        ListColumn("event", _("Event"), "t.event_name"),
        ListColumn("held_on", _("Day"), "t.held_on", "date", sort="day"),
        ListColumn("bought", _("Purchased"), "t.purchased", "yesno"),
        ListColumn("representative", _("Representative"), "s.name"),
        ListColumn("file", _("File form"), "f.number", is_minor=True),
        ListColumn(
            "form",
            _("Form"),
            "CASE WHEN t.file_form_id IS NULL THEN 'missing' ELSE 'filled' END",
            choices=dict(FORM_STATES),
            tones={"missing": "late", "filled": "done"},
        ),
    ),
    joins="JOIN customers_customer c ON c.id = t.customer_id LEFT JOIN org_staff s ON s.id = t.owner_id"
    " LEFT JOIN archive_fileform f ON f.id = t.file_form_id",
    sorts=(LATEST,),
    filters=(
        Filter("form", _("Form"), "(t.file_form_id IS NULL) = (%s = 'missing')", lambda actor: FORM_STATES),
        Filter("representative", _("Representative"), "t.owner_id = %s::bigint", owners_seen, is_indexed=True),
    ),
    access=access_attendance,
    title=lambda attendance: f"{attendance.customer.name} · {attendance.event_name}",
    badges=badges,
    buttons=(
        Button("customer", _("Customer"), lambda one: f"/customers/{one.customer_id}"),
        Button(
            "form",
            _("File form"),
            lambda one: f"/file-forms/{one.file_form_id}",
            lambda actor, one: one.file_form_id is not None,
        ),
        Button(
            "fill",
            _("Fill in the form"),
            lambda one: f"/customers/{one.customer_id}/file-forms/new?attendance={one.pk}",
            lambda actor, one: one.file_form_id is None and may(actor, "fileform", "create"),
            style="primary",
        ),
        Button(
            "remove",
            _("Take off the list"),
            lambda one: f"/attendances/{one.pk}/remove",
            lambda actor, one: may(actor, Attendance.KIND, "delete"),
        ),
    ),
    change=change_attendance,
    empty_hint=_("Write down who came to an event; whoever came gets a file form the same day."),
    icon="people",
)


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: ActorRequest) -> HttpResponse:
    """One event, many customers: found by name, or the newest of one's own."""
    if request.method != "POST":
        typed: dict[str, Any] = {"held_on": clock.today().isoformat(), "event_kind": EventKind.GATHERING}
        return _take_page(request, typed | {"picked": ids_of(request, "customer"), "buyers": []})
    typed = {**typed_of(request, ("event_name", "event_kind", "held_on"))}
    typed |= {"picked": ids_of(request, "customer"), "buyers": ids_of(request, "buyer")}
    try:
        # A customer marked as a buyer came.
        came = list(dict.fromkeys([*typed["picked"], *typed["buyers"]]))
        event = Gathering(
            typed["event_name"], day_of(typed["held_on"]), came, typed["event_kind"], frozenset(typed["buyers"])
        )
        answer = operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name="attendance:take",
            payload=typed,
            perform=lambda: {"ids": [one.pk for one in take_attendance(event, actor=request.actor)]},
        )
    except Invalid as problem:
        return _take_page(request, typed, errors=problem.errors)
    words = gettext("Written down: %(count)s. Each gets a file form by the end of the day of the event.")
    ui.toast(request, words % {"count": len(answer.data["ids"])})
    return ui.go(request, "/attendances?form=missing")


def _take_page(
    request: ActorRequest, typed: dict[str, Any], *, errors: dict[str, list[Any]] | None = None
) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    context = {
        "q": words,
        "customers": found_customers(request.actor, words, picked=typed["picked"]),
        "typed": typed,
        "errors": errors or {},
        "kinds": list(EventKind.choices),
        "most": MOST,
    }
    return ui.page(request, "archive/attendance_new.html", context, status=422 if errors else 200)


def found_customers(actor: Actor, words: str, *, picked: list[int]) -> list[Customer]:
    rows = Customer.objects.kept().visible_to(actor).select_related("owner")
    ticked = list(rows.filter(id__in=picked).order_by("id"))
    found = rows.exclude(id__in=picked)
    if words:
        found = found.filter(name__startswith=words)
    return [*ticked, *found.order_by("-created_at", "-id")[:MOST_FOUND]]


def day_of(text: str) -> date | None:
    try:
        return read_date(text, today=clock.today(), may_be_future=False) if text else None
    except Unreadable as problem:
        raise Invalid({"held_on": [problem.message]}) from None


@require_http_methods(["GET", "HEAD", "POST"])
@sent_once
def remove(request: ActorRequest, record_id: int) -> HttpResponse:
    attendance = access_attendance(request.actor, record_id, to="delete")
    typed, errors = typed_of(request, ("why",)), {}
    if request.method == "POST":
        try:
            remove_attendance(record_id, actor=request.actor, why=typed["why"])
            ui.toast(request, gettext("Taken off the list."))
            return ui.go(request, "/attendances")
        except Invalid as problem:
            errors = problem.errors
    context = {
        "title": gettext("Take off the list"),
        "sub": f"{attendance.customer.name} · {attendance.event_name}",
        "back": f"/attendances/{record_id}",
        "typed": typed,
        "errors": errors,
    }
    return ui.page(request, "archive/why.html", context, status=422 if errors else 200)
