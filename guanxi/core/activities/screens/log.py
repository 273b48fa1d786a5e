"""Recording a contact: a page of its own, and the timeline on the customer's card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Stale, Unreadable
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.attachments import ATTACHMENTS
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer

from ..access import access_activity
from ..actions import change_activity, log_activity, remove_activity
from ..actions.activity import VISIT_FORM, NewActivity, lacks_consent
from ..models import Activity
from ..models.activity import Intent, Kind, NoteState, Result
from ..phrases import PHRASES
from ..queries import said_of_today

MOST = 30
GLANCED = 3
LONGEST_NOTE = 4000
ICONS = {"call": "phone", "visit": "home", "message": "message", "note": "note"}


def new_activity_of(data: Mapping[str, str]) -> NewActivity:
    """What a log form gave. Raises Invalid with the field that cannot be read."""
    note = data.get("note", "").replace("\r\n", "\n").strip()
    errors = too_long(note)
    next_on = happened = None
    try:
        next_text = data.get("next_on", "").strip()
        next_on = read_date(next_text, today=clock.today(), may_be_future=True) if next_text else None
    except Unreadable as problem:
        errors["next_on"] = [problem.message]
    try:
        happened = moment_of(data.get("happened_at", ""))
    except ValueError:
        errors["happened_at"] = [_("Enter day and time, for example 2026-11-16 09:30.")]
    if errors:
        raise Invalid(errors)
    details = {k: data[f"details.{k}"].strip() for k in VISIT_FORM if data.get(f"details.{k}", "").strip()}
    return NewActivity(
        kind=data.get("kind", ""),
        note=note,
        result=data.get("result", ""),
        purpose=data.get("purpose", "")[:120],
        intent=data.get("intent", ""),
        direction=data.get("direction", "") or "out",
        happened_at=happened,
        next_on=next_on,
        details=details,
    )


def too_long(note: str) -> dict[str, list[Any]]:
    if len(note) <= LONGEST_NOTE:
        return {}
    return {"note": [_("This note is longer than %(limit)s characters.") % {"limit": LONGEST_NOTE}]}


def moment_of(text: str) -> datetime | None:
    """A `datetime-local` value in company time; raises ValueError."""
    text = text.strip()
    if not text:
        return None
    moment = datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)
    if not 1900 <= moment.year < 2200:
        raise ValueError(text)
    return moment


def at_once_bytes() -> int:
    return int(settings.DOCUMENTS_AT_ONCE_BYTES)


def log(request: ActorRequest, customer_id: int) -> HttpResponse:
    customer = access_customer(request.actor, customer_id)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            answer = save(request, customer_id)
        except Invalid as problem:
            errors = problem.errors
        else:
            say_what_it_is_worth(request, Activity.objects.get(id=answer["id"]))
            return ui.go(request, f"/customers/{customer_id}")
    today = said_of_today(customer_id, besides=request.actor.staff_id)
    context = form_context(request) | {"customer": customer, "errors": errors, "today": today}
    return ui.page(request, "activities/log.html", context, status=422 if errors else 200)


def save(request: ActorRequest, customer_id: int) -> dict[str, Any]:
    new = new_activity_of(request.POST)
    payload = {k: v for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "op_key")}
    payload["files"] = ATTACHMENTS.told(request)
    return operations.once(
        request.POST.get("op_key", ""),
        actor=request.actor,
        name=f"activity:log:{customer_id}",
        payload=payload,
        same_within=operations.WAY_BACK,
        perform=lambda: {"id": _log_with_files(request, customer_id, new)},
    ).data


@transaction.atomic
def _log_with_files(request: ActorRequest, customer_id: int, new: NewActivity) -> int:
    """A file that cannot be kept takes the record back with it."""
    activity = log_activity(customer_id, new, actor=request.actor)
    ATTACHMENTS.keep(request, Activity.KIND, activity.pk, actor=request.actor)
    # Spoken of once it is recorded: a form that comes back with mistakes said nothing to the customer.
    if lacks_consent(customer_id, new):
        warning = _("The customer has not agreed to promotion in this way. Ask for consent before the next one.")
        ui.toast(request, warning, tone="late", href=f"/customers/{customer_id}/consents/record", link=_("Record it"))
    return activity.pk


def say_what_it_is_worth(request: ActorRequest, activity: Activity) -> None:
    if activity.note_state == NoteState.DETAILED or activity.kind == Kind.NOTE:
        ui.toast(request, _("Recorded."))
        return
    why = activity.get_note_state_display()
    ui.toast(request, _("Recorded, but it settles no duty: %(why)s.") % {"why": why}, tone="late")


def form_context(request: ActorRequest) -> dict[str, Any]:
    return {
        "kinds": Kind.choices,
        "results": Result.choices,
        "intents": [("", _("Business in hand")), *Intent.choices],
        "phrases": PHRASES,
        "typed": request.POST,
        "now_text": clock.now().strftime("%Y-%m-%dT%H:%M"),
        "visit_form": visit_labels(),
        "max_bytes": settings.DOCUMENT_MAX_BYTES,
    }


def visit_labels() -> list[tuple[str, str]]:
    labels = {
        "need": _("Customer's need"),
        "competitor": _("Competitor's advantage"),
        "difference": _("What we do differently"),
        "measure": _("Next measure to improve"),
        "feedback": _("Customer's feedback"),
        "strategy": _("How to serve at the next visit"),
    }
    return [(key, labels[key]) for key in VISIT_FORM]


def timeline_panel(actor: Actor, customer: Customer) -> dict[str, Any]:
    rows = (
        customer.activities.filter(removed_at=None).select_related("staff").order_by("-happened_at", "-id")[: MOST + 1]
    )
    activities = list(rows)
    return {
        "customer": customer,
        "activities": activities[:MOST],
        "has_more": len(activities) > MOST,
        "icons": ICONS,
        "labels": dict(visit_labels()),
        "files": ATTACHMENTS.links(Activity.KIND, [activity.pk for activity in activities[:MOST]]),
        "may_log": may(actor, "activity", "create") and customer.removed_at is None,
        "staff_id": actor.staff_id,
        "worthless": (NoteState.SHORT, NoteState.COPIED),
    }


def glance_panel(actor: Actor, customer: Customer) -> dict[str, Any]:
    rows = customer.activities.filter(removed_at=None).select_related("staff").order_by("-happened_at", "-id")
    return {"activities": list(rows[:GLANCED]), "icons": ICONS}


@sent_once
def edit(request: ActorRequest, activity_id: int) -> HttpResponse:
    activity = access_activity(request.actor, activity_id, to="update")
    errors: dict[str, list[Any]] = {}
    conflict = None
    if request.method == "POST":
        note = request.POST.get("note", "").replace("\x00", "").strip()
        errors = too_long(note)
        wanted = {"note": note, "result": request.POST.get("result", "")}
        version = request.POST.get("version", "")
        # A form without its version is as old as can be.
        known = int(version) if version.isdecimal() and len(version) < 10 else 0
        try:
            if errors:
                raise Invalid(errors)
            change_activity(activity_id, wanted, version=known, actor=request.actor)
            ui.toast(request, _("Saved."))
            return ui.go(request, f"/customers/{activity.customer_id}")
        except Invalid as problem:
            errors = problem.errors
        except Stale as stale:
            conflict = stale
    context = form_context(request) | {"activity": activity, "errors": errors, "conflict": conflict}
    return ui.page(request, "activities/edit.html", context, status=409 if conflict else 422 if errors else 200)


@sent_once
def remove(request: ActorRequest, activity_id: int) -> HttpResponse:
    activity = access_activity(request.actor, activity_id, to="delete")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            remove_activity(activity_id, actor=request.actor, why=request.POST.get("why", "").replace("\x00", ""))
            ui.toast(request, _("Removed. A duty it had settled is open again."))
            return ui.go(request, f"/customers/{activity.customer_id}")
        except Invalid as problem:
            errors = problem.errors
    return ui.page(
        request, "activities/remove.html", {"activity": activity, "errors": errors}, status=422 if errors else 200
    )
