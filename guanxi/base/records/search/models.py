from __future__ import annotations

from django.db import models

from guanxi.base.org.models import Account


class Opened(models.Model):
    """A record that somebody opened lately; each person has their own, twenty at most."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "record_id"], name="opened_once")]
        indexes = [models.Index(fields=["account", "-at"], name="opened_lately")]


class Searched(models.Model):
    """What somebody typed into the search box lately; never phone numbers."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "text"], name="searched_once")]
        indexes = [models.Index(fields=["account", "-at"], name="searched_lately")]
