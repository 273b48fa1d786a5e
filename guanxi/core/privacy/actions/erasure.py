"""Erasing a person everywhere, with a certificate; and again after a restore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, Refused
from guanxi.base.kernel.personal import ERASERS, HOLDS, Persons
from guanxi.base.org import gate
from guanxi.base.org.models import Restriction
from guanxi.core.customers import events as told
from guanxi.core.customers.models import Contact, Customer

from .. import ledger
from ..holding import erase_held, persons_of
from ..models import Erasure, PersonRequest, SetApart
from ..setting_apart import put_away

KIND = PersonRequest.KIND
ERASED_REASON = "erased"
EVERYBODY = "SELECT 'customer', c.id, c.id, c.created_at FROM customers_customer c UNION ALL \
SELECT 'contact', p.id, p.customer_id, c.created_at FROM customers_contact p \
JOIN customers_customer c ON c.id = p.customer_id"


def reasons_against(customers: Sequence[int]) -> list[Any]:
    return [reason for hold in HOLDS for reason in hold.reasons(customers)]


@action("privacy:customer:erased", _("%(who)s erased a person everywhere, with a certificate."))
def erase_customer(customer_id: int, *, actor: Actor) -> Erasure:
    """Raises Refused with the reasons while something stands in the way. Nothing brings the person back."""
    gate.ask(actor, "update", KIND)
    customer = Customer.objects.select_for_update().filter(id=customer_id).first()
    if customer is None:
        raise Missing()
    if reasons := reasons_against([customer_id]):
        raise Refused(
            _("This person cannot be erased yet: %(reasons)s") % {"reasons": " ".join(map(str, reasons))},
            code="erasing_held",
        )
    return _erase(Customer.KIND, customer_id, customer_id, customer.created_at, actor=actor)


@action("privacy:contact:erased", _("%(who)s erased a contact everywhere, with a certificate."))
def erase_contact(contact_id: int, *, actor: Actor) -> Erasure:
    gate.ask(actor, "update", KIND)
    contact = Contact.objects.select_related("customer").filter(id=contact_id).first()
    if contact is None:
        raise Missing()
    return _erase("contact", contact_id, contact.customer_id, contact.customer.created_at, actor=actor)


def _erase(
    kind: str, record_id: int, customer_id: int, made_at: datetime, *, actor: Actor, is_replayed: bool = False
) -> Erasure:
    digest = ledger.digests_of(kind, record_id, made_at)[0]
    is_customer = kind == Customer.KIND
    persons = persons_of([customer_id]) if is_customer else persons_of([], [record_id])
    counts = _empty_everything(persons)
    if is_customer:
        put_away([customer_id], clock.now())
        _close_for_good(customer_id)
    certificate, _new = Erasure.objects.get_or_create(
        digest=digest,
        defaults={
            "at": clock.now(),
            "staff_id": actor.staff_id,
            "who": actor.label[:120],
            "counts": counts,
            "is_replayed": is_replayed,
        },
    )
    trail.record(Erasure.KIND, certificate.pk, actor=actor, changes={"count": sum(counts.values())})
    if is_customer:
        events.publish(Event(told.REMOVED, Customer.KIND, [customer_id]), actor=actor)
    if not is_replayed:
        # The erasing is done by then, whatever the disk says; `keep_up` adds what was left out.
        transaction.on_commit(lambda: ledger.write([(digest, certificate.at)]), robust=True)
    return certificate


def _empty_everything(persons: Persons) -> dict[str, int]:
    """First where only the words lead, then what is linked: afterwards nobody knows the words any more."""
    counts: Counter[str] = Counter()
    for eraser in ERASERS:
        counts.update(eraser.erase(persons))
    counts.update(erase_held(persons))
    return {table: count for table, count in sorted(counts.items()) if count}


def _close_for_good(customer_id: int) -> None:
    """No step is open towards the row that is left, and no lifting of what set the person apart opens one."""
    SetApart.objects.filter(customer_id=customer_id, lifted_at=None).update(lifted_at=clock.now())
    closed = Restriction.objects.filter(kind=Customer.KIND, subject_id=customer_id, verb="*")
    if not closed.update(reason=ERASED_REASON):
        Restriction.objects.create(kind=Customer.KIND, subject_id=customer_id, verb="*", reason=ERASED_REASON)


def replay_ledger() -> int:
    """After a restore, before anybody comes in: whoever was erased since the backup is erased again. Says how many."""
    wanted = set(ledger.written()) - set(Erasure.objects.values_list("digest", flat=True))
    if not wanted:
        return 0
    found = [
        row for row in statements.rows(EVERYBODY) if wanted.intersection(ledger.digests_of(row[0], row[1], row[3]))
    ]
    for kind, record_id, customer_id, made_at in found:
        erase_again(kind, record_id, customer_id, made_at, actor=Actor.system("privacy"))
    return len(found)


@action("privacy:customer:erased_again", _("%(who)s erased a person again who came back with a restored backup."))
def erase_again(kind: str, record_id: int, customer_id: int, made_at: datetime, *, actor: Actor) -> None:
    _erase(kind, record_id, customer_id, made_at, actor=actor, is_replayed=True)
