"""Who may reach which member of staff, unit and account."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NotAllowed

from .models import Account, Post, Staff, Unit
from .scopes import scope_of


def current_posts() -> QuerySet[Post]:
    today = clock.today()
    return Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)


def standing_posts() -> QuerySet[Post]:
    """Held today or later."""
    return Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()))


def staff_visible_to(actor: Actor, *, kind: str = "staff", verb: str = "read") -> QuerySet[Staff]:
    scope = scope_of(actor, kind, verb)
    if scope.everything:
        return Staff.objects.all()
    within = standing_posts().filter(unit_id__in=scope.unit_ids).values("staff_id")
    return Staff.objects.filter(Q(id__in=scope.staff_ids) | Q(id__in=within))


def access_staff(actor: Actor, staff_id: int, *, kind: str = "staff", to: str = "read", lock: bool = False) -> Staff:
    """Raises Missing, or NotAllowed when the person may be read but not this."""
    rows = staff_visible_to(actor, kind=kind, verb=to)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=staff_id).first()
    if found is None and staff_visible_to(actor).filter(id=staff_id).exists():
        raise NotAllowed()
    if found is None:
        raise Missing()
    return found


def unit_name(unit_id: int) -> str:
    """How the company is made up is nobody's secret."""
    return str(statements.value("SELECT name FROM org_unit WHERE id = %s", [unit_id]) or "")


def units_visible_to(actor: Actor, *, kind: str = "unit", verb: str = "read") -> QuerySet[Unit]:
    scope = scope_of(actor, kind, verb)
    return Unit.objects.all() if scope.everything else Unit.objects.filter(id__in=scope.unit_ids)


def access_unit(actor: Actor, unit_id: int, *, kind: str = "unit", to: str = "read", lock: bool = False) -> Unit:
    rows = units_visible_to(actor, kind=kind, verb=to)
    found = (rows.select_for_update() if lock else rows).filter(id=unit_id).first()
    if found is None:
        raise Missing()
    return found


def access_account(actor: Actor, account_id: int, *, to: str = "read", lock: bool = False) -> Account:
    """Accounts go with their person; one without a person only with all of them."""
    rows = Account.objects.all()
    if not scope_of(actor, "account", to).everything:
        rows = rows.filter(staff__in=staff_visible_to(actor, kind="account", verb=to))
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=account_id).first()
    if found is None:
        raise Missing()
    return found
