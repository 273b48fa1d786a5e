"""The first administrator of an empty installation, and people added from the command line."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.actions.account import open_account
from guanxi.base.org.actions.own import change_own_password
from guanxi.base.org.actions.reading import PostEntry, StaffEntry
from guanxi.base.org.actions.staff import hire_staff, next_staff_number
from guanxi.base.org.actions.unit import UnitEntry, create_unit
from guanxi.base.org.models import Account, Role, Staff, Unit

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Founder:
    company: str
    name: str
    login: str
    password: str


def is_unclaimed() -> bool:
    """Nobody can sign in yet, so the set-up page may be shown."""
    return not Account.objects.exists()


@action("ops:installation:set_up", _("%(who)s set up this installation and became its first administrator."))
def set_up(founder: Founder, *, actor: Actor) -> Account:
    if not is_unclaimed():
        raise Refused(_("This installation has been set up already. Sign in instead."), code="set_up")
    unit = create_unit(UnitEntry(founder.company, "company", kind="company"), actor=actor)
    staff, first = _appoint(founder.name, founder.login, unit=unit, role=ADMINISTRATOR, actor=actor)
    account = _choose_password(staff, first, founder.password)
    # A real company begins safe (ASVS 6.3.3); a demo has no set-up.
    Role.objects.update(needs_second_factor=True)
    trail.record("account", account.pk, actor=actor)
    return account


def add_person(name: str, *, login: str, role: str, unit: str, actor: Actor) -> tuple[Staff, str]:
    """`unit` is a code, "" for the top of the company. Returns the one-time password too."""
    found = Unit.objects.filter(code=unit).first() if unit else Unit.objects.filter(parent=None).order_by("id").first()
    if found is None:
        raise Invalid({"unit": [_("There is no such unit.")]})
    return _appoint(name, login, unit=found, role=role, actor=actor)


def _appoint(name: str, login: str, *, unit: Unit, role: str, actor: Actor) -> tuple[Staff, str]:
    found = Role.objects.filter(key=role).first()
    if found is None:
        raise Invalid({"role": [_("There is no such role.")]})
    today = clock.today()
    entry = StaffEntry(name, next_staff_number(), "", today)
    staff = hire_staff(entry, post=PostEntry(unit.pk, found.pk, today), actor=actor)
    return staff, open_account(staff.pk, login=login, actor=actor)


def _choose_password(staff: Staff, first: str, wanted: str) -> Account:
    account = Account.objects.get(staff=staff)
    themselves = Actor(staff.name, "web", account_id=account.pk, staff_id=staff.pk)
    try:
        return change_own_password(first, wanted, actor=themselves)
    except Invalid as weak:
        raise Invalid({"password": weak.errors.get("new", [])}) from weak
