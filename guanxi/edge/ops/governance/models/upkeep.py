"""What administrators tick off, and what staff have signed."""

from __future__ import annotations

from django.db import models

from guanxi.base.org.models import Staff
from guanxi.core.rulebooks.models import Version


class ItemState(models.Model):
    """How one item of a shipped checklist stands; without a row it is open. `item` is "list.item" (checklists.yaml)."""

    KIND = "security"

    item = models.CharField(max_length=80, unique=True)
    # open, done, not-applicable
    state = models.CharField(max_length=14, default="open")
    why = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    responsible = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    next_check_on = models.DateField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField(default=1)


class Signature(models.Model):
    """Somebody typed their name under the obligations of a version. `digest` covers its text, the name and the time."""

    KIND = "signature"

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    signed_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "staff"], name="signature_once")]
