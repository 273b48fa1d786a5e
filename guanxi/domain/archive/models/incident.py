from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff
from guanxi.base.records.numbers import numbered
from guanxi.base.records.stored import NEWEST, Stored, indexes_for
from guanxi.base.records.types import Sort
from guanxi.core.customers.models import Customer

from .fileform import FileForm


class IncidentKind(models.TextChoices):
    LOST = "lost", _("Gone missing")
    DAMAGED = "damaged", _("Damaged")
    INCOMPLETE = "incomplete", _("Incomplete")


class Severity(models.TextChoices):
    MINOR = "minor", _("Minor")
    MODERATE = "moderate", _("Moderate")
    SEVERE = "severe", _("Severe")


# KPI-11: what is proposed for each severity, in yuan. The amount of one incident may differ within these bounds.
PENALTIES = {Severity.MINOR: Decimal(50), Severity.MODERATE: Decimal(200), Severity.SEVERE: Decimal(500)}
LEAST, MOST = Decimal(50), Decimal(500)


class Incident(Stored):
    """A file form lost, damaged or incomplete (FIL-10). `owner` is the person concerned, who replaces it."""

    KIND = "incident"
    SORTS: ClassVar[tuple[Sort, ...]] = (NEWEST,)

    number = numbered("S")
    form = models.ForeignKey(FileForm, on_delete=models.PROTECT, related_name="incidents")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=IncidentKind.choices)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MODERATE)
    penalty = models.DecimalField(max_digits=10, decimal_places=2)
    description = models.TextField()
    reported_on = models.DateField()
    reporter = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True)
    replaced_with = models.CharField(max_length=80, blank=True)
    # Who has seen the new form; never the person concerned.
    confirmed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form"], condition=Q(replaced_at=None, removed_at=None), name="incident_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(penalty__gte=LEAST, penalty__lte=MOST), name="incident_penalty_range"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("owner")), name="incident_not_by_oneself"
            ),
        ]
        indexes = [*indexes_for(NEWEST)]
