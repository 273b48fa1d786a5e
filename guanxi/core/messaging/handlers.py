"""Who is given a customer is told so."""

from __future__ import annotations

from itertools import groupby

from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.customers.models import Customer

from .actions import tell

GIVEN, GIVEN_SEVERAL = "customers:customer:given", "customers:customer:given_several"


def tell_new_owner(event: Event, actor: Actor) -> None:
    """One message per new owner, however many customers came; a part of a run waits for its end."""
    if event.hints.get("part"):
        return
    moved = Customer.objects.filter(id__in=event.ids, owner__isnull=False).order_by("owner_id", "id")
    for owner_id, rows in groupby(moved.values_list("owner_id", "id", "name"), key=lambda row: row[0]):
        if owner_id == actor.staff_id:
            continue
        customers = list(rows)
        _owner, first, name = customers[0]
        several = len(customers) > 1
        tell(
            owner_id,
            GIVEN_SEVERAL if several else GIVEN,
            params={
                "from": actor.label,
                "customer": name,
                "count": len(customers),
                "link": "/customers" if several else f"/customers/{first}",
            },
            dedupe_key=f"given:{first}:{clock.now().timestamp()}",
        )
