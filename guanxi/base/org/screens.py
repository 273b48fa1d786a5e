"""Signing in and out, the own password and language, asking for an account. Everything here is open to people who have
not signed in yet, or concerns only the own account."""

from __future__ import annotations

import json
from typing import Any, cast

from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.account.views import LoginView
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.ui.ways import own_path

from . import factors, limits, sessions, signin, stage
from .actions import Applicant, ask_registration, change_own_password, choose_language
from .addresses import address_of
from .attempts import Attempt
from .limits import Limit
from .models import Account
from .web import ActorRequest, public, signed_in


class SignIn(LoginView):
    """allauth's, drawn by our page."""

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        form = context["form"]
        values = {
            "login": form.data.get("login", ""),
            "message": _sentence(form),
            "next": self.request.POST.get("next") or self.request.GET.get("next", ""),
        }
        return ui.page(self.request, "account/sign_in.html", values, status=422 if form.is_bound else 200)

    def get_form_class(self) -> type[forms.Form]:
        return cast(type[forms.Form], super().get_form_class())


def _sentence(form: forms.Form) -> Any:
    """One sentence above the form: which of the two entries was wrong is nobody's business."""
    if not form.is_bound or form.is_valid():
        return ""
    general = form.non_field_errors()
    return general[0] if general else _("Enter your login name and your password.")


sign_in = public(SignIn.as_view())


@public
@require_POST
@sensitive_post_parameters("password")
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """For the dialog over a half-filled form: 204 with a new session, or what went wrong. Same limits as the page."""
    login, password, code = _entered(request)
    try:
        user = signin.Adapter(request).authenticate(request, username=login, password=password) if password else None
    except ValidationError as blocked:
        return JsonResponse({"message": str(blocked.messages[0])}, status=429)
    if not isinstance(user, Account):
        return JsonResponse({"message": str(signin.WRONG)}, status=422)
    if user.second_factor_at and (refusal := _second_step(user, code)):
        return refusal
    answer = flows.login.perform_password_login(request, {"username": login}, Login(user=user))
    if user.second_factor_at and (waiting := stage.waiting(request)):
        answer = stage.go_on(request, waiting)
    response = HttpResponse(status=204)
    response.cookies = answer.cookies
    return response


def _second_step(account: Account, code: str) -> JsonResponse | None:
    if not code:
        return JsonResponse({"message": str(_("Now the code of your second factor.")), "code": True}, status=422)
    if not factors.may_try(account):
        return JsonResponse({"message": str(signin.BLOCKED), "code": True}, status=429)
    if not factors.is_right(account, code):
        return JsonResponse({"message": str(signin.WRONG_CODE), "code": True}, status=422)
    return None


def _entered(request: HttpRequest) -> tuple[str, str, str]:
    """The script sends JSON; a browser without it sends the form."""
    try:
        told = json.loads(request.body) if request.content_type == "application/json" else request.POST.dict()
    except ValueError:
        told = {}
    entries = told if isinstance(told, dict) else {}
    login, password, code = (str(entries.get(name, "")) for name in ("login", "password", "code"))
    return login.strip()[:60], password, code[:40]


@signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    flows.logout.logout(request, show_message=False)
    response = ui.go(request, "/sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signed_in
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def change_password(request: ActorRequest) -> HttpResponse:
    account = cast(Account, request.user)
    is_first = account.must_change_password
    errors = _change(request, account) if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        ui.toast(request, _("Your password is changed. Other devices have to sign in again."))
        return ui.go(request, "/")
    values = {"errors": errors, "is_first": is_first, "login": account.login}
    return ui.page(request, "account/change_password.html", values, status=422 if errors else 200)


def _change(request: ActorRequest, account: Account) -> dict[str, list[Any]]:
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return {"again": [_("The two entries of the new password differ.")]}
    attempt = Attempt(account.login, address_of(request))
    if not attempt.may_try():
        return {"": [signin.BLOCKED]}
    try:
        changed = change_own_password(request.POST.get("old", ""), new, actor=request.actor)
    except Invalid as refused:
        if "old" not in refused.errors:
            attempt.succeeded()
        return refused.errors
    attempt.succeeded()
    # This device stays signed in, under a new session key.
    update_session_auth_hash(request, changed)
    sessions.end_all(changed.pk, but=request.session.session_key or "")
    return {}


@public
@require_POST
def language(request: ActorRequest) -> HttpResponse:
    """The cookie for this device, and the account's own choice for the next ones."""
    code = request.POST.get("language", "")
    response = ui.go(request, own_path(request.POST.get("next")))
    if request.user.is_authenticated:
        choose_language(code, actor=request.actor)
    if code in signin.LANGUAGES:
        signin.set_language_cookie(response, code)
    return response


@public
@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    """Asking for an account (ORG-05). The answer never tells what is already known."""
    errors: dict[str, list[Any]] = _ask(request) if request.method == "POST" else {}
    is_sent = request.method == "POST" and not errors
    values = {"errors": errors, "entered": request.POST, "is_sent": is_sent}
    return ui.page(request, "account/register.html", values, status=422 if errors else 200)


def _ask(request: ActorRequest) -> dict[str, list[Any]]:
    address = address_of(request)
    if not request.POST.get("agreed"):
        return {"agreed": [_("Please confirm that you have read the notes.")]}
    verdicts = [limits.take(limit) for limit in (Limit("register", address, 5, 60), Limit("register", "all", 200, 60))]
    if not all(verdicts):
        return {"": [_("Too many requests from here. Please try again in an hour.")]}
    applicant = Applicant(*(request.POST.get(name, "") for name in ("name", "phone", "department", "remark")))
    try:
        ask_registration(applicant, actor=Actor("", "web", address=address))
    except Invalid as refused:
        return refused.errors
    return {}
