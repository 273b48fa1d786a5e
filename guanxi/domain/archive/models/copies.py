"""The register of copies: every print, copy, file and showing of a controlled form (FIL-11, FIL-12)."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.visible import ScopedQuerySet


class CopyKind(models.TextChoices):
    PRINT = "print", _("Printed")
    COPY = "copy", _("Copied")
    EXPORT = "export", _("Exported")
    SHOW = "show", _("Shown to the customer")


class CopyEntry(models.Model):
    """One row of the register; never changed. Without a subject it was a whole list, of `rows` forms."""

    KIND = "copyentry"
    # Seen by whoever answers for who copied, or reads the form.
    SCOPE_KIND = "fileform"
    SCOPE_OWNER = "staff_id"
    SCOPE_RECORD = "subject_id"

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=40, blank=True)
    copied = models.CharField(max_length=8, choices=CopyKind.choices)
    number = models.CharField(max_length=20, blank=True)
    copies = models.IntegerField(default=1)
    rows = models.IntegerField(default=1)
    purpose = models.CharField(max_length=200, blank=True)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet["CopyEntry"].as_manager()

    class Meta:
        indexes = [
            models.Index(F("id").desc(), name="copyentry_new"),
            models.Index(F("subject_kind"), F("subject_id"), F("id").desc(), name="copyentry_subject"),
        ]
