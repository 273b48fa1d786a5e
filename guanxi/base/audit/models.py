"""The trail: entries never change. A sealer will link them later without touching the writers."""

from django.db import models


class Entry(models.Model):
    """One row per action (one head row per batch). `personal` is kept apart so that it can be erased on request."""

    at = models.DateTimeField()
    name = models.CharField(max_length=80)
    via = models.CharField(max_length=12)
    who = models.CharField(max_length=120)
    account_id = models.BigIntegerField(null=True)
    staff_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    personal = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_id", "-id"], name="entry_subject"),
            models.Index(fields=["staff_id", "-id"], name="entry_staff"),
        ]


class Item(models.Model):
    """The records a batch touched, one compact row each."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "subject_id"], name="item_subject")]


class EventRow(models.Model):
    """What changed, ids only, so that readers can follow at their own pace. Kept 90 days."""

    at = models.DateTimeField()
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    ids = models.JSONField()

    class Meta:
        db_table = "audit_event"


class Operation(models.Model):
    """A command the client may repeat: the same key gives the stored answer, never a second effect."""

    account_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "key"], name="operation_once")]
        indexes = [models.Index(fields=["at"], name="operation_at")]
