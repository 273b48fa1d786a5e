"""Permits: what I asked for, what I am asked for, and one request with its answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing

from . import permits
from .actions.permit import ask_permit, decline_permit, grant_permit, take_back_request
from .models import PermitRequest
from .web import ActorRequest, signed_in

NEWEST = 50


@signed_in
@require_GET
def all_permits(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    to_me = list(permits.requests_to(actor)[:NEWEST])
    context = {
        "waiting": [_line(one, actor) for one in to_me if one.state == PermitRequest.ASKED],
        "answered": [_line(one, actor) for one in to_me if one.state != PermitRequest.ASKED],
        "mine": [_line(one, actor) for one in permits.requests_of(actor)[:NEWEST]],
    }
    return ui.page(request, "permits/permits.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_permit(request: ActorRequest, kind: str, verb: str, subject_id: int) -> HttpResponse:
    terms = permits.terms_of(verb, kind, request.actor.staff_id)
    terms.step.access(request.actor, subject_id)
    typed, errors = "", {}
    if request.method == "POST":
        typed = request.POST.get("purpose", "")
        try:
            answer = operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name="permit:ask",
                payload={"step": f"{kind}:{verb}:{subject_id}", "purpose": typed},
                perform=lambda: {"id": ask_permit(verb, kind, subject_id, purpose=typed, actor=request.actor).pk},
            )
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, _("Your request has been sent."))
            return ui.go(request, f"/permits/{answer.data['id']}")
    context = {
        "name": terms.step.name,
        "label": terms.step.label(subject_id),
        "clause": _words(terms.clause, terms.clause_en, request.actor),
        "deciders": [one.name for one in permits.deciders(terms.role).exclude(id=request.actor.staff_id)],
        "typed": typed,
        "errors": errors,
        "action": request.path,
        "back": terms.step.page(subject_id),
    }
    return ui.page(request, "permits/new.html", context, status=422 if errors else 200)


@signed_in
@require_GET
def one_permit(request: ActorRequest, request_id: int) -> HttpResponse:
    return _page(request, request_id)


@signed_in
@require_POST
def answer_permit(request: ActorRequest, request_id: int) -> HttpResponse:
    """`act`: grant, decline or take_back."""
    act, text = request.POST.get("act", ""), request.POST.get("answer", "")
    if act not in ACTS:
        raise Missing()
    try:
        operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name=f"permit:{act}:{request_id}",
            payload={"answer": text},
            perform=lambda: {"id": ACTS[act](request_id, text, request.actor).pk},
        )
    except Invalid as problem:
        return _page(request, request_id, errors=problem.errors, typed=text)
    return ui.go(request, f"/permits/{request_id}")


ACTS = {
    "grant": lambda request_id, text, actor: grant_permit(request_id, answer=text, actor=actor),
    "decline": lambda request_id, text, actor: decline_permit(request_id, answer=text, actor=actor),
    "take_back": lambda request_id, text, actor: take_back_request(request_id, actor=actor),
}


def _page(
    request: ActorRequest, request_id: int, *, errors: dict[str, list[Any]] | None = None, typed: str = ""
) -> HttpResponse:
    actor = request.actor
    to_me = permits.requests_to(actor).filter(id=request_id).first()
    found = to_me or permits.requests_of(actor).filter(id=request_id).first()
    if found is None:
        raise Missing()
    is_open = found.state == PermitRequest.ASKED
    context = {
        "one": _line(found, actor),
        "request_row": found,
        "clause": _words(found.clause, found.clause_en, actor),
        "may_decide": is_open and to_me is not None,
        "may_take_back": is_open and to_me is None,
        "is_usable": found.subject_id is not None
        and found.staff_id == actor.staff_id
        and permits.holds(actor.staff_id, found.verb, found.kind, found.subject_id),
        "errors": errors or {},
        "typed": typed,
    }
    return ui.page(request, "permits/permit.html", context, status=422 if errors else 200)


def _line(one: PermitRequest, actor: Actor) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": permits.step_name(one),
        "label": one.subject_label,
        "who": one.staff.name,
        "purpose": one.purpose,
        "asked_at": one.asked_at,
        "state": _states()[one.state],
    }


def _states() -> dict[str, tuple[str, str]]:
    return {
        PermitRequest.ASKED: (_("To be answered"), "primary"),
        PermitRequest.GRANTED: (_("Permitted"), "done"),
        PermitRequest.DECLINED: (_("Declined"), ""),
        PermitRequest.WITHDRAWN: (_("Taken back"), ""),
    }


def _words(chinese: str, english: str, actor: Actor) -> str:
    return chinese if actor.language.startswith("zh") else english or chinese
