from __future__ import annotations

from django.db import models

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.org.visible import ScopedQuerySet

from .duty import Duty


class DayCheckQuerySet(ScopedQuerySet["DayCheck"]):
    def visible_to(self, actor: Actor, verb: str = "read") -> DayCheckQuerySet:
        scope = scope_of(actor, DayCheck.KIND, verb)
        return self if scope.everything else self.filter(staff_id__in=scope.staff_ids)


class DayCheck(models.Model):
    """Somebody went through the day's callbacks of the people in sight and closed the day (21.13). One per person and
    day; `counts` is what the board showed when it was closed."""

    KIND = "daycheck"

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="day_checks")
    day = models.DateField()
    counts = models.JSONField(default=dict)
    remark = models.CharField(max_length=500, blank=True, default="")
    closed_at = models.DateTimeField()

    objects = DayCheckQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "day"], name="daycheck_once")]

    @property
    def is_afterwards(self) -> bool:
        """Closed when the day was over already (补录)."""
        return clock.local_date(self.closed_at) > self.day


class Guidance(models.Model):
    """What a superior or doctor advises about one duty; whoever has it is told."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="guidance")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
