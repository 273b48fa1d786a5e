"""The proof that somebody was erased, and who is set apart from all business."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff
from guanxi.core.customers.models import Customer


class Erasure(models.Model):
    """What was erased by table and count, never of whom: `digest` is keyed, and says it to who knows the person."""

    KIND = "erasure"

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    counts = models.JSONField()
    is_replayed = models.BooleanField(default=False)


class SetApartKind(models.TextChoices):
    RESTRICTED = "restricted", _("Restricted: only kept")
    LEGAL_HOLD = "legal-hold", _("Must be kept by law")


class SetApart(models.Model):
    """A person whose data are only kept (no list shows them), or must not be erased. Lifted ones stay as history."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=SetApartKind.choices)
    why = models.CharField(max_length=300)
    since = models.DateTimeField()
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], condition=Q(lifted_at=None), name="setapart_once")
        ]
