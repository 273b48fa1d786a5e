"""Whom data are given to, what of it, and until when that is agreed (SEC-02, CN-04)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.base.records.stored import Stored


class ProcessorSort(models.TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("WeCom, DingTalk, Feishu")
    PHONE = "phone", _("Telephony")
    BACKUP = "backup", _("Place of backups")
    OTHER = "other", _("Other")


class Processor(Stored):
    KIND = "processor"

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=ProcessorSort.choices, default=ProcessorSort.OTHER)
    sent = models.CharField(max_length=300)
    purpose = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, blank=True)
    agreed_on = models.DateField(null=True)
    agreed_until = models.DateField(null=True)
    contact = models.CharField(max_length=120, blank=True)
