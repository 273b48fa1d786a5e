"""The second factor: codes of an authenticator app, recovery codes, and who needs them.

allauth keeps used codes in a cache of each process; with several processes a code would open several times. Ours are
counted and used up in PostgreSQL.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.http import HttpRequest

from guanxi.base.kernel import clock
from guanxi.base.kernel.sealed import unseal

from . import limits
from .access import current_posts
from .limits import Limit
from .models import Account, RecoveryCode, SecondFactor

PERIOD, DIGITS = 30, 6
# Clocks of phones are a little off.
STEPS_OFF = (-1, 0, 1)
PASSED, TO_SET_UP, SECRET = "second_factor_passed", "second_factor_to_set_up", "second_factor_secret"
PRIVILEGED = ("administrator", "auditor")


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def may_try(account: Account) -> bool:
    """Only reached with the right password, so counting per account locks nobody else out."""
    return limits.take(Limit("code", str(account.pk), 5))


def is_right(account: Account, code: str) -> bool:
    """Takes the code: neither kind opens twice."""
    typed = "".join(code.split()).replace("-", "").lower()
    is_taken = _takes_period(account, typed) if typed.isdecimal() else _takes_recovery(account, typed)
    if is_taken:
        limits.give_back(Limit("code", str(account.pk), 5))
    return is_taken


def _takes_period(account: Account, code: str) -> bool:
    factor = SecondFactor.objects.filter(account=account).first()
    step = step_of(unseal(factor.secret), code) if factor else None
    if step is None:
        return False
    # One statement: of two processes with the same code one finds it used.
    return bool(SecondFactor.objects.filter(account=account, last_step__lt=step).update(last_step=step))


def step_of(secret: str, code: str) -> int | None:
    """Which period the code is of, if one near now."""
    if not secret or not (code.isascii() and len(code) == DIGITS):
        return None
    now = int(clock.now().timestamp()) // PERIOD
    app = app_of(secret)
    matching = [
        now + off for off in STEPS_OFF if secrets.compare_digest(app.generate((now + off) * PERIOD), code.encode())
    ]
    return max(matching, default=None)


def app_of(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), PERIOD, enforce_key_length=False)  # noqa: S303  (what the apps speak)


def address_for_app(secret: str, *, login: str) -> str:
    return app_of(secret).get_provisioning_uri(login, "Guanxi")


def _takes_recovery(account: Account, code: str) -> bool:
    unused = RecoveryCode.objects.filter(account=account, label=code[:4], used_at=None).first()
    if unused is None or not check_password(code[4:], unused.digest):
        return False
    return bool(RecoveryCode.objects.filter(pk=unused.pk, used_at=None).update(used_at=clock.now()))


def is_required(account: Account) -> bool:
    policy = settings.REQUIRE_SECOND_FACTOR
    if policy in ("all", "none"):
        return bool(policy == "all")
    wanted = Q(role__needs_second_factor=True)
    if policy == "privileged":
        wanted |= Q(role__key__in=PRIVILEGED)
    return current_posts().filter(wanted, staff__account=account).exists()


def ask_for(request: HttpRequest, account: Account) -> None:
    """At the sign-in; the middleware then leads to the page that sets it up."""
    request.session.pop(TO_SET_UP, None)
    if account.second_factor_at is None and is_required(account):
        request.session[TO_SET_UP] = True


def mark(session: SessionBase, account: Account) -> None:
    """This session passed, for the factor as it is now."""
    session[PASSED] = account.second_factor_at.isoformat() if account.second_factor_at else ""
    session.pop(TO_SET_UP, None)


def is_passed(session: SessionBase, account: Account) -> bool:
    """Whichever way a session came to be: without the mark it speaks for nobody who has a second factor."""
    return account.second_factor_at is None or session.get(PASSED) == account.second_factor_at.isoformat()
