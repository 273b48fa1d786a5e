"""A violation of data rules: noticed, judged by somebody else, told to whom it must be told, closed (SEC-04)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff
from guanxi.base.records.numbers import numbered
from guanxi.base.records.stored import NEWEST, Stored, indexes_for
from guanxi.base.records.types import Sort


class IncidentSort(models.TextChoices):
    LEAK = "leak", _("Data reached people who should not have it")
    MISUSE = "misuse", _("Used for something else than allowed")
    ACCESS = "access", _("Somebody got in who may not")
    LOSS = "loss", _("Lost or destroyed")
    WRONG = "wrong", _("Changed wrongly")
    OTHER = "other", _("Another violation of the data rules")


class Severity(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    GRAVE = "grave", _("Grave")


class IncidentState(models.TextChoices):
    REPORTED = "reported", _("To be judged")
    CONFIRMED = "confirmed", _("Confirmed, under way")
    DISMISSED = "dismissed", _("No violation")
    CLOSED = "closed", _("Dealt with")


class DataIncident(Stored):
    """`owner` is who reported it. `responsible` is set by whoever judges it, and is never that person."""

    KIND = "dataincident"
    SORTS: ClassVar[tuple[Sort, ...]] = (NEWEST,)

    number = numbered("V")
    title = models.CharField(max_length=120)
    what = models.CharField(max_length=10, choices=IncidentSort.choices, default=IncidentSort.LEAK, db_column="sort")
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MEDIUM)
    noticed_at = models.DateTimeField(default=clock.now)
    happened_on = models.DateField(null=True)
    noticed_by = models.CharField(max_length=120, blank=True)
    description = models.TextField()
    whose = models.CharField(max_length=300, blank=True)
    persons = models.IntegerField(null=True)
    measures = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=IncidentState.choices, default=IncidentState.REPORTED)
    responsible = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    judgement = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(null=True)
    told_whom = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(judged_by=None) | Q(responsible=None) | ~Q(judged_by=F("responsible")),
                name="dataincident_not_by_oneself",
            ),
            models.CheckConstraint(condition=Q(persons=None) | Q(persons__gte=0), name="dataincident_persons"),
        ]
        indexes = [*indexes_for(NEWEST)]

    @property
    def tell_by(self) -> datetime:
        """Until when those whom the law names are to be told."""
        return self.noticed_at + timedelta(hours=settings.DATA_INCIDENT_REPORT_HOURS)

    @property
    def is_to_be_told(self) -> bool:
        return self.told_at is None and self.state in (IncidentState.REPORTED, IncidentState.CONFIRMED)
