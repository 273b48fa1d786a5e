"""Asking the doctor to call somebody who has not bought (RB-21.12, CAR-04)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.actions import tell
from guanxi.core.rulebooks.models import Duty

from .. import events as told
from ..access import access_request
from ..doctors import doctor_of
from ..messages import DOCTOR_ASKED
from ..models import CallbackRequest, FileForm

A_BUYER = _("This customer has bought: the doctor's callbacks follow from the file form.")


@action("archive:callbackrequest:asked", _("%(who)s asked the doctor to call this customer."))
def ask_doctor(customer_id: int, wanted_on: date | None, reason: str, *, actor: Actor) -> CallbackRequest:
    """The nearest doctor of the customer's unit is told; the duty comes from the clause."""
    gate.ask(actor, "create", CallbackRequest.KIND)
    customer = access_customer(actor, customer_id, lock=True)
    require_complete(customer, wanted_on, reason)
    now = clock.now()
    request = CallbackRequest.objects.create(
        customer=customer,
        owner_id=actor.staff_id,
        unit_id=customer.unit_id,
        wanted_on=wanted_on,
        reason=reason.strip(),
        created_at=now,
        updated_at=now,
    )
    events.publish(Event(told.CALLBACK_ASKED, CallbackRequest.KIND, [request.pk]), actor=actor)
    doctor = request.doctor = _asked_of(request)
    request.save(update_fields=["doctor"])
    changes = {"wanted_on": [None, str(wanted_on)], "doctor": [None, doctor.pk if doctor else None]}
    trail.record(CallbackRequest.KIND, request.pk, actor=actor, changes=changes)
    if doctor:
        _tell_doctor(request, doctor, actor)
    return request


@action("archive:callbackrequest:withdrawn", _("%(who)s took back the request that the doctor calls."))
def withdraw_request(request_id: int, *, actor: Actor, why: str) -> None:
    gate.ask(actor, "delete", CallbackRequest.KIND, request_id)
    request = access_request(actor, request_id, to="delete", lock=True)
    if not why.strip():
        raise Invalid({"why": [_("Say why.")]})
    request.removed_at = clock.now()
    request.version += 1
    request.save(update_fields=["removed_at", "version"])
    trail.record(CallbackRequest.KIND, request.pk, actor=actor, changes={"why": [None, why[:200]]})
    events.publish(Event(told.CALLBACK_CHANGED, CallbackRequest.KIND, [request.pk]), actor=actor)


def require_complete(customer: Customer, wanted_on: date | None, reason: str) -> None:
    errors: dict[str, list[Any]] = {}
    if wanted_on is None:
        errors["wanted_on"] = [_("Enter the day by which the doctor should call.")]
    elif wanted_on < clock.today():
        errors["wanted_on"] = [_("This day lies in the past.")]
    if len(reason.strip()) < 2:
        errors["reason"] = [_("Say why the doctor should call.")]
    elif len(reason) > 300:
        errors["reason"] = [_("At most %(count)s characters.") % {"count": 300}]
    if FileForm.objects.kept().filter(customer=customer, purchased=True).exists():
        errors[""] = [A_BUYER]
    if errors:
        raise Invalid(errors)


def _asked_of(request: CallbackRequest) -> Staff | None:
    """Whoever the clause gave the duty to; without a clause the nearest doctor."""
    duties = Duty.objects.filter(subject_kind=CallbackRequest.KIND, subject_id=request.pk, assignee__isnull=False)
    duty = duties.select_related("assignee").first()
    return duty.assignee if duty else doctor_of(request.unit_id)


def _tell_doctor(request: CallbackRequest, doctor: Staff, actor: Actor) -> None:
    params = {
        "from": actor.label,
        "customer": request.customer.name,
        "wanted_on": str(request.wanted_on),
        "reason": request.reason,
        "link": f"/customers/{request.customer_id}",
    }
    key = f"{DOCTOR_ASKED}:{request.pk}"
    tell(doctor.pk, DOCTOR_ASKED, params=params, dedupe_key=key, subject=(CallbackRequest.KIND, request.pk))
