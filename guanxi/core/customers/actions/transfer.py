from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from .. import events as told
from ..access import KIND
from ..models import Customer
from .customer import unit_for
from .many import move


@action("customers:customer:transferred", _("%(who)s gave this customer to another owner."))
def transfer_customers(ids: Sequence[int], *, to: Staff, actor: Actor, why: str = "") -> int:
    """All or none: Missing when one of them is not within the actor's reach. Returns how many moved."""
    gate.ask(actor, "transfer", KIND)
    if to.left_on is not None:
        raise Invalid({"to": [_("This colleague has left; choose somebody who works here.")]})
    within = Customer.objects.kept().visible_to(actor, "transfer").filter(id__in=ids).order_by("id")
    rows = list(within.select_for_update(of=("self",)).values("id", "owner_id"))
    if len(rows) != len(set(ids)):
        raise Missing()
    moving = [row for row in rows if row["owner_id"] != to.pk]
    if not moving:
        trail.unchanged()
        return 0
    move(moving, [to.pk] * len(moving), [unit_for(to.pk, actor)] * len(moving))
    single = moving[0] if len(moving) == 1 else None
    changes = {"owner": [single["owner_id"] if single else None, to.pk], "why": [None, why[:200]]}
    items = [] if single else [(KIND, row["id"]) for row in moving]
    trail.record(KIND, single["id"] if single else None, actor=actor, changes=changes, items=items)
    events.publish(Event(told.TRANSFERRED, KIND, [row["id"] for row in moving]), actor=actor)
    return len(moving)
