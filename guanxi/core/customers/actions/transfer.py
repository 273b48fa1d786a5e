from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from .. import events as told
from ..access import KIND
from ..models import Customer, Validity
from .customer import unit_for


@action("customers:customer:transferred", _("%(who)s gave this customer to another owner."))
def transfer_customers(ids: Sequence[int], *, to: Staff, actor: Actor, why: str = "") -> int:
    """All or none: Missing when one of them is not within the actor's reach. Returns how many moved."""
    gate.ask(actor, "transfer", KIND)
    if to.left_on is not None:
        raise Invalid({"to": [_("This colleague has left; choose somebody who works here.")]})
    within = Customer.objects.kept().visible_to(actor, "transfer").filter(id__in=ids)
    moving = list(within.select_for_update(of=("self",)).order_by("id"))
    if len(moving) != len(set(ids)):
        raise Missing()
    moving = [c for c in moving if c.owner_id != to.id]
    if not moving:
        trail.unchanged()
        return 0
    _move(moving, to, unit_for(to.id, actor))
    changes = {"owner": [moving[0].owner_id if len(moving) == 1 else None, to.id], "why": [None, why[:200]]}
    single = moving[0].pk if len(moving) == 1 else None
    trail.record(KIND, single, actor=actor, changes=changes, items=[] if single else [(KIND, c.pk) for c in moving])
    events.publish(Event(told.TRANSFERRED, KIND, [c.pk for c in moving]), actor=actor)
    return len(moving)


def _move(moving: list[Customer], to: Staff, unit_id: int | None) -> None:
    now = clock.now()
    ids = [c.pk for c in moving]
    Customer.objects.filter(id__in=ids).update(owner=to, unit_id=unit_id, version=F("version") + 1, updated_at=now)
    history = Validity.objects.filter(customer_id__in=ids, field__in=["owner", "unit"], to_at=None)
    history.update(to_at=now)
    values = [("owner", str(to.id)), ("unit", str(unit_id or ""))]
    Validity.objects.bulk_create(
        Validity(customer_id=i, field=field, value=value, from_at=now) for i in ids for field, value in values if value
    )
