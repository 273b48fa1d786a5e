"""Who took part in which event: entered as a list, several customers at once (FIL-06)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Stale
from guanxi.base.org import gate
from guanxi.base.records.changes import apply_changes
from guanxi.core.customers.models import Customer

from .. import events as told
from ..access import access_attendance
from ..models import Attendance, EventKind

MOST = 200


@dataclass(frozen=True)
class Gathering:
    """One event and who came. `buyers`: those of the customers who bought there."""

    name: str
    held_on: date | None
    customer_ids: Sequence[int]
    kind: str = str(EventKind.GATHERING)
    buyers: Collection[int] = frozenset()


@action("archive:attendance:taken", _("%(who)s wrote down who took part in an event: %(count)s."))
def take_attendance(event: Gathering, *, actor: Actor) -> list[Attendance]:
    """Those on the list of this event already are left as they are. A file form that exists is recognised."""
    gate.ask(actor, "create", Attendance.KIND)
    require_complete(event)
    customers = _customers(event.customer_ids, actor)
    known = _known(event)
    fresh = [_new(event, one) for one in customers if one.pk not in known]
    if not fresh:
        raise Invalid({"customers": [_("All of them are on the list of this event already.")]})
    Attendance.objects.bulk_create(fresh)
    ids = [one.pk for one in fresh]
    items = [(Attendance.KIND, one) for one in ids]
    trail.record(Attendance.KIND, ids[0], actor=actor, changes={"count": len(ids)}, items=items)
    events.publish(Event(told.ATTENDED, Attendance.KIND, ids), actor=actor)
    return fresh


@action("archive:attendance:changed", _("%(who)s corrected the list of an event."))
def change_attendance(record_id: int, values: Mapping[str, Any], *, version: int, actor: Actor) -> Attendance:
    gate.ask(actor, "update", Attendance.KIND, record_id)
    attendance = access_attendance(actor, record_id, to="update", lock=True)
    wanted = {k: v for k, v in values.items() if k in ("event_name", "event_kind", "held_on", "purchased")}
    if attendance.version != version:
        raise Stale(version=attendance.version, theirs={})
    changes = apply_changes(attendance, wanted)
    if not changes:
        trail.unchanged()
        return attendance
    require_event(attendance.event_name, attendance.held_on)
    _refuse_twin(attendance)
    attendance.version += 1
    attendance.updated_at = clock.now()
    attendance.save(force_update=True)
    trail.record(Attendance.KIND, attendance.pk, actor=actor, changes=changes)
    events.publish(Event(told.ATTENDED, Attendance.KIND, [attendance.pk]), actor=actor)
    return attendance


@action("archive:attendance:removed", _("%(who)s took somebody off the list of an event."))
def remove_attendance(record_id: int, *, actor: Actor, why: str) -> None:
    gate.ask(actor, "delete", Attendance.KIND, record_id)
    attendance = access_attendance(actor, record_id, to="delete", lock=True)
    if not why.strip():
        raise Invalid({"why": [_("Say why.")]})
    attendance.removed_at = clock.now()
    attendance.version += 1
    attendance.save(update_fields=["removed_at", "version"])
    trail.record(Attendance.KIND, attendance.pk, actor=actor, changes={"why": [None, why[:200]]})
    events.publish(Event(told.ATTENDANCE_CHANGED, Attendance.KIND, [attendance.pk]), actor=actor)


def require_complete(event: Gathering) -> None:
    errors = event_errors(event.name, event.held_on)
    if event.kind not in EventKind.values:
        errors["event_kind"] = [_("Choose one of the values offered.")]
    if not event.customer_ids:
        errors["customers"] = [_("Choose at least one customer.")]
    elif len(set(event.customer_ids)) > MOST:
        errors["customers"] = [_("At most %(most)s customers at once.") % {"most": MOST}]
    if errors:
        raise Invalid(errors)


def require_event(name: str, held_on: date | None) -> None:
    if errors := event_errors(name, held_on):
        raise Invalid(errors)


def event_errors(name: str, held_on: date | None) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    if not name.strip() or len(name) > 80:
        errors["event_name"] = [_("Name the event, in at most 80 characters.")]
    if held_on is None:
        errors["held_on"] = [_("Enter the day of the event.")]
    elif held_on > clock.today():
        errors["held_on"] = [_("This day lies in the future.")]
    return errors


def _customers(ids: Sequence[int], actor: Actor) -> list[Customer]:
    found = list(Customer.objects.kept().visible_to(actor).filter(id__in=set(ids)).order_by("id"))
    if len(found) != len(set(ids)):
        raise Missing()
    return found


def _known(event: Gathering) -> set[int]:
    rows = Attendance.objects.kept().filter(event_name=event.name.strip(), held_on=event.held_on)
    return set(rows.filter(customer_id__in=event.customer_ids).values_list("customer_id", flat=True))


def _new(event: Gathering, customer: Customer) -> Attendance:
    now = clock.now()
    return Attendance(
        customer_id=customer.pk,
        owner_id=customer.owner_id,
        unit_id=customer.unit_id,
        event_name=event.name.strip(),
        event_kind=event.kind,
        held_on=event.held_on,
        purchased=customer.pk in event.buyers,
        created_at=now,
        updated_at=now,
    )


def _refuse_twin(attendance: Attendance) -> None:
    same = Attendance.objects.kept().filter(
        customer_id=attendance.customer_id, event_name=attendance.event_name, held_on=attendance.held_on
    )
    if same.exclude(pk=attendance.pk).exists():
        raise Invalid({"event_name": [_("This customer is on the list of that event already.")]})
