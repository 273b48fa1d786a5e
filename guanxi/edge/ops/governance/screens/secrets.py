"""Business secrets: how secret records are, networks that are refused, and tracing a leaked copy (SEC-11)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs, signed_in
from guanxi.core.documents.access import access_document

from ...screens.sending import send
from ...screens.trail import told
from ..labels import classify, classify_document, level_of, levels
from ..models import Classification, Level, NetworkRange, OnSight
from ..networks import add_range, remove_range
from ..tracing import Traced, trace

SECURITY = "/settings/security"


@needs("security", "read")
def classification(request: ActorRequest) -> HttpResponse:
    context = {
        "kinds": levels(),
        "levels": Level.choices,
        "words": dict(Level.choices),
        "may_change": may(request.actor, "security", "update"),
    }
    return ui.page(request, "ops/governance/classification.html", context)


@needs("security", "update")
@require_POST
def classification_save(request: ActorRequest) -> HttpResponse:
    wanted = {name[6:]: value for name, value in request.POST.items() if name.startswith("level.")}
    chosen = {name: str(value) for name, value in wanted.items()}
    sent = send(request, "classification", lambda: classify(chosen, actor=request.actor))
    if sent.errors:
        raise Invalid(sent.errors)
    ui.toast(request, _("Saved. It stands on every file and paper from now on."))
    return ui.go(request, f"{SECURITY}/classification")


@signed_in
@require_http_methods(["GET", "POST"])
def document_level(request: ActorRequest, document_id: int) -> HttpResponse:
    document = access_document(request.actor, document_id, to="write")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        level = request.POST.get("level", "")
        sent = send(
            request,
            f"document:level:{document_id}",
            lambda: classify_document(document_id, level, actor=request.actor),
        )
        if sent.is_done:
            ui.toast(request, _("Saved."))
            return ui.go(request, f"/documents/{document_id}")
        errors = sent.errors
    own = Classification.objects.filter(kind="document", subject_id=document_id).first()
    usual = str(Level(level_of(document.record_kind)).label)
    context = {"document": document, "own": own.level if own else "", "usual": usual, "levels": Level.choices}
    context |= {"errors": errors}
    return ui.page(request, "ops/governance/document_level.html", context, status=422 if errors else 200)


@needs("security", "read")
def networks(request: ActorRequest) -> HttpResponse:
    return networks_page(request, {})


def networks_page(request: ActorRequest, errors: dict[str, list[Any]]) -> HttpResponse:
    context = {
        "ranges": NetworkRange.objects.select_related("created_by").order_by("cidr"),
        "choices": OnSight.choices,
        "typed": request.POST,
        "errors": errors,
        "own": request.actor.address,
        "may_change": may(request.actor, "security", "update"),
    }
    return ui.page(request, "ops/governance/networks.html", context, status=422 if errors else 200)


@needs("security", "update")
@require_POST
def network_add(request: ActorRequest) -> HttpResponse:
    post = request.POST

    def perform() -> None:
        add_range(
            post.get("cidr", ""),
            note=post.get("note", "").replace("\0", ""),
            on_sight=post.get("on_sight", ""),
            actor=request.actor,
        )

    sent = send(request, "network:add", perform)
    if sent.errors:
        return networks_page(request, sent.errors)
    ui.toast(request, _("On the list. It holds within a few seconds."))
    return ui.go(request, f"{SECURITY}/networks")


@needs("security", "update")
@require_POST
def network_remove(request: ActorRequest, range_id: int) -> HttpResponse:
    sent = send(request, f"network:remove:{range_id}", lambda: remove_range(range_id, actor=request.actor))
    if sent.refusal is not None:
        raise sent.refusal
    ui.toast(request, _("Taken off the list."))
    return ui.go(request, f"{SECURITY}/networks")


@needs("audit", "read")
@require_http_methods(["GET", "POST"])
def copies(request: ActorRequest) -> HttpResponse:
    """By POST: who asks for what is in the trail, and no code stands in an address."""
    traced: list[Traced] = []
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        sent = send(
            request, "copy:trace", lambda: traced.append(trace(request.POST.get("code", ""), actor=request.actor))
        )
        errors = sent.errors
    found = traced[0] if traced else None
    context = {
        "typed": request.POST,
        "errors": errors,
        "found": found,
        "lines": list(zip(found.entries, told(found.entries), strict=True)) if found else [],
    }
    return ui.page(request, "ops/governance/trace.html", context, status=422 if errors else 200)
