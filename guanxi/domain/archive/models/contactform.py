from __future__ import annotations

import hashlib
import json

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.visible import ScopedQuerySet
from guanxi.base.records.numbers import numbered
from guanxi.base.records.types import Sort
from guanxi.core.customers.models import Customer
from guanxi.core.customers.models.customer import Gender

from .template import FormSheet, FormTemplate


class FilledBy(models.TextChoices):
    REPRESENTATIVE = "representative", _("The representative, for the customer")
    CUSTOMER = "customer", _("The customer")


class ContactState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    HANDED_OVER = "handed_over", _("Handed over")
    RECEIVED = "received", _("Received")
    ALLOCATED = "allocated", _("Allocated")
    AT_SERVICE = "at_service", _("With customer service")
    SEALED = "sealed", _("Sealed")


class ContactFormQuerySet(ScopedQuerySet["ContactForm"]):
    def kept(self) -> ContactFormQuerySet:
        """What lists, cards, search, files and the API know of: never a sealed one (FIL-05)."""
        return self.existing().filter(sealed_at__isnull=True)

    def existing(self) -> ContactFormQuerySet:
        """With the sealed ones: for custody and the index, which show no content."""
        return self.filter(removed_at__isnull=True)


class SealedBox(models.Model):
    """A numbered box in which the customer service manager keeps sealed forms."""

    number = numbered("B")
    label = models.CharField(max_length=80, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class ContactForm(models.Model):
    """A first-contact form (首次接触表, 中老年健康调查表). Who holds it may read it; signed, it does not change."""

    KIND = "contactform"
    SCOPE_OWNER = "holder_id"
    SORTS = (Sort("new", _("Newest"), "collected_on"),)
    # What the signature stands for.
    CONTENT = (
        "name",
        "phone",
        "gender",
        "birth_year",
        "area",
        "address",
        "health",
        "medication",
        "concern",
        "filled_by",
        "has_consent",
        "collected_on",
        "place",
    )

    number = numbered("C")
    template = models.ForeignKey(FormTemplate, on_delete=models.PROTECT, related_name="+")
    sheet = models.OneToOneField(FormSheet, null=True, on_delete=models.PROTECT, related_name="contact_form")
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    gender = models.CharField(max_length=6, choices=Gender.choices, blank=True)
    birth_year = models.IntegerField(null=True)
    area = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=200, blank=True)
    health = models.CharField(max_length=400, blank=True)
    medication = models.CharField(max_length=400, blank=True)
    concern = models.CharField(max_length=400, blank=True)
    filled_by = models.CharField(max_length=14, choices=FilledBy.choices, default=FilledBy.REPRESENTATIVE)
    has_consent = models.BooleanField(default=False)
    collected_on = models.DateField()
    place = models.CharField(max_length=80, blank=True)
    collector = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ContactState.choices, default=ContactState.DRAFT)

    signed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signature = models.CharField(max_length=64, blank=True)
    receiver = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True)
    allocator = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    allocated_at = models.DateTimeField(null=True)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="contact_forms")
    service_received_at = models.DateTimeField(null=True)
    sealed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    box = models.ForeignKey(SealedBox, null=True, on_delete=models.PROTECT, related_name="forms")

    initials = models.CharField(max_length=20, default="")
    search = SearchVectorField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = ContactFormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", signed_at__isnull=True) | (~Q(state="draft") & Q(signed_at__isnull=False)),
                name="contactform_signed_before_it_moves",
            ),
            models.CheckConstraint(
                condition=(Q(state="sealed") & Q(sealed_at__isnull=False) & Q(box__isnull=False))
                | (~Q(state="sealed") & Q(sealed_at__isnull=True)),
                name="contactform_sealed_in_a_box",
            ),
        ]
        indexes = [
            *(
                models.Index(
                    *first,
                    F("collected_on").desc(),
                    F("id").desc(),
                    name=f"contactform_{name}new",
                    condition=Q(removed_at=None, sealed_at=None),
                )
                for name, first in {"": (), "holder_": (F("holder"),), "unit_": (F("unit"),)}.items()
            ),
            models.Index(fields=["-sealed_at", "-id"], name="contactform_sealed", condition=Q(state="sealed")),
            models.Index(fields=["initials"], name="contactform_initials", condition=Q(state="sealed")),
            models.Index(fields=["customer"], name="contactform_customer", condition=Q(customer__isnull=False)),
            GinIndex(fields=["search"], name="contactform_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def digest(self) -> str:
        """Of everything the signature stands for."""
        content = {name: str(getattr(self, name)) for name in self.CONTENT} | {"number": self.number}
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def is_as_signed(self) -> bool:
        return bool(self.signature) and self.signature == self.digest


class Opening(models.Model):
    """A sealed form was opened: by whom, what for, with whose permit, until when."""

    form = models.ForeignKey(ContactForm, on_delete=models.PROTECT, related_name="openings")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300)
    # Nobody: the only general manager, by own signature.
    allowed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form"], condition=Q(closed_at=None), name="opening_one_at_a_time")
        ]
