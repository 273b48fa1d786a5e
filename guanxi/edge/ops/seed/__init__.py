"""A demo company with ten weeks behind it, for `make up` on an empty database."""

from __future__ import annotations

from random import Random

from django.db import transaction

from guanxi.base.kernel import clock
from guanxi.base.org.calendar import fill_calendar
from guanxi.base.org.models import Account, Role, Staff, Unit
from guanxi.domain.archive.controlled import load_templates
from guanxi.edge.ops.roles import load_roles
from guanxi.edge.ops.welcome_list import SignIn

from .cast import PASSWORD, PEOPLE, Person
from .company import found_company, staff_by_login
from .history import live_through
from .inbox import read_old_messages
from .people import store_guests
from .plan import make_plan
from .safety import keep_safe

__all__ = ["load", "sign_ins", "still_open"]


def load() -> None:
    """Builds everything, or does nothing when anybody works here already. The same dice give the same company."""
    if Staff.objects.exists():
        return
    dice = Random(20260113)  # noqa: S311 (a demo, not a secret)
    with transaction.atomic():
        load_roles()
        load_templates()
        fill_calendar(clock.today().year - 1, clock.today().year + 2)
        found_company()
        staff, plan = staff_by_login(), make_plan(dice)
        store_guests(plan, staff)
        live_through(plan, staff, dice)
        read_old_messages()
        keep_safe(staff)


def still_open() -> list[Person]:
    """Whose account the demo's password opens, in the order of the company."""
    accounts = {a.login: a for a in Account.objects.filter(login__in=[p.login for p in PEOPLE], is_active=True)}
    # All share one hash until somebody changes a password, so that this tries hardly more than one.
    opens = {a.password: a.check_password(PASSWORD) for a in {a.password: a for a in accounts.values()}.values()}
    return [p for p in PEOPLE if p.login in accounts and opens[accounts[p.login].password]]


def sign_ins() -> list[SignIn]:
    roles = {role.key: role.name for role in Role.objects.all()}
    units = dict(Unit.objects.values_list("code", "name"))
    return [
        SignIn(p.jobs[0].role, roles[p.jobs[0].role], p.name, units[p.jobs[0].unit], p.login, PASSWORD)
        for p in still_open()
    ]
