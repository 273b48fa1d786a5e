"""What people are shown of backups. The store is the truth: these rows are read from it anew when they are lost."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
STATES = {WAITING: _("Waiting"), RUNNING: _("Running"), DONE: _("Done"), FAILED: _("Failed")}
VERIFY = "verify"
# The entry a restore writes into the trail that came back.
RESTORED = "ops:backup:restored"


class BackupPlan(models.Model):
    """One row. `since`: when this installation began to be looked after; before it nothing is late."""

    is_on = models.BooleanField(default=True)
    daily_at = models.TimeField(default=time(2, 30))
    # Monday is 0.
    full_on = models.SmallIntegerField(default=6)
    # 0: nothing between the daily ones.
    every_minutes = models.IntegerField(default=60)
    verifies = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ops_backupplan_one")]


class BackupPlace(models.Model):
    """One row: what the last look at the place found."""

    looked_at = models.DateTimeField()
    label = models.TextField()
    is_same_disk = models.BooleanField()
    # "physical": chains and moments are possible; "logical": full ones only.
    method = models.CharField(max_length=12, blank=True)
    server = models.CharField(max_length=40, blank=True)
    bytes = models.BigIntegerField(default=0)
    # Empty: all is well. Otherwise what kind of trouble, and the words of the program.
    trouble = models.CharField(max_length=20, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ops_backupplace_one")]


class KeptSet(models.Model):
    """A set that lies on the store, as its manifest says. `gone_at`: it is there no longer."""

    set_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, blank=True)
    method = models.CharField(max_length=12, blank=True)
    parent = models.CharField(max_length=80, blank=True)
    # The moment it brings back, by the clock of the machine that made it.
    finished_at = models.DateTimeField(null=True)
    release = models.CharField(max_length=40, blank=True)
    server_version = models.IntegerField(default=0)
    key_check = models.CharField(max_length=32, blank=True)
    remark = models.TextField(blank=True)
    # All that it lists, before sealing; of that the part no other set shares, which is what an incremental one saves.
    size = models.BigIntegerField(default=0)
    own_size = models.BigIntegerField(default=0)
    objects_count = models.IntegerField(default=0)
    trouble = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True)
    is_good = models.BooleanField(null=True)
    verdict = models.TextField(blank=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-finished_at"], name="ops_keptset_finished")]


class BackupRun(models.Model):
    """A backup or a verification: asked for, under way, over. `what` is a kind of set, or "verify"."""

    what = models.CharField(max_length=12)
    is_by_hand = models.BooleanField()
    asked_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=WAITING)
    started_at = models.DateTimeField(null=True)
    # The same by the machine's own clock, as manifests have it.
    real_start = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done_bytes = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(null=True)
    # Made by it, or verified by it.
    set_id = models.CharField(max_length=80, blank=True)
    remark = models.TextField(blank=True)
    trouble = models.CharField(max_length=20, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [
            # One at a time; the second waits for nothing and is told so.
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state__in=[WAITING, RUNNING]), name="ops_backuprun_one"
            )
        ]
        indexes = [models.Index(fields=["-asked_at"], name="ops_backuprun_asked")]

    @property
    def is_under_way(self) -> bool:
        return self.state in {WAITING, RUNNING}


class RestorePlan(models.Model):
    """Somebody wants to restore, somebody else agrees, and what came of it (OPS-13).

    A restore brings back rows of before: the plan is also kept in a file beside the database, and read in from it.
    """

    code = models.CharField(max_length=20, unique=True)
    set_id = models.CharField(max_length=80)
    moment = models.DateTimeField(null=True)
    reason = models.TextField()
    asked_by = models.CharField(max_length=120)
    asked_by_account = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    answered_by = models.CharField(max_length=120, blank=True)
    answered_by_account = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)
    restored_at = models.DateTimeField(null=True)
    report = models.JSONField(null=True)
