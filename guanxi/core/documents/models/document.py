"""Files on records. What a file is called by its owner is data; where it lies is ours (`DocumentVersion.stored`)."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff

LONGEST_NAME = 500


class Label(models.TextChoices):
    """What a file is worth as evidence: the words of `evidence: {file: [...]}`."""

    MINUTES = "minutes", _("Minutes")
    RECEIPT = "receipt", _("Receipt")
    PHOTO = "photo", _("Photo")
    SCAN = "scan", _("Scan")
    OTHER = "other", _("Other file")


class DocumentQuerySet(models.QuerySet["Document"]):
    def kept(self) -> DocumentQuerySet:
        return self.filter(removed_at__isnull=True)

    def on(self, kind: str, record_id: int) -> DocumentQuerySet:
        return self.filter(record_kind=kind, record_id=record_id)


class Document(models.Model):
    """A file on any record, seen by whoever sees the record (registry.RECORDS). `latest` is the number of the version
    that counts; removed ones keep their files until they are purged."""

    KIND = "document"

    record_kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    label = models.CharField(max_length=10, choices=Label.choices, default=Label.OTHER)
    title = models.CharField(max_length=LONGEST_NAME)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    latest = models.IntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("record_kind"), F("record_id"), F("id").desc(), name="document_record"),
            models.Index(fields=["staff", "-created_at"], name="document_staff"),
        ]


class Thumbnail(models.TextChoices):
    NONE = "none", _("No picture")
    WAITING = "waiting", _("Picture to come")
    MADE = "made", _("With picture")


class Scan(models.TextChoices):
    """What a scanner for malicious code said; a file that waits and one that is infected leave for nobody."""

    NONE = "none", _("Not checked")
    WAITING = "waiting", _("Being checked")
    CLEAN = "clean", _("Passed the check")
    INFECTED = "infected", _("Malicious code found")


class DocumentVersion(models.Model):
    """Never changes once written, but for what is found out about it. `detected` is what the content says, never what
    the browser said."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    name = models.CharField(max_length=LONGEST_NAME)
    stored = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    detected = models.CharField(max_length=100)
    thumbnail = models.CharField(max_length=8, choices=Thumbnail.choices, default=Thumbnail.NONE)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NONE, db_default="none")
    # The scanner's name of what it found.
    found = models.CharField(max_length=100, default="", db_default="", blank=True)
    # Also of a try that came to no verdict.
    scanned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]
