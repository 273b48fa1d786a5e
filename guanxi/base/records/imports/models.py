from __future__ import annotations

from django.db import models
from django.db.models import Value

from guanxi.base.org.models import Account, Staff


class ImportRun(models.Model):
    """One file on its way in. The actor is kept, because the job that carries it out acts for that person."""

    KIND = "import"

    UPLOADED, MAPPED, QUEUED, RUNNING = "uploaded", "mapped", "queued", "running"
    DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
    ENDED = (DONE, FAILED, CANCELLED)

    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    encoding = models.CharField(max_length=10)
    delimiter = models.CharField(max_length=1)
    # All tables of the file (tables.Table), the one that is taken in, and what is to be known of the whole file.
    tables = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    table = models.IntegerField(default=0, db_default=0)
    notes = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # Of the table that is taken in.
    header_row = models.IntegerField(default=0)
    headers = models.JSONField(default=list)
    is_doubtful = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=UPLOADED)
    mapping = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    stage = models.CharField(max_length=10, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    is_cancel_asked = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    actor_label = models.CharField(max_length=120)
    actor_via = models.CharField(max_length=12)
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "-id"], name="importrun_staff")]

    @property
    def has_ended(self) -> bool:
        return self.state in self.ENDED

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.QUEUED, self.RUNNING)


class ImportPart(models.Model):
    """A megabyte of rows (JSON, see confined/wire.py), or of the file itself while it may be read in another encoding.

    So neither writing nor reading ever holds it whole. Gone when the run ends.
    """

    RAW = -1

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    table = models.IntegerField(default=RAW, db_default=RAW)
    position = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "table", "position"], name="importpart_place_once")]


class ImportRow(models.Model):
    """A row that was refused, as it stood in the file, with every reason. `line` is the row a spreadsheet shows."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refused")
    line = models.IntegerField()
    cells = models.JSONField()
    reasons = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["run", "line"], name="importrow_line")]
