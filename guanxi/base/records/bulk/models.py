from __future__ import annotations

from django.db import models
from django.db.models import Q

from guanxi.base.org.models import Account, Staff


class BulkRun(models.Model):
    """One step for many records. The actor is kept, because the job that carries it out acts for that person."""

    KIND = "bulkrun"

    CHOSEN, QUEUED, RUNNING = "chosen", "queued", "running"
    DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
    ENDED = (DONE, FAILED, CANCELLED)

    kind = models.CharField(max_length=40)
    step = models.CharField(max_length=60)
    asked = models.CharField(max_length=6000, blank=True)
    typed = models.JSONField(default=dict)
    is_checked = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=CHOSEN)
    is_undo = models.BooleanField(default=False)
    is_cancel_asked = models.BooleanField(default=False)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    problem = models.JSONField(default=dict)
    actor_label = models.CharField(max_length=120)
    actor_via = models.CharField(max_length=12)
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "-id"], name="bulkrun_staff")]

    @property
    def has_ended(self) -> bool:
        return self.state in self.ENDED

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.QUEUED, self.RUNNING)


class BulkItem(models.Model):
    """A record of a run, frozen when it was ticked. `version`: the one seen then; after the change, the new one."""

    WAITING, REFUSED, SAME, CHANGED, UNDONE, KEPT = "waiting", "refused", "same", "changed", "undone", "kept"

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="items")
    record_id = models.BigIntegerField()
    version = models.IntegerField(null=True)
    outcome = models.CharField(max_length=8, default=WAITING)
    reason = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "record_id"], name="bulkitem_once")]
        indexes = [
            models.Index(fields=["run", "id"], name="bulkitem_waiting", condition=Q(outcome="waiting")),
            models.Index(fields=["run", "outcome", "id"], name="bulkitem_outcome"),
        ]
