"""Somebody is about to leave: announced, handed over, received, completed with the end of employment (ORG-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused

from .. import departures, gate
from .. import events as told
from ..access import access_staff
from ..models import Departure, Staff

KIND = Departure.KIND
LONGEST_NOTE, LONGEST_WHY = 300, 200


@dataclass(frozen=True)
class DepartureEntry:
    leaves_on: date
    receiver_id: int
    note: str = ""


@action("org:departure:announced", _("%(who)s announced that this person leaves."))
def announce_departure(staff_id: int, entry: DepartureEntry, *, actor: Actor) -> Departure:
    gate.ask(actor, "create", KIND)
    staff = access_staff(actor, staff_id, kind=KIND, to="create", lock=True)
    if staff.left_on:
        raise Refused(_("This person has already left."), code="left")
    if staff.pk == actor.staff_id:
        raise Refused(_("Your own departure is announced by your superior or the administration."), code="own")
    _check(staff, entry)
    departure = Departure(staff=staff, announced_at=clock.now(), announced_by_id=actor.staff_id)
    changes = _fill(departure, entry)
    try:
        with transaction.atomic():
            departure.save()
    except IntegrityError as twice:
        raise Refused(_("This departure has been announced already."), code="announced") from twice
    trail.record(KIND, departure.pk, actor=actor, changes=changes, items=[("staff", staff.pk)])
    events.publish(Event(told.DEPARTURE_ANNOUNCED, KIND, [departure.pk]), actor=actor)
    return departure


@action("org:departure:changed", _("%(who)s changed the day or the receiver of a departure."))
def change_departure(departure_id: int, entry: DepartureEntry, *, actor: Actor) -> Departure:
    gate.ask(actor, "update", KIND, departure_id)
    departure = departures.access_departure(actor, departure_id, to="update", lock=True)
    _refuse_over(departure)
    if departure.received_at:
        raise Refused(_("Everything has been received already."), code="received")
    _refuse_own(departure, actor)
    _check(departure.staff, entry)
    changes = _fill(departure, entry)
    if not changes:
        trail.unchanged()
        return departure
    departure.save()
    trail.record(KIND, departure.pk, actor=actor, changes=changes, items=[("staff", departure.staff_id)])
    events.publish(Event(told.DEPARTURE_CHANGED, KIND, [departure.pk]), actor=actor)
    return departure


@action("org:departure:received", _("%(who)s confirmed having received everything of somebody who leaves."))
def confirm_received(departure_id: int, *, actor: Actor) -> Departure:
    """By the receiver or a superior of the receiver, once nothing is held any more; `details["held"]` names it."""
    gate.ask_rules(actor, "receive", KIND, departure_id)
    departure = departures.access_departure(actor, departure_id, lock=True)
    _refuse_over(departure)
    if not departures.may_receive(actor, departure):
        raise NotAllowed(_("Only the receiver, or a superior of the receiver, confirms this."))
    if departure.received_at:
        trail.unchanged()
        return departure
    Staff.objects.select_for_update().get(id=departure.staff_id)
    departures.refuse_while_held(departure.staff)
    departure.received_at, departure.received_by_id = clock.now(), actor.staff_id
    departure.save(update_fields=["received_at", "received_by"])
    items = [("staff", departure.staff_id)]
    trail.record(KIND, departure.pk, actor=actor, changes={"received": [None, True]}, items=items)
    events.publish(Event(told.DEPARTURE_RECEIVED, KIND, [departure.pk]), actor=actor)
    return departure


@action("org:departure:cancelled", _("%(who)s took a departure back: the person stays."))
def cancel_departure(departure_id: int, *, why: str, actor: Actor) -> Departure:
    gate.ask(actor, "update", KIND, departure_id)
    departure = departures.access_departure(actor, departure_id, to="update", lock=True)
    _refuse_over(departure)
    _refuse_own(departure, actor)
    if not why.strip() or len(why) > LONGEST_WHY:
        raise Invalid({"why": [_("Say why, in at most %(count)s characters.") % {"count": LONGEST_WHY}]})
    departure.cancelled_at, departure.cancelled_why = clock.now(), why.strip()
    departure.save(update_fields=["cancelled_at", "cancelled_why"])
    items = [("staff", departure.staff_id)]
    trail.record(KIND, departure.pk, actor=actor, changes={"why": [None, departure.cancelled_why]}, items=items)
    events.publish(Event(told.DEPARTURE_CANCELLED, KIND, [departure.pk]), actor=actor)
    return departure


def _refuse_over(departure: Departure) -> None:
    if departure.completed_at or departure.cancelled_at:
        raise Refused(_("This departure is over."), code="over")


def _refuse_own(departure: Departure, actor: Actor) -> None:
    if departure.staff_id == actor.staff_id:
        raise NotAllowed(_("Nobody decides about themselves."))


def _check(staff: Staff, entry: DepartureEntry) -> None:
    errors = {}
    if not staff.joined_on <= entry.leaves_on <= departures.latest_day():
        errors["leaves_on"] = [_("The last day lies after the day of joining and within a year from now.")]
    if not departures.receivers(but=staff.pk).filter(id=entry.receiver_id).exists():
        errors["receiver"] = [_("Choose a manager or service doctor who stays.")]
    if len(entry.note) > LONGEST_NOTE:
        errors["note"] = [_("At most %(count)s characters.") % {"count": LONGEST_NOTE}]
    if errors:
        raise Invalid(errors)


def _fill(departure: Departure, entry: DepartureEntry) -> dict[str, list[object]]:
    changes: dict[str, list[object]] = {}
    if departure.leaves_on != entry.leaves_on:
        before = departure.leaves_on.isoformat() if departure.leaves_on else None
        changes["leaves_on"] = [before, entry.leaves_on.isoformat()]
    if departure.receiver_id != entry.receiver_id:
        changes["receiver"] = [departure.receiver_id, entry.receiver_id]
    if departure.note != entry.note.strip():
        changes["note"] = [departure.note, entry.note.strip()]
    departure.leaves_on, departure.receiver_id, departure.note = entry.leaves_on, entry.receiver_id, entry.note.strip()
    return changes
