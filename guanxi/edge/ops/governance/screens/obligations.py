"""Reading and signing the obligations; and the list of who has not (SEC-02, SEC-12)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs, signed_in
from guanxi.core.rulebooks.models import Rule, Version

from ...screens.sending import number, send
from ..models import Signature
from ..obligations import is_genuine, not_signed, remind, sign, signature_of, version_to_sign

HOME = "/settings/security/obligations"
MOST = 500


@signed_in
@require_http_methods(["GET", "POST"])
def own(request: ActorRequest) -> HttpResponse:
    version = version_to_sign()
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":

        def perform() -> None:
            sign(number(request.POST, "version"), name=request.POST.get("name", ""), actor=request.actor)

        sent = send(request, "obligations:sign", perform)
        if sent.is_done:
            ui.toast(request, _("Signed. Thank you."))
            return ui.go(request, "/obligations")
        if sent.refusal is not None and sent.refusal.status == 403:
            raise sent.refusal
        errors = sent.errors
    context = {
        "version": version,
        "clauses": clauses_of(version, request.actor.language) if version else [],
        "signature": signature_of(request.actor, version) if version else None,
        "typed": request.POST,
        "errors": errors,
    }
    return ui.page(request, "ops/governance/sign.html", context, status=422 if errors else 200)


def clauses_of(version: Version, language: str) -> list[str]:
    rules = Rule.objects.filter(version=version)
    is_chinese = language.startswith("zh")
    return [rule.article if is_chinese else rule.article_en or rule.article for rule in rules]


@needs("security", "read")
def state(request: ActorRequest) -> HttpResponse:
    version = version_to_sign()
    signed: list[Signature] = []
    if version:
        signed = list(Signature.objects.filter(version=version).select_related("staff", "version").order_by("-id"))
    missing = not_signed(version) if version else None
    context = {
        "version": version,
        "signed": [(one, is_genuine(one)) for one in signed[:MOST]],
        "missing": list(missing[:MOST]) if missing is not None else [],
        "may_remind": may(request.actor, "security", "update"),
    }
    return ui.page(request, "ops/governance/obligations.html", context)


@needs("security", "update")
@require_POST
def reminders(request: ActorRequest) -> HttpResponse:
    told: list[int] = []
    send(request, "obligations:remind", lambda: told.append(remind(actor=request.actor)))
    ui.toast(request, _("Everybody who has not signed was reminded."))
    return ui.go(request, HOME)
