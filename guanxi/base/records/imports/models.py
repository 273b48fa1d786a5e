from __future__ import annotations

from django.db import models
from django.db.models import Q, Value

from guanxi.base.org.models import Account, Staff


class ImportRun(models.Model):
    """One file on its way in. The actor is kept, because the job that carries it out acts for that person."""

    KIND = "import"

    UPLOADED, MAPPED, QUEUED, RUNNING = "uploaded", "mapped", "queued", "running"
    DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
    UNDOING, UNDONE = "undoing", "undone"
    ENDED = (DONE, FAILED, CANCELLED, UNDONE)

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
    # A trial does everything and rolls back; its figures stay here. `pairs`: rows and the records they mean.
    is_trial = models.BooleanField(default=False, db_default=False)
    trial = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    pairs = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    decisions = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # Other sheets that come in with this one: kind, table and mapping of each.
    also = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # Kind to the first and last id of what came in; and what an undoing did.
    made = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    undo = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
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
        return self.state in (self.QUEUED, self.RUNNING, self.UNDOING)


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
    # Empty for the sheet that the import is about.
    sheet = models.CharField(max_length=80, default="", db_default="")
    line = models.IntegerField()
    cells = models.JSONField()
    reasons = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["run", "line"], name="importrow_line")]


class ImportMark(models.Model):
    """A row that came in once: the same row is known again, whatever became of the record. `run_id` says when.

    No foreign key: a hundred thousand rows would each look up the same run.
    """

    mark = models.UUIDField(primary_key=True)
    run_id = models.BigIntegerField(db_index=True)


class ImportChange(models.Model):
    """How a record looked before an import changed it, for as long as the import can be undone."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    # The record's version after the import: another one now says that somebody changed it since.
    version = models.IntegerField()
    before = models.JSONField()


class SavedMapping(models.Model):
    """Which column of a file is which of ours, kept for all who import. Without a name it is the last one used."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=60, default="", db_default="", blank=True)
    # A digest of the headers, and our column to the header it was under.
    headers = models.CharField(max_length=64)
    columns = models.JSONField()
    staff = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "headers"], condition=Q(name=""), name="savedmapping_headers_once"),
            models.UniqueConstraint(fields=["kind", "name"], condition=~Q(name=""), name="savedmapping_name_once"),
        ]
