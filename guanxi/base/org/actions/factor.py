"""Setting up the second factor, new recovery codes, taking it off: one's own, and for somebody who lost the device."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.kernel.sealed import seal

from .. import factors, gate, limits, sessions
from ..models import Account, RecoveryCode, SecondFactor
from ..powers import within_power
from .own import own_account

CODES = 10
# Letters and figures that are not mistaken for each other.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@action("org:factor:set_up", _("%(who)s set up a second factor."))
def set_up_factor(secret: str, code: str, *, actor: Actor) -> list[str]:
    """Returns the recovery codes, which are kept only as digests. All other sessions of the account end."""
    account = own_account(actor)
    if account.second_factor_at:
        raise Refused(_("There is a second factor already."), code="factor_exists")
    step = factors.step_of(secret, "".join(code.split()))
    if step is None:
        raise Invalid({"code": [_("This code is not right. Is the clock of the phone right?")]})
    SecondFactor.objects.create(account=account, secret=seal(secret), last_step=step)
    account.second_factor_at = clock.now()
    account.save(update_fields=["second_factor_at"])
    trail.record("account", account.pk, actor=actor)
    return _new_codes(account)


@action("org:factor:codes_renewed", _("%(who)s made new recovery codes."))
def renew_codes(*, actor: Actor) -> list[str]:
    account = own_account(actor)
    if account.second_factor_at is None:
        raise Refused(_("There is no second factor yet."), code="no_factor")
    trail.record("account", account.pk, actor=actor)
    return _new_codes(account)


@action("org:factor:taken_off", _("%(who)s took off the second factor."))
def take_off_factor(*, actor: Actor) -> None:
    """Not while the role or this installation wants one."""
    account = own_account(actor)
    if factors.is_required(account):
        raise Refused(_("Your role needs a second factor. You can move it to another phone, but not go without."))
    _take_off(account)
    trail.record("account", account.pk, actor=actor)


@action("org:factor:reset", _("%(who)s took off somebody's second factor."))
def reset_factor(account_id: int, *, actor: Actor) -> None:
    """For a lost device. Where one is needed the next sign-in asks to set it up anew. All sessions end."""
    gate.ask(actor, "update", "account")
    account = within_power(account_id, actor, to="update")
    if account.pk == actor.account_id:
        raise Refused(_("You cannot take off your own second factor here."), code="own_account")
    if account.second_factor_at is None:
        trail.unchanged()
        return
    _take_off(account)
    sessions.end_all(account.pk)
    trail.record("account", account.pk, actor=actor)


def _take_off(account: Account) -> None:
    SecondFactor.objects.filter(account=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
    Account.objects.filter(pk=account.pk).update(second_factor_at=None)
    limits.forget("code", key=str(account.pk))


def _new_codes(account: Account) -> list[str]:
    codes: dict[str, str] = {}
    while len(codes) < CODES:
        code = "".join(secrets.choice(ALPHABET) for _place in range(16))
        # Those of an app are figures alone.
        if not code.isdecimal():
            codes[code[:4]] = code
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, label=label, digest=make_password(code[4:])) for label, code in codes.items()
    )
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes.values()]
