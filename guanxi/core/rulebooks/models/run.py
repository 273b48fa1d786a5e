from __future__ import annotations

from django.db import models

from .rulebook import Rule


class Run(models.Model):
    """The trail of what a rule did by itself: one row per phase that changed something, and per nightly phase."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="runs")
    phase = models.CharField(max_length=10)
    # What it ran over: everything, or how many subjects or customers.
    scope = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    took_ms = models.IntegerField()
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["rule", "-id"], name="run_rule"),
            models.Index(fields=["started_at"], name="run_at"),
        ]


class PastSkipped(models.Model):
    """Subjects whose already past steps are not raised, because the person who brought them in chose so."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="pastskipped_once")]
