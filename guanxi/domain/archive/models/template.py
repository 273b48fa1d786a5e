"""Controlled forms (FIL-01, FIL-15): their templates, and which numbered sheets are in whose hands (FIL-16)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff, Unit


class TemplateKind(models.TextChoices):
    FIRST_CONTACT = "first-contact", _("First-contact form")
    FILE_FORM = "file-form", _("File form")
    OTHER = "other", _("Other form")


class FormTemplate(models.Model):
    """One version of a controlled form. `purpose` and `consent` are said to whoever is asked (FIL-13).

    `lines`: what a blank sheet asks for, pairs of Chinese and English. `page`: the address of the form on screen.
    """

    KIND = "formtemplate"

    code = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=14, choices=TemplateKind.choices, default=TemplateKind.OTHER)
    purpose = models.CharField(max_length=400, blank=True)
    purpose_en = models.CharField(max_length=400, blank=True)
    consent = models.CharField(max_length=400, blank=True)
    consent_en = models.CharField(max_length=400, blank=True)
    lines = models.JSONField(default=list)
    page = models.CharField(max_length=80, blank=True)
    effective_on = models.DateField()
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="formtemplate_once"),
            # Who is asked for data is told by whom, what for, and agrees; never under another name.
            models.CheckConstraint(
                condition=~Q(kind="first-contact") | (~Q(purpose="") & ~Q(consent="")), name="formtemplate_is_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class FormIssue(models.Model):
    """A bound set of blank sheets with numbers from–to (号段), given to a person of a unit on a day."""

    KIND = "formissue"

    template = models.ForeignKey(FormTemplate, on_delete=models.PROTECT, related_name="issues")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    first = models.IntegerField()
    last = models.IntegerField()
    issued_on = models.DateField()
    issued_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(first__lte=F("last")), name="formissue_in_order")]

    @property
    def count(self) -> int:
        return self.last - self.first + 1


class SheetState(models.TextChoices):
    OUT = "out", _("In hand")
    USED = "used", _("Filled in")
    RETURNED = "returned", _("Came back blank")
    SPOILED = "spoiled", _("Spoiled")
    LOST = "lost", _("Missing")


class FormSheet(models.Model):
    """One numbered sheet. Numbers run through all versions of a code and never come twice."""

    code = models.CharField(max_length=40)
    serial = models.IntegerField()
    issue = models.ForeignKey(FormIssue, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.OUT)
    settled_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "serial"], name="formsheet_once")]
        indexes = [models.Index(fields=["state"], name="formsheet_out", condition=Q(state__in=["out", "lost"]))]

    def __str__(self) -> str:
        return sheet_number(self.code, self.serial)


def sheet_number(code: str, serial: int) -> str:
    return f"{code}-{serial:06d}"
