from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.visible import ScopedQuerySet
from guanxi.core.customers.models import Customer
from guanxi.core.customers.models.numbers import NextNumber


class FileFormQuerySet(ScopedQuerySet["FileForm"]):
    def kept(self) -> FileFormQuerySet:
        return self.filter(removed_at__isnull=True)


class FileForm(models.Model):
    """A person's form from one event (顾客档案表). Never shown to customers (FIL-12); health is sensitive (FIL-13)."""

    KIND = "fileform"
    SCOPE_OWNER = "representative_id"

    number = models.CharField(max_length=20, unique=True, db_default=NextNumber("archive_form_number", "D"))
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="file_forms")
    event_name = models.CharField(max_length=80)
    completed_on = models.DateField()
    purchased = models.BooleanField(default=False)
    product = models.CharField(max_length=80, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    health = models.CharField(max_length=200, blank=True)
    representative = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="file_forms")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    remark = models.TextField(blank=True)
    version = models.IntegerField(default=1)
    batch_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = FileFormQuerySet.as_manager()

    class Meta:
        constraints = [
            # One form per person, event and day; another event is a second form with a series of its own.
            models.UniqueConstraint(
                fields=["customer", "event_name", "completed_on"], condition=Q(removed_at=None), name="fileform_once"
            )
        ]
        indexes = [
            models.Index(F("completed_on").desc(), F("id").desc(), name="fileform_new", condition=Q(removed_at=None)),
            models.Index(
                F("representative"),
                F("completed_on").desc(),
                F("id").desc(),
                name="fileform_owner_new",
                condition=Q(removed_at=None),
            ),
            models.Index(
                F("unit"),
                F("completed_on").desc(),
                F("id").desc(),
                name="fileform_unit_new",
                condition=Q(removed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number
