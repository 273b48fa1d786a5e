"""Where the paper of a file form is, and the way it took."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff


class Custody(models.TextChoices):
    REPRESENTATIVE = "representative", _("With the representative")
    TRANSIT = "transit", _("On the way")
    MANAGER = "manager", _("With the sales manager")
    KEPT = "kept", _("Kept by the doctor")
    LENT = "lent", _("Lent")
    LOST = "lost", _("Lost or damaged")


class Moved(models.TextChoices):
    COMPLETED = "completed", _("Filled in")
    SENT = "sent", _("Put on a transfer list")
    TRANSFERRED = "transferred", _("Handed over and received")
    REFUSED = "refused", _("Not received, given back")
    LENT = "lent", _("Lent")
    RETURNED = "returned", _("Returned")
    MISSING = "missing", _("Incident reported")
    REPLACED = "replaced", _("Replaced")


class CustodyEntry(models.Model):
    """One step of a form's way; never changed. `holder` has it from then on, `giver` had it before."""

    form = models.ForeignKey("archive.FileForm", on_delete=models.CASCADE, related_name="way", db_index=False)
    state = models.CharField(max_length=14, choices=Custody.choices)
    moved = models.CharField(max_length=12, choices=Moved.choices)
    holder = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    giver = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    # The transfer list, loan or incident behind it.
    reference_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(F("form"), F("id").desc(), name="custodyentry_form")]
