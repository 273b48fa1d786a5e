"""What the pages of loans show: files that can be lent, and files that are out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor

from .filerules import RECORDED
from .models import Custody, FileForm, Loan

MOST_FORMS, MOST_LOANS = 30, 300
# The same words as the evidence of rules, for a loan that came back and for one that is still out.
HAS_RECORD = RECORDED.replace("e.customer_id", "l.customer_id").replace("e.staff_id", "l.owner_id")
HAS_RECORD = HAS_RECORD.replace("e.lent_on", "l.lent_on").replace("e.happened_at", "COALESCE(l.returned_at, %(now)s)")
WITH_RECORD = f"SELECT l.id FROM archive_loan l WHERE l.id = ANY(%(ids)s) AND {HAS_RECORD}"  # noqa: S608 (constants)


def kept_forms(actor: Actor, words: str, *, picked: Sequence[int] = ()) -> list[FileForm]:
    """Those ticked, then those found; without words the newest."""
    rows = FileForm.objects.kept().visible_to(actor).select_related("customer", "representative", "keeper")
    ticked = list(rows.filter(id__in=picked).order_by("id"))
    found = rows.filter(custody=Custody.KEPT).exclude(id__in=picked)
    if words:
        found = found.filter(Q(customer__name__startswith=words) | Q(number=words.upper()))
    return [*ticked, *found.order_by("-completed_on", "-id")[:MOST_FORMS]]


def loans_out(actor: Actor, part: str) -> list[dict[str, Any]]:
    rows = Loan.objects.kept().visible_to(actor).filter(returned_at=None)
    if part == "mine":
        rows = rows.filter(owner_id=actor.staff_id)
    if part == "overdue":
        rows = rows.filter(due_on__lt=clock.today())
    loans = list(rows.select_related("customer", "form", "owner", "keeper").order_by("due_on", "id")[:MOST_LOANS])
    recorded = records_of([loan.pk for loan in loans])
    return [{"loan": loan, "has_record": loan.pk in recorded} for loan in loans]


def records_of(ids: Sequence[int]) -> set[int]:
    given = {"ids": list(ids), "now": clock.now()}
    return {row[0] for row in statements.rows(WITH_RECORD, given)} if ids else set()


def with_record(ids: Sequence[int]) -> int:
    return len(records_of(ids))
