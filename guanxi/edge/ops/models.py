from __future__ import annotations

from django.db import models

from .backups.models import BackupPlace, BackupPlan, BackupRun, KeptSet, RestorePlan
from .governance.models import (
    AccessReview,
    Classification,
    ComplianceReport,
    DataIncident,
    ItemState,
    NetworkRange,
    ReviewLine,
    Risk,
    Signature,
)

__all__ = [
    "AccessReview",
    "BackupPlace",
    "BackupPlan",
    "BackupRun",
    "Classification",
    "ComplianceReport",
    "DataIncident",
    "ItemState",
    "KeptSet",
    "NetworkRange",
    "RestorePlan",
    "ReviewLine",
    "Revival",
    "Risk",
    "Signature",
]


class Revival(models.Model):
    """How often a job was taken up again after its worker died. Written by the reaper, outside Django."""

    job_id = models.BigIntegerField(primary_key=True)
    times = models.SmallIntegerField()
    last_at = models.DateTimeField()
