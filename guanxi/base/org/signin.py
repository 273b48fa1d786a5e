"""Signing in through allauth, with failures counted in PostgreSQL (trust.md 4.13)."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.kernel.actor import Actor

from . import limits
from .limits import Limit
from .models import Account, Staff

trail.NAMES.add(trail.Name("org:account:signed_in", _("%(who)s signed in.")))
trail.NAMES.add(trail.Name("org:account:sign_in_failed", _("A sign-in failed.")))

BLOCKED = _("Too many failed attempts. Wait 15 minutes, or ask an administrator for a new password.")
LANGUAGES = dict(settings.LANGUAGES)
WRONG = _("The login name or the password is not right.")


class Backend(AuthenticationBackend):
    """allauth's own, except that a closed account answers like a wrong password: nobody learns that it exists."""

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> AbstractBaseUser | None:
        if user is None:
            return None
        self._did_check_password = True
        return user if user.check_password(password) and user.is_active else None


class Adapter(DefaultAccountAdapter):
    """Nobody signs up by themselves here: accounts are opened by an administrator or after a request (ORG-05)."""

    error_messages = {**DefaultAccountAdapter.error_messages, "username_password_mismatch": WRONG}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        # allauth's own JSON answers would skip ours.
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        login = str(credentials.get("username", ""))
        if not may_try(login, address_of(request)):
            raise ValidationError(BLOCKED, code="too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if user is not None:
            succeeded(login, address_of(request))
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth would count here in its per-process cache; `authenticate` counts for all processes."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        who = Actor("", "web", address=address_of(request))
        trail.record("account", None, actor=who, name="org:account:sign_in_failed")

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        set_language_cookie(response, user.language)
        request.session.pop("signed_in_at", None)
        trail.record("account", user.pk, actor=_signed_in_as(user, request), name="org:account:signed_in")
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"


def _signed_in_as(user: Account, request: HttpRequest) -> Actor:
    staff = Staff.objects.filter(account=user).first()
    label = staff.name if staff else user.login
    return Actor(label, "web", account_id=user.pk, staff_id=staff.pk if staff else None, address=address_of(request))


def set_language_cookie(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86400,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def may_try(login: str, address: str) -> bool:
    """Every limit is counted even when an earlier one is used up, so that spraying many accounts adds up."""
    verdicts = [limits.take(limit) for limit in _limits(login, address)]
    return all(verdicts)


def succeeded(login: str, address: str) -> None:
    for limit in _limits(login, address):
        limits.give_back(limit)


def _limits(login: str, address: str) -> list[Limit]:
    """Per account and address, so that nobody can lock somebody else out; and per address alone, high enough for an
    office behind one NAT."""
    return [Limit("both", f"{login.lower()[:30]}|{address}", 5), Limit("address", address, 100)]
