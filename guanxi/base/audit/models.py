"""The trail: entries never change; a sealer links them afterwards without touching the writers (sealing.py)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import BrinIndex
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
    # The seal covers the digest of both; erased, the salt goes with the values and the digest stays (erasing.py).
    personal_salt = models.UUIDField(null=True, db_default=RandomUUID())
    personal_digest = models.BinaryField(null=True, max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_id", "-id"], name="entry_subject"),
            models.Index(fields=["staff_id", "-id"], name="entry_staff"),
            models.Index(fields=["name", "-id"], name="entry_name"),
            # Days lie close together in the order of writing.
            BrinIndex(fields=["at"], name="entry_at", pages_per_range=32, autosummarize=True),
        ]


class Item(models.Model):
    """The records a batch touched, one compact row each."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "subject_id"], name="item_subject")]


class Unsealed(models.Model):
    """Entries that wait for their seal; a trigger puts them here in the transaction that writes them, so whatever
    commits late waits as well and nothing is ever overtaken."""

    entry_id = models.BigIntegerField(primary_key=True)


class Seal(models.Model):
    """One link: which entries it covers, what each was, and the link before. `total` counts all entries ever sealed.

    `let_go_*` are of links that retention took away: the last of them, its digest, and how many entries went.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.IntegerField()
    total = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField())
    leaves = ArrayField(models.BinaryField())
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    # The file of heads that this link is written down in outside the database (heads.py).
    anchor = models.CharField(max_length=32)
    # Nothing else waited when it was made: whatever comes in a later one committed after it.
    emptied = models.BooleanField()
    let_go_to = models.BigIntegerField(null=True)
    let_go_digest = models.CharField(max_length=64, blank=True)
    let_go_count = models.BigIntegerField(default=0)


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
