"""Accounts: opening, a new one-time password, closing with the list of what blocks it, reopening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.org.access import access_account, access_staff
from guanxi.base.org.actions import (
    close_account,
    end_sessions_of,
    open_account,
    reopen_account,
    reset_factor,
    reset_password,
)
from guanxi.base.org.blockers import held_by
from guanxi.base.org.models import Account, Staff
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from .sending import send


@needs("account", "create")
@require_http_methods(["GET", "POST"])
def open_(request: ActorRequest, staff_id: int) -> HttpResponse:
    staff = access_staff(request.actor, staff_id, kind="account", to="create")
    login = request.POST.get("login", staff.number.lower())
    return _with_password(
        request,
        staff,
        step="open",
        name=f"account:open:{staff_id}",
        perform=lambda: open_account(staff_id, login=login, actor=request.actor),
        login=login,
    )


@needs("account", "update")
@require_http_methods(["GET", "POST"])
def reset(request: ActorRequest, account_id: int) -> HttpResponse:
    account = access_account(request.actor, account_id, to="update")
    return _with_password(
        request,
        _person(account),
        step="reset",
        name=f"account:reset:{account_id}",
        perform=lambda: reset_password(account_id, actor=request.actor),
        login=account.login,
    )


@needs("account", "update")
@require_http_methods(["GET", "POST"])
def reopen(request: ActorRequest, account_id: int) -> HttpResponse:
    account = access_account(request.actor, account_id, to="update")
    return _with_password(
        request,
        _person(account),
        step="reopen",
        name=f"account:reopen:{account_id}",
        perform=lambda: reopen_account(account_id, actor=request.actor),
        login=account.login,
    )


def _person(account: Account) -> Staff | None:
    return Staff.objects.filter(account=account).first()


def _with_password(
    request: ActorRequest, staff: Staff | None, *, step: str, name: str, perform: Callable[[], str], login: str
) -> HttpResponse:
    """The answer itself shows the one-time password: it is kept nowhere, so no later page could."""
    shown: list[str] = []
    errors: dict[str, list[Any]] = {}
    is_repeated = False
    if request.method == "POST":
        sent = send(request, name, lambda: shown.append(perform()))
        errors, is_repeated = sent.errors, sent.is_repeated
    context = {
        "staff": staff,
        "step": step,
        "login": login,
        "password": shown[0] if shown else "",
        "is_repeated": is_repeated,
        "errors": errors,
        "back": f"/settings/staff/{staff.pk}" if staff else "/settings/staff",
    }
    return ui.page(request, "ops/password.html", context, status=422 if errors else 200)


@needs("account", "delete")
@require_http_methods(["GET", "POST"])
def close(request: ActorRequest, account_id: int) -> HttpResponse:
    account = access_account(request.actor, account_id, to="delete")
    staff = _person(account)
    errors: dict[str, list[Any]] = {}
    back = f"/settings/staff/{staff.pk}" if staff else "/settings/staff"
    if request.method == "POST":
        sent = send(request, f"account:close:{account_id}", lambda: close_account(account_id, actor=request.actor))
        if sent.is_done:
            ui.toast(request, _("The account is closed. Its sessions and tokens have ended."))
            return ui.go(request, back)
        errors = sent.errors
    held = held_by(staff.pk) if staff else []
    context: dict[str, Any] = {"account": account, "staff": staff, "held": held, "errors": errors, "back": back}
    context["may_open"] = lambda one: may(request.actor, one.kind, "read")
    return ui.page(request, "ops/account_close.html", context, status=422 if errors else 200)


@needs("account", "update")
@require_POST
@sent_once
def take_off_factor(request: ActorRequest, account_id: int) -> HttpResponse:
    """For who lost the phone and the recovery codes."""
    reset_factor(account_id, actor=request.actor)
    ui.toast(request, _("The second factor is off. All sessions of the person have ended."))
    return ui.go(request, _card(account_id, request))


@needs("account", "update")
@require_POST
@sent_once
def end_sessions(request: ActorRequest, account_id: int) -> HttpResponse:
    end_sessions_of(account_id, actor=request.actor)
    ui.toast(request, _("All sessions of the person have ended."))
    return ui.go(request, _card(account_id, request))


def _card(account_id: int, request: ActorRequest) -> str:
    staff = _person(access_account(request.actor, account_id, to="update"))
    return f"/settings/staff/{staff.pk}" if staff else "/settings/staff"
