"""Opening, closing and reopening what signs in; a new one-time password for who forgot theirs (ORG-04, ORG-06)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused

from .. import gate
from ..access import access_staff
from ..attempts import start_anew
from ..departures import open_departure, refuse_unreceived, refuse_while_held
from ..models import Account, ApiToken, Staff
from ..powers import refuse_beyond_own, within_power
from .keyholders import require_keyholder
from .reading import one_time_password, read_login


@action("org:account:opened", _("%(who)s opened this account."))
def open_account(staff_id: int, *, login: str, actor: Actor) -> str:
    """Returns the one-time password, which is kept nowhere and must be changed at the first sign-in."""
    gate.ask(actor, "create", "account")
    staff = access_staff(actor, staff_id, kind="account", to="create", lock=True)
    refuse_beyond_own(actor, staff, kind="account", verb="create")
    if staff.account_id or staff.left_on:
        raise Refused(_("This person already has an account, or has left."), code="account_exists")
    password = one_time_password()
    staff.account = _new_account(read_login(login), password)
    staff.save(update_fields=["account"])
    changes = {"login": [None, staff.account.login]}
    trail.record("account", staff.account.pk, actor=actor, changes=changes, items=[("staff", staff.pk)])
    return password


def _new_account(login: str, password: str) -> Account:
    try:
        with transaction.atomic():
            return Account.objects.create_user(login, password, must_change_password=True, created_at=clock.now())
    except IntegrityError as taken:
        raise Invalid({"login": [_("This login name is taken.")]}) from taken


@action("org:account:password_reset", _("%(who)s set a new one-time password."))
def reset_password(account_id: int, *, actor: Actor) -> str:
    """Returns the one-time password. Every session and API token of the account ends with its next request: somebody
    else may have had the account."""
    gate.ask(actor, "update", "account")
    account = within_power(account_id, actor, to="update")
    password = one_time_password()
    account.set_password(password)
    account.must_change_password = True
    account.password_changed_at = clock.now()
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    end_tokens(account)
    start_anew(account.login)
    trail.record("account", account.pk, actor=actor)
    return password


@action("org:account:closed", _("%(who)s closed this account."))
def close_account(account_id: int, *, actor: Actor) -> None:
    """Refused while the person still holds customers or open duties; `details["held"]` names them (ORG-06); and while
    an announced departure waits for its receiver (ORG-10).
    Sessions and API tokens end with their next request."""
    gate.ask(actor, "delete", "account")
    account = within_power(account_id, actor, to="delete")
    if account.pk == actor.account_id:
        raise Refused(_("You cannot close your own account."), code="own_account")
    if not account.is_active:
        trail.unchanged()
        return
    staff = Staff.objects.filter(account=account).first()
    refuse_while_holding(staff)
    if staff and open_departure(staff.pk):
        refuse_unreceived(staff, actor=actor)
    shut(account)
    trail.record("account", account.pk, actor=actor, changes={"is_active": [True, False]})


def refuse_while_holding(staff: Staff | None) -> None:
    if staff:
        refuse_while_held(staff)


def shut(account: Account) -> None:
    Account.objects.filter(id=account.pk).update(is_active=False)
    end_tokens(account)
    require_keyholder()


def end_tokens(account: Account) -> None:
    ApiToken.objects.filter(account=account, ended_at__isnull=True).update(ended_at=clock.now())


@action("org:account:reopened", _("%(who)s reopened this account."))
def reopen_account(account_id: int, *, actor: Actor) -> str:
    """Returns a one-time password: the old one may be known to others by now. Ended tokens stay ended."""
    gate.ask(actor, "update", "account")
    account = within_power(account_id, actor, to="update")
    if Staff.objects.filter(account=account, left_on__isnull=False).exists():
        raise Refused(_("This person has left the company."), code="left")
    password = one_time_password()
    account.set_password(password)
    account.is_active = account.must_change_password = True
    account.password_changed_at = clock.now()
    account.save(update_fields=["password", "is_active", "must_change_password", "password_changed_at"])
    trail.record("account", account.pk, actor=actor, changes={"is_active": [False, True]})
    return password
