"""What this room keeps about people, how they are called and reached, and the row that is left of who was erased."""

from __future__ import annotations

from collections.abc import Mapping

from guanxi.base.kernel import clock
from guanxi.base.kernel.personal import (
    ERASERS,
    OF_CUSTOMER,
    About,
    Basis,
    Eraser,
    Held,
    Persons,
    Purpose,
    Sort,
    Table,
    declare,
)

from .models import Contact, Customer, TeamMember, Validity

REACH = Held(Sort.REACH)
BIRTH = Held(Sort.BIRTH)
WORK = Held(Sort.WORK)
WISH = Held(Sort.TRADE)
WORDS = Held(Sort.WORDS)
# What a customer is called who is no longer known.
NOBODY = Held(Sort.NAME, left="—")
FINDING = Held(Sort.NAME, Purpose.SERVICE, Basis.CONTRACT)


def register() -> None:
    names = {"name": NOBODY, "pinyin": FINDING, "initials": FINDING, "search": FINDING}
    birth = {"gender": BIRTH, "birth_on": BIRTH, "birth_is_lunar": BIRTH, "deceased_on": BIRTH}
    work = {"company_name": WORK, "industry": WORK}
    wishes = {"need": WISH, "route": WISH, "remark": WORDS, "own": WORDS}
    declare(
        Table(
            Customer,
            About.CUSTOMER,
            names | {"phone": REACH, "address": REACH} | birth | work | wishes,
            plain="number type",
            kind=Customer.KIND,
            of="id = ANY(%(customers)s)",
        ),
        Table(
            Contact,
            About.CUSTOMER,
            {"name": NOBODY, "phone": REACH, "position": WORK},
            of="customer_id = ANY(%(customers)s) OR id = ANY(%(contacts)s)",
        ),
        Table(TeamMember, About.NOBODY, plain="role from_on to_on"),
        Table(Validity, About.NOBODY, plain="field value", of=OF_CUSTOMER),
    )
    ERASERS.add(Eraser("customers-tombstone", leave_a_tombstone))


def leave_a_tombstone(persons: Persons) -> Mapping[str, int]:
    """Out of every list for good: the row stays, without anybody in it, for what was done with it."""
    rows = Customer.objects.filter(id__in=persons.customers)
    rows.update(removed_at=clock.now(), is_do_not_disturb=True, owner=None)
    return {}
