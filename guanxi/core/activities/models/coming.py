from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.base.records.stored import Stored, indexes_for
from guanxi.base.records.types import Sort
from guanxi.core.customers.models import Customer


class Meal(models.TextChoices):
    NONE = "none", _("No meal")
    LUNCH = "lunch", _("Lunch")
    DINNER = "dinner", _("Dinner")


DAY = Sort("day", _("Day"), "comes_on")


class Coming(Stored):
    """A customer has said that they will come to us (CAR-31). `owner` receives them: the customer's owner."""

    KIND = "coming"
    SORTS: ClassVar[tuple[Sort, ...]] = (DAY,)

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="coming_visits")
    comes_on = models.DateField()
    at_time = models.CharField(max_length=20, blank=True)
    guests = models.SmallIntegerField(default=1)
    meal = models.CharField(max_length=8, choices=Meal.choices, default=Meal.NONE)
    purpose = models.CharField(max_length=200, blank=True)
    table = models.CharField(max_length=120, blank=True)
    table_reserved_at = models.DateTimeField(null=True)
    table_reserved_by = models.ForeignKey("org.Staff", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [*indexes_for(DAY)]
