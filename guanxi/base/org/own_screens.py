"""The own account: the second factor, the sessions, and the page that asks again who is there."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel.errors import Invalid
from guanxi.base.kernel.sealed import seal, unseal
from guanxi.base.ui.ways import own_path

from . import factors, sessions, stage
from .actions import (
    end_other_sessions,
    end_session,
    renew_codes,
    set_up_factor,
    take_off_factor,
)
from .addresses import address_of
from .attempts import Attempt
from .models import Account, RecoveryCode
from .qr import path_of
from .repeating import sent_once
from .signin import BLOCKED, WRONG_CODE
from .web import ActorRequest, public, signed_in

Errors = dict[str, list[Any]]


def confirm_address(wanted: str) -> str:
    return f"/confirm?{urlencode({'next': wanted})}"


@public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step of the sign-in; leads back to the first when that is not done or took too long."""
    waiting = None if request.user.is_authenticated else stage.waiting(request)
    if waiting is None:
        return ui.go(request, "/" if request.user.is_authenticated else "/sign-in")
    message = _refusal(cast(Account, waiting.login.user), request) if request.method == "POST" else ""
    if request.method == "POST" and not message:
        return stage.go_on(request, waiting)
    return ui.page(request, "account/second_factor.html", {"message": message}, status=422 if message else 200)


def _refusal(account: Account, request: HttpRequest) -> Any:
    """Why the code does not open; empty when it does."""
    if not factors.may_try(account):
        return BLOCKED
    return "" if factors.is_right(account, request.POST.get("code", "")) else WRONG_CODE


@signed_in
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code", "password")
def confirm(request: ActorRequest) -> HttpResponse:
    """Before steps that somebody at an unlocked screen should not take."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    wanted = own_path(wanted)
    account = cast(Account, request.user)
    message = _not_there(request, account) if request.method == "POST" else ""
    if request.method == "POST" and not message:
        sessions.confirm(request.session)
        return ui.go(request, wanted)
    values = {"message": message, "next": wanted, "by_code": bool(account.second_factor_at), "login": account.login}
    return ui.page(request, "account/confirm.html", values, status=422 if message else 200)


def _not_there(request: ActorRequest, account: Account) -> Any:
    if account.second_factor_at:
        return _refusal(account, request)
    attempt = Attempt(account.login, address_of(request))
    if not attempt.may_try():
        return BLOCKED
    if not account.check_password(request.POST.get("password", "")):
        return _("This is not your present password.")
    attempt.succeeded()
    return ""


@signed_in
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
def own_factor(request: ActorRequest) -> HttpResponse:
    """What there is, and setting it up: the secret stays in the session until a code proves that the app has it."""
    if not sessions.is_confirmed(request.session):
        return ui.go(request, confirm_address(request.path))
    errors: Errors = {}
    codes: list[str] = []
    if request.method == "POST":
        errors, codes = _step(request)
    return _factor_page(request, errors, codes)


def _step(request: ActorRequest) -> tuple[Errors, list[str]]:
    act = request.POST.get("act", "")
    try:
        if act == "set-up":
            return {}, _set_up(request)
        if act == "codes":
            return {}, renew_codes(actor=request.actor)
        if act == "take-off":
            _take_off(request)
            return {}, []
    except Invalid as refused:
        return refused.errors, []
    return {"": [_("Choose one of the list.")]}, []


def _set_up(request: ActorRequest) -> list[str]:
    account = cast(Account, request.user)
    if not factors.may_try(account):
        raise Invalid({"code": [BLOCKED]})
    codes = set_up_factor(
        unseal(request.session.get(factors.SECRET, "")), request.POST.get("code", ""), actor=request.actor
    )
    request.session.pop(factors.SECRET, None)
    account.refresh_from_db()
    _keep_this_session(request, account)
    return codes


def _take_off(request: ActorRequest) -> None:
    take_off_factor(actor=request.actor)
    account = cast(Account, request.user)
    account.refresh_from_db()
    _keep_this_session(request, account)
    ui.toast(request, _("The second factor is off. From now on the password alone opens your account."))


def _keep_this_session(request: ActorRequest, account: Account) -> None:
    """Under a new key; every other one ends."""
    factors.mark(request.session, account)
    request.session.cycle_key()
    sessions.end_all(account.pk, but=request.session.session_key or "")


def _factor_page(request: ActorRequest, errors: Errors, codes: list[str]) -> HttpResponse:
    account = cast(Account, request.user)
    context: dict[str, Any] = {
        "codes": codes,
        "errors": errors,
        "since": account.second_factor_at,
        "is_required": factors.is_required(account),
        "is_first": bool(request.session.get(factors.TO_SET_UP)),
        "left": RecoveryCode.objects.filter(account=account, used_at=None).count(),
    }
    if account.second_factor_at is None:
        secret = unseal(request.session.setdefault(factors.SECRET, seal(factors.new_secret())))
        context["secret"] = secret
        context["qr"] = path_of(factors.address_for_app(secret, login=account.login))
    return ui.page(request, "account/own_factor.html", context, status=422 if errors else 200)


@signed_in
def own_sessions(request: ActorRequest) -> HttpResponse:
    live = sessions.live_of(cast(Account, request.user))
    context = {"sessions": live, "here": request.session.session_key}
    return ui.page(request, "account/sessions.html", context)


@signed_in
@require_POST
@sent_once
def end_one(request: ActorRequest, session_id: int) -> HttpResponse:
    key = end_session(session_id, actor=request.actor)
    if key == request.session.session_key:
        request.session.flush()
        return ui.go(request, "/sign-in")
    ui.toast(request, _("The session has ended; that device has to sign in again."))
    return ui.go(request, "/settings/sessions")


@signed_in
@require_POST
@sent_once
def end_others(request: ActorRequest) -> HttpResponse:
    end_other_sessions(request.session.session_key or "", actor=request.actor)
    ui.toast(request, _("All your other sessions have ended."))
    return ui.go(request, "/settings/sessions")
