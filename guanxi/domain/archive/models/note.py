from __future__ import annotations

from django.db import models

from guanxi.base.org.models import Staff
from guanxi.core.customers.models import Customer


class WorkingNote(models.Model):
    """A line in somebody's own notebook about a customer (FIL-04). Its writer sees it, and nobody else."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=1000)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "staff", "-id"], name="workingnote_of")]
