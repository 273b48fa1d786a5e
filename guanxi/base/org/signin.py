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
from guanxi.base.audit.events import Event, publish
from guanxi.base.kernel.actor import Actor
from guanxi.base.ui.ways import own_path

from . import devices, events, factors, passwords, sessions
from .addresses import address_of
from .attempts import Attempt, count_failure, minutes_until
from .models import Account, Staff
from .stage import Stage

trail.NAMES.add(trail.Name("org:account:signed_in", _("%(who)s signed in.")))
trail.NAMES.add(trail.Name("org:account:sign_in_failed", _("A sign-in failed.")))

trail.NAMES.add(trail.Name("org:account:sprayed", _("Many sign-ins failed within ten minutes.")))

BLOCKED = _("Too many failed attempts. Wait 15 minutes, or ask an administrator for a new password.")
SLOWED = _("Many tries failed for this login name. Wait %(minutes)s min, or use a browser you signed in with before.")
WRONG_CODE = _("This code is not right, or it was used already. A new one appears every 30 seconds.")
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

    def is_safe_url(self, url: str | None) -> bool:
        return bool(url) and own_path(url) == url

    def get_login_stages(self) -> list[Any]:
        return [Stage]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        attempt = Attempt(str(credentials.get("username", "")), address_of(request))
        if not attempt.may_try():
            self.authentication_failed(request)
            raise ValidationError(BLOCKED, code="too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if attempt.is_under_attack() and not _is_proven(request, user):
            self._slow_down(request, attempt, user)
        if user is not None:
            attempt.succeeded()
        return user

    def _slow_down(self, request: HttpRequest, attempt: Attempt, user: AbstractBaseUser | None) -> None:
        """After the password was checked, and whether or not it was right: the answer tells nothing about either."""
        opens_at = attempt.may_after_waiting()
        if opens_at is None:
            return
        if user is not None:
            self.authentication_failed(request)
        raise ValidationError(SLOWED % {"minutes": minutes_until(opens_at)}, code="too_many_login_attempts")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth would count here in its per-process cache; `authenticate` counts for all processes."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        who = Actor("", "web", address=address_of(request))
        trail.record("account", None, actor=who, name="org:account:sign_in_failed")
        if count_failure():
            entry = trail.record("account", None, actor=Actor.system("sign-in"), name="org:account:sprayed")
            publish(Event(events.SPRAYED, "entry", [entry.pk]), actor=Actor.system("sign-in"))

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        set_language_cookie(response, user.language)
        devices.remember(request, response, user.pk)
        sessions.begin(request, address=address_of(request))
        factors.ask_for(request, user)
        passwords.end_when_old(user)
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


def _is_proven(request: HttpRequest, user: AbstractBaseUser | None) -> bool:
    """By more than the password: the second factor is asked for next, or this browser is an old acquaintance."""
    return isinstance(user, Account) and bool(user.second_factor_at or devices.is_known(request, user.pk))
