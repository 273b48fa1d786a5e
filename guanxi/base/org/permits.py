"""Rows that allow one thing which wants consent: given by whoever decides, used up by the action they allow."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from guanxi.base.kernel import clock

from .models import Permit


def give(staff_id: int, verb: str, kind: str, subject_id: int, *, given_by: int, until: datetime | None = None) -> None:
    """For one use. Part of the action that decides, which also writes the trail."""
    Permit.objects.create(
        staff_id=staff_id, verb=verb, kind=kind, subject_id=subject_id, given_by_id=given_by, until=until
    )


def use(staff_id: int | None, verb: str, kind: str, subject_id: int) -> bool:
    """Takes one use away, in the transaction of what it allows: undone with it."""
    about = Permit.objects.filter(staff_id=staff_id or -1, verb=verb, kind=kind, subject_id=subject_id)
    valid = about.filter(Q(until=None) | Q(until__gt=clock.now()), uses_left__gt=0).order_by("id").first()
    if valid is None:
        return False
    return Permit.objects.filter(id=valid.pk, uses_left__gt=0).update(uses_left=F("uses_left") - 1) == 1
