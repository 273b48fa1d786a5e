from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.visible import ScopedQuerySet
from guanxi.core.customers.models import Customer
from guanxi.core.customers.models.numbers import NextNumber

from .custody import Custody


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
    # Where the paper is. One without a holder lies with the doctors of its branch; so do all that were imported.
    custody = models.CharField(max_length=14, choices=Custody.choices, default=Custody.KEPT, db_default=Custody.KEPT)
    holder = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    held_since = models.DateTimeField(null=True)
    keeper = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Since when nothing is missing on it (FIL-06); kept by the database, whoever writes (migration 0009).
    whole_since = models.DateTimeField(null=True, editable=False)
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
        # The one order, alone, by representative and by unit, with what lists are narrowed by.
        indexes = [
            models.Index(
                *first,
                F("completed_on").desc(),
                F("id").desc(),
                name=f"fileform_{name}completed",
                include=[column for column in ("purchased", "representative", "unit") if F(column) not in first],
                condition=Q(removed_at=None),
            )
            for name, first in {"": (), "owner_": (F("representative"),), "unit_": (F("unit"),)}.items()
        ] + [
            # Most forms are kept: what is not, and who has how many.
            models.Index(
                fields=["holder", "custody"],
                name="fileform_held",
                condition=Q(removed_at=None, holder__isnull=False),
                include=["unit", "representative"],
            ),
            models.Index(
                fields=["custody", "completed_on"],
                name="fileform_not_kept",
                condition=Q(removed_at=None) & ~Q(custody="kept"),
            ),
        ]

    def __str__(self) -> str:
        return self.number
