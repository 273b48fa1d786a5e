from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff, Unit


class Sharing(models.TextChoices):
    NOBODY = "nobody", _("Only me")
    UNIT = "unit", _("My unit and below")
    EVERYBODY = "everybody", _("Everybody")


class SavedView(models.Model):
    """A list as somebody wants to find it again: `words` is what its address says (asked.Asked.said).

    `unit` is whose people see it when it is shared with a unit: those in it and below.
    """

    KIND = "view"

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    words = models.JSONField(default=dict)
    owner = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    sharing = models.CharField(max_length=10, choices=Sharing.choices, default=Sharing.NOBODY)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # Set by `seen_views`, for its reader.
    is_default = False

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "name"], name="view_name_once")]
        indexes = [models.Index(fields=["kind", "sharing"], name="view_shared")]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """What a person's list of one kind opens with."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "kind"], name="view_default_once")]


class Segment(models.Model):
    """A group of records with a name and a purpose (客群): criteria in text form, so it is never out of date."""

    KIND = "segment"

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=200, blank=True)
    criteria = models.TextField()
    owner = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="segment_name_once")]

    def __str__(self) -> str:
        return self.name
