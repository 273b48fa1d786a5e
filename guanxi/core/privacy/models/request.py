"""What a person asks of us about their data (CN-07): within fifteen working days."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff
from guanxi.base.records.numbers import numbered
from guanxi.core.customers.models import Contact, Customer


class Wish(models.TextChoices):
    ACCESS = "access", _("Know what is kept")
    COPY = "copy", _("Have a copy")
    CORRECT = "correct", _("Have it corrected")
    DELETE = "delete", _("Have it deleted")
    RESTRICT = "restrict", _("Have it only kept")
    EXPLAIN = "explain", _("Have it explained")


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Fulfilled")
    REFUSED = "refused", _("Refused")


class PersonRequest(models.Model):
    KIND = "privacy"

    number = numbered("P")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    wish = models.CharField(max_length=10, choices=Wish.choices)
    asked_by = models.CharField(max_length=120)
    identified = models.CharField(max_length=300)
    details = models.TextField(blank=True)
    asked_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.OPEN)
    answer = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""), name="personrequest_refused_with_reason"
            )
        ]
        indexes = [models.Index(fields=["due_on", "id"], name="personrequest_open", condition=Q(state="open"))]


class PersonFile(models.Model):
    """Everything about the person as a file, for the one who answers; it goes after a few days."""

    request = models.OneToOneField(PersonRequest, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField(null=True)
    problem = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
