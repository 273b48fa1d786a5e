"""Tasks: duties that a person sets, for oneself or a colleague."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.actions.customer import unit_for

from .. import events as told
from ..access import KIND
from ..messages import TASK_GIVEN
from ..models import Duty, State
from .duty import end_reach, give_notice, let_open, open_duty, save


@action("rulebooks:task:created", _("%(who)s set this task."))
def create_task(customer_id: int | None, *, purpose: str, due_on: date, actor: Actor, to: Staff | None = None) -> Duty:
    """For oneself unless `to` is given; that colleague is told and may open the customer.

    Without a customer the task is about the person who has it.
    """
    gate.ask(actor, "create", KIND)
    customer = access_customer(actor, customer_id, lock=True) if customer_id is not None else None
    staff = to or Staff.objects.filter(id=actor.staff_id).first()
    _require_complete(purpose, due_on, staff)
    assert staff is not None
    now = clock.now()
    duty = Duty.objects.create(
        subject_kind="customer" if customer else "staff",
        subject_id=customer.pk if customer else staff.pk,
        customer=customer,
        unit_id=customer.unit_id if customer else unit_for(staff.pk, actor),
        assignee=staff,
        is_hand_assigned=True,
        purpose=purpose.strip(),
        opens_at=now,
        due_at=clock.end_of(due_on),
        base_due_at=clock.end_of(due_on),
        created_by_id=actor.staff_id,
        created_at=now,
    )
    if staff.pk != actor.staff_id:
        let_open(duty, staff, actor)
    trail.record(KIND, duty.pk, actor=actor, changes={"assignee": [None, staff.pk], "due_on": [None, str(due_on)]})
    events.publish(Event(told.TASK_CREATED, KIND, [duty.pk]), actor=actor)
    give_notice(duty, staff, TASK_GIVEN, actor)
    return duty


@action("rulebooks:task:done", _("%(who)s finished this task."))
def complete_task(duty_id: int, *, note: str, actor: Actor) -> Duty:
    """Only tasks: what a clause asks for is settled by its evidence, never by a tick."""
    duty = open_duty(duty_id, actor)
    if not duty.is_task:
        raise Refused(_("Record the contact instead: it settles this duty."), code="needs_evidence")
    duty.state, duty.settled_at, duty.settled_note = State.DONE, clock.now(), note.strip()
    duty.settled_late = duty.settled_at >= duty.due_at
    save(duty, "state", "settled_at", "settled_note", "settled_late")
    end_reach(duty, duty.assignee_id)
    trail.record(KIND, duty.pk, actor=actor, changes={"state": ["open", "done"]}, personal={"note": [None, note]})
    events.publish(Event(told.TASK_DONE, KIND, [duty.pk]), actor=actor)
    return duty


def _require_complete(purpose: str, due_on: date, staff: Staff | None) -> None:
    errors: dict[str, list[object]] = {}
    if not purpose.strip():
        errors["purpose"] = [_("Say what is to be done.")]
    elif len(purpose.strip()) > 200:
        errors["purpose"] = [_("Say it in 200 characters at most.")]
    if due_on < clock.today():
        errors["due_on"] = [_("This day has passed.")]
    if staff is None or staff.left_on is not None:
        errors["to"] = [_("Choose a colleague who works here.")]
    if errors:
        raise Invalid(errors)
