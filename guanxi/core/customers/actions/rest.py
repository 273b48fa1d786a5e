"""The dead and those who asked for quiet: no duty, no greeting."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.base.records.changes import apply_changes

from .. import events as told
from ..access import KIND, access_customer
from ..models import Customer


@action("customers:customer:rest_changed", _("%(who)s changed whether this customer may be contacted."))
def leave_in_peace(customer_id: int, *, is_do_not_disturb: bool, deceased_on: date | None, actor: Actor) -> Customer:
    gate.ask(actor, "update", KIND, customer_id)
    customer = access_customer(actor, customer_id, to="update", lock=True)
    if deceased_on and deceased_on > clock.today():
        raise Invalid({"deceased_on": [_("This day lies in the future.")]})
    changes = apply_changes(customer, {"is_do_not_disturb": is_do_not_disturb, "deceased_on": deceased_on})
    if not changes:
        trail.unchanged()
        return customer
    customer.version += 1
    customer.updated_at = clock.now()
    customer.save(update_fields=["is_do_not_disturb", "deceased_on", "version", "updated_at"])
    trail.record(KIND, customer.pk, actor=actor, personal=changes)
    events.publish(Event(told.REST_CHANGED, KIND, [customer.pk]), actor=actor)
    return customer
