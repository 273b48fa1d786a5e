from __future__ import annotations

from django.db import models
from django.db.models import Q

from .staff import Staff


class RegistrationRequest(models.Model):
    """Somebody without an account asks for one; an administrator approves and assigns rights, or declines (ORG-05)."""

    STATES = ("open", "approved", "declined")

    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30)
    department = models.CharField(max_length=80, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default="open")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=300, blank=True)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=Q(state="open"), name="registration_once_open"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="registration_decided_when"
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="registration_state")]
