from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.records.stored import Stored, indexes_for
from guanxi.base.records.types import Sort
from guanxi.core.customers.models import Customer

from .fileform import FileForm


class EventKind(models.TextChoices):
    GATHERING = "gathering", _("Gathering")
    TRIP = "trip", _("Trip")
    DINNER = "dinner", _("Dinner")


LATEST = Sort("day", _("Day"), "held_on")


class Attendance(Stored):
    """Somebody took part in an event (参加名单); a file form is filled in the same day (FIL-06).

    `owner` is the representative, and follows the customer to the next one.
    """

    KIND = "attendance"
    SORTS: ClassVar[tuple[Sort, ...]] = (LATEST,)

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="attendances")
    event_name = models.CharField(max_length=80)
    event_kind = models.CharField(max_length=10, choices=EventKind.choices, default=EventKind.GATHERING)
    held_on = models.DateField()
    purchased = models.BooleanField(default=False)
    file_form = models.ForeignKey(FileForm, null=True, on_delete=models.SET_NULL, related_name="attendances")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "event_name", "held_on"], condition=Q(removed_at=None), name="attendance_once"
            )
        ]
        indexes = [
            *indexes_for(LATEST),
            models.Index(
                F("held_on"), F("id"), name="attendance_formless", condition=Q(file_form=None, removed_at=None)
            ),
        ]
