"""Who agreed to what: the panel on the customer's card, the page to record it, and the wordings."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer

from ..actions.consent import Said, add_wording, give_consent, withdraw_consent
from ..models import Channel, Consent, ConsentPurpose, Source, Wording
from ..queries import purposes, standings

MOST = 50


def consent_panel(actor: Actor, customer: Customer) -> dict[str, Any]:
    may_read = may(actor, Consent.KIND, "read")
    return {
        "customer": customer,
        "may_read": may_read,
        "standings": standings(customer.pk) if may_read else [],
        "purposes": named(actor),
        "may_record": may(actor, Consent.KIND, "create") and may(actor, Customer.KIND, "update"),
    }


def named(actor: Actor) -> dict[int, str]:
    is_chinese = actor.language.startswith("zh")
    return {p.pk: p.name if is_chinese else p.name_en for p in ConsentPurpose.objects.all()}


@needs("consent", "create")
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once
def record(request: ActorRequest, customer_id: int) -> HttpResponse:
    customer = access_customer(request.actor, customer_id, to="update")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            give_consent(customer_id, _said(request), actor=request.actor)
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, _("The consent is recorded."))
            return ui.go(request, f"/customers/{customer_id}")
    names = named(request.actor)
    offered = [p for p in purposes() if p.is_active]
    context = {
        "customer": customer,
        "errors": errors,
        "typed": request.POST,
        "purposes": [(p.key, names[p.pk]) for p in offered],
        "wordings": _texts(request.actor, offered),
        "channels": Channel.choices,
        "sources": Source.choices,
    }
    return ui.page(request, "privacy/consent.html", context, status=422 if errors else 200)


@needs("consent", "create")
@require_POST
@sent_once
def withdraw(request: ActorRequest, customer_id: int) -> HttpResponse:
    """One press, as easy as giving."""
    withdraw_consent(customer_id, _said(request), actor=request.actor)
    ui.toast(request, _("The consent is withdrawn, from this moment on."))
    return ui.go(request, f"/customers/{customer_id}")


@needs("consent", "read")
def history(request: ActorRequest, customer_id: int) -> HttpResponse:
    customer = access_customer(request.actor, customer_id)
    rows = Consent.objects.filter(customer_id=customer_id).select_related("purpose", "wording", "staff")
    context = {"customer": customer, "rows": rows.order_by("-id")[:MOST], "names": named(request.actor)}
    return ui.page(request, "privacy/consents.html", context)


@needs("privacy", "read")
def wordings(request: ActorRequest) -> HttpResponse:
    rows = Wording.objects.select_related("purpose", "made_by").order_by("purpose_id", "-number")
    grouped: dict[int, list[Wording]] = {}
    for row in rows:
        grouped.setdefault(row.purpose_id, []).append(row)
    context = {
        "purposes": ConsentPurpose.objects.order_by("id"),
        "wordings": grouped,
        "names": named(request.actor),
        "may_change": may(request.actor, "privacy", "update"),
    }
    return ui.page(request, "privacy/wordings.html", context)


@needs("privacy", "update")
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once
def new_wording(request: ActorRequest, purpose_id: int) -> HttpResponse:
    purpose = ConsentPurpose.objects.filter(id=purpose_id).first()
    if purpose is None:
        raise Missing()
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            texts = {key: request.POST.get(key, "").replace("\x00", "") for key in ("text", "text_en")}
            add_wording(purpose_id, **texts, actor=request.actor)
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, _("The new wording is in force."))
            return ui.go(request, "/privacy/wordings")
    now = Wording.objects.filter(purpose_id=purpose_id).order_by("-number").first()
    context = {
        "purpose": purpose,
        "name": named(request.actor)[purpose.pk],
        "now": now,
        "typed": request.POST,
        "errors": errors,
    }
    return ui.page(request, "privacy/wording.html", context, status=422 if errors else 200)


def _said(request: ActorRequest) -> Said:
    typed = {key: request.POST.get(key, "").replace("\x00", "") for key in ("purpose", "channel", "source", "evidence")}
    return Said(
        purpose=typed["purpose"],
        channel=typed["channel"] or str(Channel.ANY),
        source=typed["source"] or str(Source.SPOKEN),
        evidence=typed["evidence"],
    )


def _texts(actor: Actor, offered: list[ConsentPurpose]) -> list[tuple[str, str]]:
    is_chinese = actor.language.startswith("zh")
    names = named(actor)
    newest = {w.purpose_id: w for w in Wording.objects.order_by("number")}
    found = [(names[p.pk], newest[p.pk]) for p in offered if p.pk in newest]
    return [(name, w.text if is_chinese or not w.text_en else w.text_en) for name, w in found]
