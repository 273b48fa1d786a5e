"""What a person does to a duty: later, somebody else, or not at all. Doing it is recording a contact."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.core.customers.access import give_reach, level_of, take_reach
from guanxi.core.messaging.actions import tell

from .. import events as told
from ..access import KIND, access_duty
from ..messages import HANDED_OVER
from ..models import Duty, State, Withdrawn


@action("rulebooks:duty:postponed", _("%(who)s postponed this duty."))
def postpone_duty(duty_id: int, *, until: date, why: str, actor: Actor) -> Duty:
    """`until` is the new last day. The day the clause asks for is kept beside it."""
    duty = open_duty(duty_id, actor)
    errors = reason_missing(why)
    if clock.end_of(until) <= max(duty.due_at, clock.now()):
        errors["until"] = [_("Choose a day after the one it is due now.")]
    if errors:
        raise Invalid(errors)
    before = duty.due_on
    duty.due_at = duty.postponed_to = clock.end_of(until)
    duty.postponed_why = why.strip()[:200]
    save(duty, "due_at", "postponed_to", "postponed_why")
    trail.record(KIND, duty.pk, actor=actor, changes={"due_on": [str(before), str(until)], "why": [None, why[:200]]})
    events.publish(Event(told.POSTPONED, KIND, [duty.pk]), actor=actor)
    return duty


@action("rulebooks:duty:handed_over", _("%(who)s handed this duty over."))
def hand_over_duty(duty_id: int, *, to: Staff, why: str, actor: Actor) -> Duty:
    """The receiver is told, may open the customer, and keeps the duty when the customer changes hands."""
    duty = open_duty(duty_id, actor)
    errors = reason_missing(why)
    if to.left_on is not None:
        errors["to"] = [_("This colleague has left; choose somebody who works here.")]
    elif to.pk == duty.assignee_id:
        errors["to"] = [_("This colleague has the duty already.")]
    if errors:
        raise Invalid(errors)
    before = duty.assignee_id
    duty.assignee, duty.is_hand_assigned = to, True
    save(duty, "assignee", "is_hand_assigned")
    end_reach(duty, before)
    let_open(duty, to, actor)
    trail.record(KIND, duty.pk, actor=actor, changes={"assignee": [before, to.pk], "why": [None, why[:200]]})
    events.publish(Event(told.HANDED_OVER, KIND, [duty.pk]), actor=actor)
    give_notice(duty, to, HANDED_OVER, actor)
    duty.refresh_from_db()
    return duty


@action("rulebooks:duty:withdrawn", _("%(who)s withdrew this duty."))
def withdraw_duty(duty_id: int, *, why: str, actor: Actor) -> Duty:
    """For superiors, and for whoever set a task. Nobody excuses himself from a clause."""
    duty = open_duty(duty_id, actor)
    if duty.assignee_id == actor.staff_id and duty.created_by_id != actor.staff_id:
        raise NotAllowed(_("A superior can withdraw this duty; you can postpone it or hand it over."))
    if errors := reason_missing(why):
        raise Invalid(errors)
    duty.state, duty.withdrawn_at, duty.withdrawn_why = State.WITHDRAWN, clock.now(), Withdrawn.BY_HAND
    duty.withdrawn_note = why.strip()[:200]
    end_reach(duty, duty.assignee_id)
    save(duty, "state", "withdrawn_at", "withdrawn_why", "withdrawn_note")
    trail.record(KIND, duty.pk, actor=actor, changes={"state": ["open", "withdrawn"], "why": [None, why[:200]]})
    events.publish(Event(told.WITHDRAWN, KIND, [duty.pk]), actor=actor)
    return duty


def open_duty(duty_id: int, actor: Actor) -> Duty:
    gate.ask(actor, "update", KIND, duty_id)
    duty = access_duty(actor, duty_id, to="update", lock=True)
    if duty.state != State.OPEN:
        raise Refused(_("This duty is no longer open."), code="duty_closed")
    return duty


def reason_missing(why: str) -> dict[str, list[object]]:
    return {} if why.strip() else {"why": [_("Say why.")]}


def save(duty: Duty, *fields: str) -> None:
    duty.version += 1
    duty.save(update_fields=[*fields, "version"])


def let_open(duty: Duty, staff: Staff, actor: Actor) -> None:
    """Reach lasts as long as the duty is open (for what evidence settles, jobs: `end_reach_of_closed_duties`)."""
    if duty.customer is not None:
        level = level_of(actor, duty.customer, staff.pk)
        give_reach(duty.customer.pk, staff.pk, why=f"duty:{duty.pk}", level=level)


def end_reach(duty: Duty, staff_id: int | None) -> None:
    if duty.customer_id is not None and staff_id is not None:
        take_reach(duty.customer_id, staff_id, why=f"duty:{duty.pk}")


def give_notice(duty: Duty, to: Staff, kind: str, actor: Actor, *, key: str = "") -> None:
    """Once for each state of the duty, or for each `key`."""
    if to.pk == actor.staff_id:
        return
    params = {
        "from": actor.label,
        "customer": duty.customer.name if duty.customer else "",
        "due_on": str(duty.due_on),
        "purpose": duty.purpose,
        "purpose_en": duty.purpose_en,
    }
    key = f"{kind}:{duty.pk}:{key or duty.version}"
    tell(to.pk, kind, params=params, dedupe_key=key, duty_id=duty.pk, subject=(duty.subject_kind, duty.subject_id))
