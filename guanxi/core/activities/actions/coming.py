"""Customers who will come: announced on their card; what is to be prepared follows from the rules (CAR-31)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.core.customers.access import access_customer

from .. import events as told
from ..models import Coming, Meal

KIND = Coming.KIND
FOLLOW = """
UPDATE activities_coming v SET owner_id = c.owner_id, unit_id = c.unit_id, version = v.version + 1
FROM customers_customer c WHERE c.id = v.customer_id AND c.id = ANY(%s) AND v.comes_on >= %s AND v.removed_at IS NULL
"""
FIELDS = ("comes_on", "at_time", "guests", "meal", "purpose")


@action("activities:coming:announced", _("%(who)s announced that this customer comes."))
def announce_visit(customer_id: int, values: Mapping[str, Any], *, actor: Actor) -> Coming:
    gate.ask(actor, "create", KIND)
    customer = access_customer(actor, customer_id, lock=True)
    given = {name: values[name] for name in FIELDS if values.get(name) not in (None, "")}
    require_possible(given)
    now = clock.now()
    visit = Coming.objects.create(
        **given,
        customer=customer,
        owner_id=customer.owner_id or actor.staff_id,
        unit_id=customer.unit_id,
        created_at=now,
        updated_at=now,
    )
    changes = {"customer": [None, customer.pk], "comes_on": [None, str(visit.comes_on)]}
    trail.record(KIND, visit.pk, actor=actor, changes=changes)
    events.publish(Event(told.COMING_ANNOUNCED, KIND, [visit.pk]), actor=actor)
    return visit


@action("activities:coming:reserved", _("%(who)s reserved a table for this visit."))
def reserve_table(visit_id: int, *, table: str, actor: Actor) -> Coming:
    """Where it is; which is what proves the reservation."""
    gate.ask(actor, "update", KIND, visit_id)
    visit = Coming.objects.kept().access(actor, visit_id, to="update", lock=True)
    if len(table.strip()) < 2:
        raise Invalid({"table": [_("Say where the table is, for example the restaurant and the room.")]})
    before, visit.table = visit.table, table.strip()[:120]
    visit.table_reserved_at, visit.table_reserved_by_id = clock.now(), actor.staff_id
    visit.version += 1
    visit.save(update_fields=["table", "table_reserved_at", "table_reserved_by", "version"])
    trail.record(KIND, visit.pk, actor=actor, changes={"table": [before, visit.table]})
    events.publish(Event(told.COMING_CHANGED, KIND, [visit.pk]), actor=actor)
    return visit


def require_possible(values: Mapping[str, Any]) -> None:
    errors: dict[str, list[Any]] = {}
    if "comes_on" not in values:
        errors["comes_on"] = [_("Enter the day the customer comes.")]
    elif values["comes_on"] < clock.today():
        errors["comes_on"] = [_("This day has passed.")]
    if values.get("meal", Meal.NONE) not in Meal.values:
        errors["meal"] = [_("Choose one of these.")]
    if not 1 <= int(values.get("guests", 1)) <= 999:
        errors["guests"] = [_("Between 1 and 999 people.")]
    if errors:
        raise Invalid(errors)


def follow_customer(event: Event, actor: Actor) -> None:
    """Whoever has the customer from now on receives them."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, [list(event.ids), clock.today()])
