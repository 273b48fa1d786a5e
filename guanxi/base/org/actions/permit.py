"""Asking for consent to one step on one record, and giving or refusing it. Until flows exist one role decides."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused

from .. import events as told
from .. import permits
from ..models import PermitRequest

KIND = PermitRequest.KIND
LASTS = timedelta(days=7)
LONGEST = 300


@action("org:permit:asked", _("%(who)s asked for a permit."))
def ask_permit(verb: str, kind: str, subject_id: int, *, purpose: str, actor: Actor) -> PermitRequest:
    """Raises Missing for a record out of reach, Refused when it was asked for already or nobody could decide."""
    terms = permits.terms_of(verb, kind, actor.staff_id)
    terms.step.access(actor, subject_id)
    text = _required(purpose, "purpose")
    if actor.staff_id is None or not permits.deciders(terms.role).exclude(id=actor.staff_id).exists():
        raise Refused(_("Nobody else in the company may give this permit."), code="nobody_permits")
    try:
        with transaction.atomic():
            request = PermitRequest.objects.create(
                staff_id=actor.staff_id,
                verb=verb,
                kind=kind,
                subject_id=subject_id,
                subject_label=terms.step.label(subject_id)[:120],
                purpose=text,
                clause=terms.clause,
                clause_en=terms.clause_en,
                approver_role=terms.role,
                link=terms.step.page(subject_id)[:200],
                asked_at=clock.now(),
            )
    except IntegrityError as twice:
        raise Refused(_("You have asked for this already; the answer is still to come."), code="asked") from twice
    changes = {"step": [None, f"{kind}:{verb}"], "purpose": [None, text]}
    trail.record(KIND, request.pk, actor=actor, changes=changes, items=[(kind, subject_id)])
    events.publish(Event(told.PERMIT_ASKED, KIND, [request.pk]), actor=actor)
    return request


@action("org:permit:granted", _("%(who)s gave a permit."))
def grant_permit(request_id: int, *, answer: str = "", actor: Actor) -> PermitRequest:
    """For one use within a week."""
    request = _open(permits.requests_to(actor), request_id)
    assert actor.staff_id is not None
    assert request.subject_id is not None
    request.until = clock.now() + LASTS
    permits.give(
        request.staff_id,
        request.verb,
        request.kind,
        request.subject_id,
        given_by=actor.staff_id,
        until=request.until,
    )
    return _decide(request, PermitRequest.GRANTED, answer.strip()[:LONGEST], actor)


@action("org:permit:declined", _("%(who)s declined a permit."))
def decline_permit(request_id: int, *, answer: str, actor: Actor) -> PermitRequest:
    request = _open(permits.requests_to(actor), request_id)
    return _decide(request, PermitRequest.DECLINED, _required(answer, "answer"), actor)


@action("org:permit:taken_back", _("%(who)s took a request for a permit back."))
def take_back_request(request_id: int, *, actor: Actor) -> PermitRequest:
    request = _open(permits.requests_of(actor), request_id)
    request.state = PermitRequest.WITHDRAWN
    request.save(update_fields=["state"])
    trail.record(KIND, request.pk, actor=actor, changes={"state": ["asked", "withdrawn"]})
    return request


def _open(rows: QuerySet[PermitRequest], request_id: int) -> PermitRequest:
    request = rows.select_for_update(of=("self",)).filter(id=request_id).first()
    if request is None:
        raise Missing()
    if request.state != PermitRequest.ASKED:
        raise Refused(_("This request has been answered already."), code="permit_answered")
    return request


def _decide(request: PermitRequest, state: str, answer: str, actor: Actor) -> PermitRequest:
    request.state, request.answer, request.decided_at = state, answer, clock.now()
    request.decided_by_id = actor.staff_id
    request.save(update_fields=["state", "answer", "decided_at", "decided_by", "until"])
    assert request.subject_id is not None
    changes = {"state": ["asked", state], "answer": [None, answer]}
    trail.record(KIND, request.pk, actor=actor, changes=changes, items=[(request.kind, request.subject_id)])
    events.publish(Event(told.PERMIT_ANSWERED, KIND, [request.pk]), actor=actor)
    return request


def _required(text: str, field: str) -> str:
    if not text.strip():
        raise Invalid({field: [_("Please fill this in.")]})
    if len(text.strip()) > LONGEST:
        raise Invalid({field: [_("At most %(count)s characters.") % {"count": LONGEST}]})
    return text.strip()
