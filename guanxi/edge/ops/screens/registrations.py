"""Requests for accounts: approved with post and role, or declined (ORG-05)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.actions import approve_registration, decline_registration, next_staff_number
from guanxi.base.org.models import RegistrationRequest
from guanxi.base.org.web import ActorRequest, needs

from .choices import role_options, superior_options, unit_options
from .sending import send
from .staff import read_newcomer


@needs("account", "create")
def request_list(request: ActorRequest) -> HttpResponse:
    context = {
        "open": RegistrationRequest.objects.filter(state="open").order_by("id")[:200],
        "decided": RegistrationRequest.objects.exclude(state="open")
        .select_related("staff", "decided_by")
        .order_by("-id")[:50],
    }
    return ui.page(request, "ops/registrations.html", context)


def _asked(request_id: int) -> RegistrationRequest:
    found = RegistrationRequest.objects.filter(id=request_id).first()
    if found is None:
        raise Missing()
    return found


@needs("account", "create")
@require_http_methods(["GET", "POST"])
def approve(request: ActorRequest, request_id: int) -> HttpResponse:
    asked = _asked(request_id)
    if request.method != "POST":
        number = next_staff_number()
        typed = {"name": asked.name, "phone": asked.phone, "number": number, "login": number}
        return _form(request, asked, typed | {"joined_on": clock.today().isoformat()}, {})
    shown: list[str] = []
    login = request.POST.get("login", "")

    def perform() -> None:
        entry, post = read_newcomer(request)
        shown.append(approve_registration(request_id, entry, post=post, login=login, actor=request.actor))

    sent = send(request, f"registration:approve:{request_id}", perform)
    if sent.errors:
        return _form(request, asked, request.POST.dict(), sent.errors)
    context = {
        "staff": _asked(request_id).staff,
        "step": "open",
        "login": login.strip().lower(),
        "password": shown[0] if shown else "",
        "is_repeated": sent.is_repeated,
        "errors": {},
        "back": "/settings/registrations",
    }
    return ui.page(request, "ops/password.html", context)


def _form(
    request: ActorRequest, asked: RegistrationRequest, typed: dict[str, str], errors: dict[str, list[Any]]
) -> HttpResponse:
    context = {
        "asked": asked,
        "typed": typed,
        "errors": errors,
        "units": unit_options(),
        "roles": role_options(),
        "superiors": superior_options(),
    }
    return ui.page(request, "ops/registration.html", context, status=422 if errors else 200)


@needs("account", "create")
@require_POST
def decline(request: ActorRequest, request_id: int) -> HttpResponse:
    sent = send(
        request,
        f"registration:decline:{request_id}",
        lambda: decline_registration(request_id, answer=request.POST.get("answer", ""), actor=request.actor),
    )
    if sent.errors:
        asked = _asked(request_id)
        typed = {"name": asked.name, "phone": asked.phone, "answer": request.POST.get("answer", "")}
        return _form(request, asked, typed, sent.errors)
    ui.toast(request, _("The request is declined."))
    return ui.go(request, "/settings/registrations")
