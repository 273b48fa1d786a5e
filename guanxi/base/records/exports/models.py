from __future__ import annotations

from typing import Any

from django.db import models

from guanxi.base.org.models import Account, Staff

from ..outsiders import INSIDE, Recipient


class ExportRun(models.Model):
    """A list on its way out as a file. The actor is kept: the job works with that person's rights, asked again.

    `words` is what the address of the list says. `rights` is how far the person saw when the file was made: with less,
    it is not handed out any more. `allowed` is the number of rows that were permitted. `left_out` counts
    rows that a third party does not get for want of consent, `heard` how far
    what people said was known when it was decided.
    """

    KIND = "export"

    ASKED, DECLINED, QUEUED, RUNNING = "asked", "declined", "queued", "running"
    DONE, FAILED, CANCELLED, EXPIRED = "done", "failed", "cancelled", "expired"
    ENDED = (DECLINED, DONE, FAILED, CANCELLED, EXPIRED)
    XLSX, CSV = "xlsx", "csv"
    PEOPLE, MACHINES = "people", "machines"
    UTF8, GB18030 = "utf-8", "gb18030"

    kind = models.CharField(max_length=40)
    words = models.JSONField()
    format = models.CharField(max_length=4)
    audience = models.CharField(max_length=8)
    encoding = models.CharField(max_length=10)
    purpose = models.CharField(max_length=200)
    recipient = models.CharField(max_length=10, default=INSIDE, db_default=INSIDE)
    recipient_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    processor_id = models.BigIntegerField(null=True)
    left_out = models.IntegerField(default=0, db_default=0)
    heard = models.JSONField(null=True)
    state = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    file_name = models.CharField(max_length=200, blank=True)
    rights = models.JSONField(default=dict)
    allowed = models.IntegerField(default=0)
    problem = models.JSONField(default=dict)
    is_cancel_asked = models.BooleanField(default=False)
    actor_label = models.CharField(max_length=120)
    actor_via = models.CharField(max_length=12)
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="exports")
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="exports_decided")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["staff", "-id"], name="exportrun_staff"),
            models.Index(fields=["-id"], condition=models.Q(state="asked"), name="exportrun_asked"),
        ]

    @property
    def goes_to(self) -> Recipient:
        return Recipient(self.recipient, self.recipient_name, self.processor_id)

    @property
    def given(self) -> dict[str, Any]:
        """To whom and without whom, for the trail."""
        return self.goes_to.told | ({"left_out": self.left_out} if self.left_out else {})

    @property
    def has_ended(self) -> bool:
        return self.state in self.ENDED

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.QUEUED, self.RUNNING)


class ExportPart(models.Model):
    """A megabyte of the file. Gone when the file has served its time."""

    run = models.ForeignKey(ExportRun, on_delete=models.CASCADE, related_name="parts")
    position = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="exportpart_once")]
