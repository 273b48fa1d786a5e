from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST = 100
MOST_SEARCHABLE = 20


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    LONGTEXT = "longtext", _("Long text")
    NUMBER = "number", _("A number")
    MONEY = "money", _("Amount in yuan")
    DATE = "date", _("Day")
    YESNO = "yesno", _("Yes or no")
    CHOICE = "choice", _("Choice from a list")
    PHONE = "phone", _("Phone")


class OwnField(models.Model):
    """A field that the company added to a record type itself.

    Its key is `f` and the number of its row: it is never given again, because rows are never deleted. A field that is
    removed is inactive, and what records hold under its key stays.
    """

    KIND = "field"

    class IndexState(models.TextChoices):
        NONE = "", _("None")
        BUILDING = "building", _("Being built")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=40)
    field_kind = models.CharField(max_length=10, choices=FieldKind.choices)
    label = models.CharField(max_length=40)
    label_en = models.CharField(max_length=60, blank=True)
    help = models.CharField(max_length=200, blank=True)
    help_en = models.CharField(max_length=200, blank=True)
    section = models.CharField(max_length=40, blank=True)
    group = models.CharField(max_length=40, blank=True)
    group_en = models.CharField(max_length=60, blank=True)
    position = models.IntegerField()
    is_required = models.BooleanField(default=False)
    is_personal = models.BooleanField(default=False)
    is_searchable = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    choices = models.JSONField(default=list)
    index_state = models.CharField(max_length=10, choices=IndexState.choices, blank=True, default=IndexState.NONE)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "label"], condition=Q(is_active=True), name="own_field_label_once")
        ]
        indexes = [models.Index(fields=["kind", "position"], name="own_field_position")]

    def __str__(self) -> str:
        return self.label

    @property
    def key(self) -> str:
        return f"f{self.pk}"

    @property
    def index_name(self) -> str:
        return f"own_{self.kind}_{self.key}"

    @property
    def options(self) -> list[dict[str, Any]]:
        """Those still offered."""
        return [option for option in self.choices if option.get("is_active", True)]
