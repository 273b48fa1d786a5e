"""Who may reach which customer."""

from __future__ import annotations

from django.db.models import Q

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Reach
from guanxi.base.records.reveal import reveals

from .models import Customer

KIND = Customer.KIND


def access_customer(actor: Actor, customer_id: int, *, to: str = "read", lock: bool = False) -> Customer:
    """Raises Missing (not there, in the bin, or not yours) or NotAllowed (may be read, but not this)."""
    return Customer.objects.kept().access(actor, customer_id, to=to, lock=lock)


def give_reach(customer_id: int, staff_id: int, *, why: str, level: str = "read") -> None:
    Reach.objects.update_or_create(
        kind=KIND, record_id=customer_id, staff_id=staff_id, why=why, defaults={"level": level, "until": None}
    )


def level_of(actor: Actor, customer: Customer, staff_id: int) -> str:
    """Who is asked to work on a customer must see the number; nobody lends themselves more than they see already."""
    is_own = staff_id == actor.staff_id
    return "read" if is_own and not reveals(actor, KIND, customer) else "work"


def take_reach(customer_id: int, staff_id: int, *, why: str) -> None:
    Reach.objects.filter(Q(kind=KIND, record_id=customer_id, staff_id=staff_id, why=why)).delete()
