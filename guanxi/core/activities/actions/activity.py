"""Recording what happened with a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Stale
from guanxi.base.org import gate
from guanxi.base.records.changes import apply_changes
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer
from guanxi.core.privacy.queries import may_contact

from .. import events as told
from ..access import KIND, access_activity
from ..models import Activity
from ..models.activity import Direction, Intent, Kind, NoteState, Result
from ..notes import digest_of, essence_of, state_of

# The six entries without which a visit form is not closed (ACT-05).
VISIT_FORM = ("need", "competitor", "difference", "measure", "feedback", "strategy")
CONTACT_KINDS = [kind for kind in Kind.values if kind != Kind.NOTE]


@dataclass(frozen=True)
class NewActivity:
    """`happened_at` None means now. `details` may hold the visit form."""

    kind: str
    note: str = ""
    result: str = ""
    purpose: str = ""
    intent: str = ""
    direction: str = str(Direction.OUT)
    happened_at: datetime | None = None
    next_on: date | None = None
    contact_id: int | None = None
    subject_kind: str = ""
    subject_id: int | None = None
    details: dict[str, str] = field(default_factory=dict)


@action("activities:activity:logged", _("%(who)s recorded a contact."))
def log_activity(customer_id: int, new: NewActivity, *, actor: Actor) -> Activity:
    """The record, the fact `last_contact_at` and whatever duty it settles share one transaction."""
    gate.ask(actor, "create", KIND)
    customer = access_customer(actor, customer_id, lock=True)
    require_readable(new)
    if settings.PROMOTION_NEEDS_CONSENT == "refuse" and lacks_consent(customer.pk, new):
        raise Invalid({"intent": [_("The customer has not agreed to promotion in this way. Ask for consent first.")]})
    now = clock.now()
    activity = Activity.objects.create(
        customer=customer,
        kind=new.kind,
        direction=new.direction,
        happened_at=new.happened_at or now,
        recorded_at=now,
        staff_id=actor.staff_id,
        purpose=new.purpose,
        intent=new.intent,
        result=new.result,
        note=new.note.strip(),
        note_digest=digest_of(new.note),
        note_state=state_of(new.note, staff_id=actor.staff_id),
        next_on=new.next_on,
        contact_id=new.contact_id,
        subject_kind=new.subject_kind,
        subject_id=new.subject_id,
        details=new.details,
    )
    remember_contact(activity)
    changes = {"kind": [None, new.kind], "result": [None, new.result], "customer": [None, customer.pk]}
    changes |= {"intent": [None, new.intent]} if new.intent else {}
    trail.record(KIND, activity.pk, actor=actor, changes=changes)
    events.publish(Event(told.LOGGED, KIND, [activity.pk], {"customers": [customer.pk]}), actor=actor)
    return activity


@action("activities:activity:changed", _("%(who)s changed a record of contact."))
def change_activity(activity_id: int, values: Mapping[str, Any], *, version: int, actor: Actor) -> Activity:
    """Only the words and the result; what happened when stays."""
    gate.ask(actor, "update", KIND, activity_id)
    activity = access_activity(actor, activity_id, to="update", lock=True)
    wanted = {k: v for k, v in values.items() if k in ("note", "result", "purpose", "next_on", "details")}
    if activity.version != version:
        theirs = {f: (getattr(activity, f), v) for f, v in wanted.items() if getattr(activity, f) != v}
        raise Stale(version=activity.version, theirs=theirs)
    if wanted.get("result") and wanted["result"] not in Result.values:
        raise Invalid({"result": [_("Choose one of the results.")]})
    was_record = is_record(activity)
    changes = apply_changes(activity, wanted)
    if not changes:
        trail.unchanged()
        return activity
    if "note" in changes:
        activity.note_digest = digest_of(activity.note)
        activity.note_state = state_of(activity.note, staff_id=activity.staff_id, besides=activity.pk)
    if is_record(activity) and not was_record:
        # A record written up later was recorded later (CAR-07); mending a complete one changes nothing of that.
        activity.recorded_at = clock.now()
    activity.version += 1
    activity.save()
    open_ones = {f: c for f, c in changes.items() if f not in ("note", "details")}
    personal = {f: c for f, c in changes.items() if f in ("note", "details")}
    trail.record(KIND, activity.pk, actor=actor, changes=open_ones, personal=personal)
    events.publish(Event(told.CHANGED, KIND, [activity.pk], {"customers": [activity.customer_id]}), actor=actor)
    return activity


@action("activities:activity:removed", _("%(who)s removed a record of contact."))
def remove_activity(activity_id: int, *, actor: Actor, why: str) -> None:
    gate.ask(actor, "delete", KIND, activity_id)
    activity = access_activity(actor, activity_id, to="delete", lock=True)
    if not why.strip():
        raise Invalid({"why": [_("Say why this record is removed.")]})
    activity.removed_at = clock.now()
    activity.version += 1
    activity.save(update_fields=["removed_at", "version"])
    refresh_contact(activity.customer_id)
    trail.record(KIND, activity.pk, actor=actor, changes={"why": [None, why[:200]]})
    events.publish(Event(told.REMOVED, KIND, [activity.pk], {"customers": [activity.customer_id]}), actor=actor)


# Which way of being reached each kind of contact takes.
CHANNELS = {
    Kind.CALL: "phone",
    Kind.SMS: "sms",
    Kind.EMAIL: "email",
    Kind.MESSAGE: "chat",
    Kind.LETTER: "post",
}


def lacks_consent(customer_id: int, new: NewActivity) -> bool:
    """Promotion from our side to somebody who did not agree to it in this way, or no longer."""
    if new.intent != Intent.PROMOTION or new.direction != Direction.OUT:
        return False
    channel = CHANNELS.get(new.kind, "visit")  # type: ignore[call-overload]  # a text equals the kind of that value
    return customer_id not in may_contact([customer_id], "promotion", channel)


def is_record(activity: Activity) -> bool:
    """Complete enough to prove something: a result and a detailed note."""
    return bool(activity.result) and activity.note_state == NoteState.DETAILED


def require_readable(new: NewActivity) -> None:
    errors: dict[str, list[Any]] = {}
    if new.kind not in Kind.values:
        errors["kind"] = [_("Choose how the customer was contacted.")]
    if new.intent and new.intent not in Intent.values:
        errors["intent"] = [_("Choose what the contact was for.")]
    if new.direction not in Direction.values:
        errors["direction"] = [_("Choose who contacted whom.")]
    if new.kind in CONTACT_KINDS and not new.result and not essence_of(new.note):
        # Nothing was said about it at all: it would count as the last contact and tell nobody anything.
        errors["note"] = [_("Choose a result, or write what was said.")]
    if new.result and new.result not in Result.values:
        errors["result"] = [_("Choose one of the results.")]
    if new.happened_at and new.happened_at > clock.now() + timedelta(minutes=5):
        errors["happened_at"] = [_("This time lies in the future. Plan it as a task instead.")]
    missing = [name for name in VISIT_FORM if new.details and not str(new.details.get(name, "")).strip()]
    for name in missing:
        errors[f"details.{name}"] = [_("A visit form is closed only when all six entries are filled in.")]
    if errors:
        raise Invalid(errors)


def remember_contact(activity: Activity) -> None:
    if activity.kind not in CONTACT_KINDS:
        return
    later = Greatest("last_contact_at", activity.happened_at)
    Customer.objects.filter(Q(id=activity.customer_id)).update(last_contact_at=later)


def refresh_contact(customer_id: int) -> None:
    latest = Activity.objects.kept().filter(customer_id=customer_id, kind__in=CONTACT_KINDS).order_by("-happened_at")
    Customer.objects.filter(id=customer_id).update(last_contact_at=latest.values_list("happened_at", flat=True).first())
