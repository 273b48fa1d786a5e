"""Restricting a person's data to being kept (CN-08), and holding them because a law wants it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Restriction
from guanxi.core.customers import events as told
from guanxi.core.customers.models import Customer

from ..models import PersonRequest, SetApart, SetApartKind
from ..setting_apart import bring_back, put_away

KIND = PersonRequest.KIND
REASON = "restricted"


@action("privacy:customer:restricted", _("%(who)s restricted a person's data to being kept."))
def restrict_customer(customer_id: int, *, why: str, actor: Actor) -> SetApart:
    """Out of every list and closed to every step, until it is lifted."""
    row = _set_apart(customer_id, SetApartKind.RESTRICTED, why, actor)
    put_away([customer_id], row.since)
    Restriction.objects.create(kind=Customer.KIND, subject_id=customer_id, verb="*", reason=REASON)
    events.publish(Event(told.REMOVED, Customer.KIND, [customer_id]), actor=actor)
    return row


@action("privacy:customer:held", _("%(who)s noted that a person's data must be kept by law."))
def hold_customer(customer_id: int, *, why: str, actor: Actor) -> SetApart:
    return _set_apart(customer_id, SetApartKind.LEGAL_HOLD, why, actor)


@action("privacy:customer:released", _("%(who)s lifted what set a person's data apart."))
def release_customer(set_apart_id: int, *, why: str, actor: Actor) -> SetApart:
    gate.ask(actor, "update", KIND)
    row = SetApart.objects.select_for_update().filter(id=set_apart_id, lifted_at=None).first()
    if row is None:
        raise Missing()
    _require_reason(why)
    row.lifted_at, row.lifted_why = clock.now(), why.strip()[:300]
    row.save(update_fields=["lifted_at", "lifted_why"])
    if row.kind == SetApartKind.RESTRICTED:
        bring_back([row.customer_id], row.since)
        Restriction.objects.filter(kind=Customer.KIND, subject_id=row.customer_id, verb="*", reason=REASON).delete()
        events.publish(Event(told.RESTORED, Customer.KIND, [row.customer_id]), actor=actor)
    trail.record(KIND, row.customer_id, actor=actor, changes={"set_apart": [row.kind, None]})
    return row


def _set_apart(customer_id: int, kind: Any, why: str, actor: Actor) -> SetApart:
    gate.ask(actor, "update", KIND)
    if not Customer.objects.select_for_update().filter(id=customer_id).exists():
        raise Missing()
    _require_reason(why)
    if SetApart.objects.filter(customer_id=customer_id, kind=str(kind), lifted_at=None).exists():
        raise Refused(_("This is noted already."), code="set_apart_already")
    row = SetApart.objects.create(
        customer_id=customer_id, kind=str(kind), why=why.strip()[:300], since=clock.now(), staff_id=actor.staff_id
    )
    trail.record(KIND, customer_id, actor=actor, changes={"set_apart": [None, str(kind)]})
    return row


def _require_reason(why: str) -> None:
    if not why.strip():
        raise Invalid({"why": [_("Please give the reason.")]})
