from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff, Unit

from .fileform import FileForm


class Measure(models.TextChoices):
    REGISTERED = "registered", _("Most forms registered")
    COMPLETENESS = "completeness", _("Completeness")
    TRUTHFULNESS = "truthfulness", _("Truthfulness by spot check")


class FileContest(models.Model):
    """The file-quality contest of one quarter (FIL-14): what is measured, what the first gets and the last does."""

    KIND = "filecontest"
    # What the model proposes for the quarters of a year; later ones are free.
    USUAL: ClassVar[dict[int, str]] = {1: "registered", 2: "completeness", 3: "truthfulness", 4: "truthfulness"}

    quarter = models.DateField(unique=True)
    measure = models.CharField(max_length=14, choices=Measure.choices)
    reward = models.CharField(max_length=120, blank=True)
    forfeit = models.CharField(max_length=120, blank=True)
    sample = models.IntegerField(default=10)
    created_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class ContestCheck(models.Model):
    """One form drawn for the spot check, and what was found when its customer was asked."""

    contest = models.ForeignKey(FileContest, on_delete=models.CASCADE, related_name="checks")
    form = models.ForeignKey(FileForm, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    is_true = models.BooleanField(null=True)
    note = models.CharField(max_length=200, blank=True)
    checked_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "form"], name="contestcheck_once")]
