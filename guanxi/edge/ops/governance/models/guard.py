"""Business secrets (SEC-11): how secret things are, and networks that are not to read them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff


class Level(models.TextChoices):
    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    SECRET = "secret", _("Secret")
    TOP_SECRET = "top-secret", _("Top secret")


class Classification(models.Model):
    """How secret the records of a kind are, or one document (`kind` is then "document")."""

    KIND = "security"

    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="classification_once", nulls_distinct=False)
        ]


class OnSight(models.TextChoices):
    REFUSE = "refuse", _("Refuse and tell")
    ALARM = "alarm", _("Let in and tell")


class NetworkRange(models.Model):
    """Addresses of others, such as a competitor's office."""

    KIND = "security"

    cidr = models.CharField(max_length=50, unique=True)
    note = models.CharField(max_length=200)
    on_sight = models.CharField(max_length=6, choices=OnSight.choices, default=OnSight.REFUSE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="networkrange_has_note")]
