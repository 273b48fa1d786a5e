"""What everybody may do about their own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed

from ..models import Account


def own_account(actor: Actor) -> Account:
    account = Account.objects.select_for_update().filter(id=actor.account_id, is_active=True).first()
    if account is None:
        raise NotAllowed()
    return account


@action("org:account:password_changed", _("%(who)s changed the own password."))
def change_own_password(old: str, new: str, *, actor: Actor) -> Account:
    """All other sessions of the account end. The caller has counted the try."""
    account = own_account(actor)
    _check(account, old, new)
    account.set_password(new)
    account.must_change_password = False
    account.password_changed_at = clock.now()
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    trail.record("account", account.pk, actor=actor)
    return account


def _check(account: Account, old: str, new: str) -> None:
    if not account.check_password(old):
        raise Invalid({"old": [_("This is not your present password.")]})
    if new == old:
        raise Invalid({"new": [_("The new password must differ from the present one.")]})
    if len(new) > 128:
        raise Invalid({"new": [_("At most %(count)s characters.") % {"count": 128}]})
    try:
        validate_password(new, account)
    except ValidationError as weak:
        raise Invalid({"new": _sentences(weak)}) from weak


def _sentences(weak: ValidationError) -> list[Any]:
    """Our own words for the faults Django names by code."""
    words = {
        "password_too_short": _("Use at least 10 characters."),
        "password_too_common": _("This password is among the most used ones and would be guessed first."),
        "password_not_mixed": _("Mix at least three of: small letters, capital letters, figures, other characters."),
        "password_too_similar": _("This password is too close to the login name."),
    }
    return [words.get(error.code, error.message) for error in weak.error_list]


@action("org:account:language_chosen", _("%(who)s chose the language."))
def choose_language(code: str, *, actor: Actor) -> None:
    if code not in dict(settings.LANGUAGES):
        raise Invalid({"language": [_("This language is not offered.")]})
    account = own_account(actor)
    if account.language == code:
        trail.unchanged()
        return
    trail.record("account", account.pk, actor=actor, changes={"language": [account.language, code]})
    Account.objects.filter(id=account.pk).update(language=code)
