"""One task for each of many customers: one statement, one head row in the trail. Care and useful information are
planned so for a whole segment (CAR-32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate
from guanxi.base.records.bulk import Done
from guanxi.core.customers.models import Customer

from .. import events as told
from ..access import KIND
from ..models import Duty, State, Withdrawn

# To whoever owns the customer; without an owner to whoever plans it.
ADD = """
INSERT INTO rulebooks_duty (subject_kind, subject_id, customer_id, unit_id, assignee_id, is_hand_assigned, purpose,
  opens_at, due_at, base_due_at, created_by_id, created_at)
SELECT 'customer', c.id, c.id, c.unit_id, COALESCE(c.owner_id, %(me)s::bigint), TRUE, %(purpose)s, %(now)s, %(due)s,
  %(due)s, %(me)s::bigint, %(now)s
FROM customers_customer c WHERE c.id = ANY(%(ids)s) ORDER BY c.id RETURNING id, customer_id
"""


@action("rulebooks:several_tasks:created", _("%(who)s set a task about each of %(count)s customers."))
def create_tasks(ids: Sequence[int], *, purpose: str, due_on: date, actor: Actor) -> list[Done]:
    """Only living customers who may be disturbed, within the actor's scope."""
    gate.ask(actor, "create", KIND)
    rows = Customer.objects.kept().visible_to(actor, "update").filter(id__in=ids)
    wanted = list(rows.filter(deceased_on=None, is_do_not_disturb=False).order_by("id").values_list("id", flat=True))
    made = _added(wanted, purpose, due_on, actor)
    if not made:
        trail.unchanged()
        return []
    items = [(KIND, duty) for duty, _customer in made]
    trail.record(KIND, None, actor=actor, changes={"count": len(made), "due_on": [None, str(due_on)]}, items=items)
    events.publish(Event(told.TASK_CREATED, KIND, [duty for duty, _customer in made]), actor=actor)
    return [Done(customer, {"duty": duty}) for duty, customer in made]


@action("rulebooks:several_tasks:withdrawn", _("%(who)s withdrew %(count)s tasks set together."))
def withdraw_tasks(items: Sequence[Done], *, actor: Actor) -> set[int]:
    """Those still open; the customers' ids."""
    gate.ask(actor, "create", KIND)
    wanted = {item.before["duty"]: item.id for item in items}
    rows = Duty.objects.open().filter(id__in=wanted, clause=None, version=1).select_for_update(of=("self",))
    ids = list(rows.order_by("id").values_list("id", flat=True))
    if not ids:
        trail.unchanged()
        return set()
    Duty.objects.filter(id__in=ids).update(
        state=State.WITHDRAWN, withdrawn_at=clock.now(), withdrawn_why=Withdrawn.BY_HAND, version=2
    )
    trail.record(KIND, None, actor=actor, changes={"count": len(ids)}, items=[(KIND, one) for one in ids])
    events.publish(Event(told.WITHDRAWN, KIND, ids), actor=actor)
    return {wanted[one] for one in ids}


def _added(ids: list[int], purpose: str, due_on: date, actor: Actor) -> list[tuple[int, int]]:
    values: dict[str, Any] = {"ids": ids, "me": actor.staff_id, "purpose": purpose.strip()[:200]}
    values |= {"now": clock.now(), "due": clock.end_of(due_on)}
    with connection.cursor() as cursor:
        cursor.execute(ADD, values)
        return [(duty, customer) for duty, customer in cursor.fetchall()]
