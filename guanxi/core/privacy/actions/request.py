"""What persons ask about their data: taken in, answered, refused with a reason (CN-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.kernel.workdays import add_working_days
from guanxi.base.org import gate
from guanxi.base.org.models import CalendarDay
from guanxi.core.customers.models import Customer

from ..models import PersonFile, PersonRequest, RequestState, Wish

KIND = PersonRequest.KIND
JOB = "privacy:person_file"
# What the rules for apps promise; 30 days is the outer limit of GB/T 35273.
WORKING_DAYS = 15
LONGEST = {"asked_by": 120, "identified": 300, "details": 4000}


@dataclass(frozen=True)
class Asked:
    """`identified` says how it was made sure that the person is who they say."""

    wish: str
    asked_by: str
    identified: str
    customer_id: int | None = None
    details: str = ""
    asked_on: date | None = None


@action("privacy:request:received", _("%(who)s took in what a person asked about their data."))
def take_in_request(asked: Asked, *, actor: Actor) -> PersonRequest:
    gate.ask(actor, "update", KIND)
    _require_complete(asked)
    asked_on = asked.asked_on or clock.today()
    row = PersonRequest.objects.create(
        customer_id=asked.customer_id,
        wish=asked.wish,
        asked_by=asked.asked_by.strip(),
        identified=asked.identified.strip(),
        details=asked.details.strip(),
        asked_on=asked_on,
        due_on=due_on(asked_on),
        recorded_at=clock.now(),
        recorded_by_id=actor.staff_id,
    )
    changes = {"wish": [None, asked.wish], "due_on": [None, row.due_on.isoformat()]}
    trail.record(KIND, row.pk, actor=actor, changes=changes | {"customer": [None, asked.customer_id]})
    return row


def due_on(asked_on: date) -> date:
    days = CalendarDay.objects.filter(day__gte=asked_on).order_by("day").values_list("day", "is_working")[:60]
    return add_working_days(asked_on, WORKING_DAYS, calendar=dict(days))


def _require_complete(asked: Asked) -> None:
    errors: dict[str, list[Any]] = {}
    if asked.wish not in Wish.values:
        errors["wish"] = [_("Choose what the person wants.")]
    for name in ("asked_by", "identified"):
        if not getattr(asked, name).strip():
            errors[name] = [_("Please fill this in.")]
    for name, most in LONGEST.items():
        if len(getattr(asked, name).strip()) > most:
            errors[name] = [_("This is longer than %(limit)s characters.") % {"limit": most}]
    if asked.customer_id and not Customer.objects.filter(id=asked.customer_id).exists():
        errors["customer"] = [_("There is no customer with this number.")]
    if asked.asked_on and asked.asked_on > clock.today():
        errors["asked_on"] = [_("This day lies in the future.")]
    if errors:
        raise Invalid(errors)


@action("privacy:request:fulfilled", _("%(who)s fulfilled what a person asked about their data."))
def fulfil_request(request_id: int, *, answer: str = "", actor: Actor) -> PersonRequest:
    return _close(request_id, RequestState.DONE, answer, actor)


@action("privacy:request:refused", _("%(who)s refused what a person asked about their data, with a reason."))
def refuse_request(request_id: int, *, answer: str, actor: Actor) -> PersonRequest:
    if not answer.strip():
        raise Invalid({"answer": [_("Say why: the person is told.")]})
    return _close(request_id, RequestState.REFUSED, answer, actor)


def _close(request_id: int, state: Any, answer: str, actor: Actor) -> PersonRequest:
    row = _open_request(request_id, actor)
    row.state, row.answer = str(state), answer.strip()[:4000]
    row.closed_at, row.closed_by_id = clock.now(), actor.staff_id
    row.save(update_fields=["state", "answer", "closed_at", "closed_by"])
    trail.record(KIND, row.pk, actor=actor, changes={"state": ["open", str(state)]})
    return row


def _open_request(request_id: int, actor: Actor) -> PersonRequest:
    gate.ask(actor, "update", KIND)
    row = PersonRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise Missing()
    if row.state != RequestState.OPEN:
        raise Refused(_("This request is settled already."), code="request_closed")
    return row


@action("privacy:file:asked", _("%(who)s had everything about a person gathered in a file."))
def ask_for_file(request_id: int, *, actor: Actor) -> PersonFile:
    row = _open_request(request_id, actor)
    if row.customer_id is None:
        raise Refused(_("Say first which customer asks."), code="request_without_customer")
    PersonFile.objects.filter(request=row).delete()
    file = PersonFile.objects.create(request=row, asked_at=clock.now(), asked_by_id=actor.staff_id)
    trail.record(KIND, row.pk, actor=actor)
    app.configure_task(JOB).defer(file_id=file.pk)
    return file


@action("privacy:file:handed_out", _("%(who)s downloaded everything about a person."))
def hand_out_file(request_id: int, *, actor: Actor) -> bytes:
    gate.ask(actor, "update", KIND)
    file = PersonFile.objects.filter(request_id=request_id, content__isnull=False).first()
    if file is None or file.content is None:
        raise Missing()
    trail.record(KIND, request_id, actor=actor, changes={"size": [None, len(file.content)]})
    return bytes(file.content)
