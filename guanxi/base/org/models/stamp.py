from __future__ import annotations

from django.db import models


class Stamp(models.Model):
    """One row for each kind of thing that processes keep in memory; its value is new after every change."""

    key = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=32)
