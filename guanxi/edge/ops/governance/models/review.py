"""Who may do what, frozen at a moment and gone through by people (SEC-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff


class AccessReview(models.Model):
    """The list as it was at `frozen_at`. It changes no more; what is decided about its lines does."""

    KIND = "security"

    frozen_at = models.DateTimeField()
    begun_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # One at a time: the condition makes the constant the only value there can be.
            models.UniqueConstraint(models.Value(1), condition=Q(closed_at=None), name="accessreview_one_open")
        ]


class Origin(models.TextChoices):
    """Where rights come from."""

    POST = "post", _("Post")
    SHARE = "share", _("Single records")
    TOKEN = "token", _("API token")


class LineState(models.TextChoices):
    OPEN = "open", _("To be reviewed")
    CONFIRMED = "confirmed", _("Right as it is")
    OBJECTED = "objected", _("To be corrected")
    CORRECTED = "corrected", _("Corrected")


class ReviewLine(models.Model):
    """One source of rights of one person. `rights` are [kind, verb, scope] as they were then, `fresh` and `gone` what
    differs from the review before. `origin_id` is the post or token; shares are counted by kind and level."""

    review = models.ForeignKey(AccessReview, on_delete=models.CASCADE, related_name="lines")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=5, choices=Origin.choices)
    origin_id = models.BigIntegerField(null=True)
    # What makes it the same line in the next review.
    mark = models.CharField(max_length=120)
    label = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=120, blank=True)
    until = models.DateField(null=True)
    rights = models.JSONField()
    fresh = models.JSONField(default=list)
    gone = models.JSONField(default=list)
    is_new = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=LineState.choices, default=LineState.OPEN)
    note = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "mark"], name="reviewline_once"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("staff")), name="reviewline_not_by_oneself"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="reviewline_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["review", "staff", "id"], name="reviewline_person")]


class ComplianceReport(models.Model):
    """What the built-in checks found at a moment: [{key, state, count, evidence}]."""

    KIND = "security"

    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    found = models.JSONField()
