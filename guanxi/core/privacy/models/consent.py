"""What a person agreed to: which purpose, which channel, which wording, when and how. Rows are only added."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff
from guanxi.core.customers.models import Contact, Customer


class Channel(models.TextChoices):
    ANY = "any", _("Any channel")
    PHONE = "phone", _("Telephone")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("WeCom and other chats")
    POST = "post", _("Letter")
    VISIT = "visit", _("Visit")


class Source(models.TextChoices):
    """How it was said."""

    SPOKEN = "spoken", _("Said in person")
    CALLED = "called", _("Said on the telephone")
    SIGNED = "signed", _("Signed on paper")
    WRITTEN = "written", _("Written by message")
    GUARDIAN = "guardian", _("Given by a guardian")


class ConsentPurpose(models.Model):
    """What consent is asked for. `renews`: whoever agreed to an older wording has to be asked anew."""

    PROMOTION, THIRD_PARTY, HEALTH = "promotion", "third-party", "health"

    key = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    renews = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Wording(models.Model):
    """The text that was shown or read out; it never changes, the next one has the next number."""

    purpose = models.ForeignKey(ConsentPurpose, on_delete=models.PROTECT, related_name="wordings")
    number = models.IntegerField()
    text = models.TextField()
    text_en = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purpose", "number"], name="wording_once")]


class Consent(models.Model):
    """Given or withdrawn; the latest row of a person, purpose and channel counts. The database lets nothing change."""

    KIND = "consent"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(ConsentPurpose, on_delete=models.PROTECT, related_name="+")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    is_given = models.BooleanField()
    source = models.CharField(max_length=10, choices=Source.choices)
    evidence = models.CharField(max_length=300, blank=True)
    document_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(F("customer"), F("purpose"), F("channel"), F("id").desc(), name="consent_latest"),
        ]
