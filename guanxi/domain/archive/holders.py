"""Who holds which file form: counted for the register, and listed where hands are late."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor

from .models import Custody, FileForm, Loan

MOST, CAP = 200, 10_000
ON_THE_WAY = (Custody.REPRESENTATIVE, Custody.TRANSIT, Custody.MANAGER)


@dataclass
class Holder:
    """`counts` by state of custody."""

    staff_id: int
    name: str
    counts: dict[str, int] = field(default_factory=dict)
    overdue: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def holders(actor: Actor) -> list[Holder]:
    """Everybody with a form in hand, the fullest hands first."""
    found: dict[int, Holder] = {}
    rows = _forms(actor).filter(holder__isnull=False).values_list("holder_id", "holder__name", "custody")
    for staff_id, name, custody, count in rows.annotate(forms=Count("id")).order_by():
        found.setdefault(staff_id, Holder(staff_id, name)).counts[custody] = count
    late = Loan.objects.kept().visible_to(actor).filter(returned_at=None, due_on__lt=clock.today())
    for staff_id, count in late.values_list("owner_id").annotate(loans=Count("id")).order_by():
        if staff_id in found:
            found[staff_id].overdue = count
    return sorted(found.values(), key=lambda one: (-one.total, one.staff_id))


def without_holder(actor: Actor) -> int:
    """Kept by doctors without a name, as what was imported; counted up to a limit."""
    return len(_forms(actor).filter(holder=None, custody=Custody.KEPT).values_list("id")[:CAP])


def lost_ones(actor: Actor) -> int:
    return len(_forms(actor).filter(custody=Custody.LOST).values_list("id")[:CAP])


def not_handed_over(actor: Actor) -> list[FileForm]:
    """Filled in before yesterday and still not with the doctor: the day after is the last in time (FIL-07)."""
    rows = _forms(actor).filter(custody__in=ON_THE_WAY, batch_id=None)
    late = rows.filter(completed_on__lt=clock.today() - timedelta(days=1))
    return list(late.select_related("customer", "holder", "representative").order_by("completed_on", "id")[:MOST])


def held_by(actor: Actor, staff_id: int) -> list[FileForm]:
    rows = _forms(actor).filter(holder_id=staff_id)
    return list(rows.select_related("customer", "representative").order_by("custody", "-held_since", "-id")[:MOST])


def way_of(form: FileForm) -> list[Any]:
    return list(form.way.select_related("holder", "giver").order_by("-id")[:20])


def _forms(actor: Actor) -> QuerySet[FileForm]:
    return FileForm.objects.kept().visible_to(actor)


def in_hand(staff_id: int) -> QuerySet[FileForm]:
    """What somebody can hand on: not what is lent to them, nor what is on a list already."""
    rows = FileForm.objects.kept().filter(holder_id=staff_id)
    return rows.exclude(Q(custody=Custody.LENT) | Q(custody=Custody.TRANSIT))
