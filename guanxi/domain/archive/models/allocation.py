from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff
from guanxi.base.records.numbers import numbered
from guanxi.core.customers.models import Customer

from .contactform import ContactForm


class AllocationRule(models.IntegerChoices):
    """CUS-23, in this order."""

    COLLECTOR = 1, _("Whoever collected it keeps it")
    AREA = 2, _("Nearest by area")
    NEWCOMER = 3, _("A share for new employees")
    WORKLOAD = 4, _("By workload and efficiency")
    MANAGER = 5, _("The manager's decision")


class Allocation(models.Model):
    """A numbered allocation list: which forms a manager gave to whom."""

    KIND = "allocation"

    number = numbered("A")
    manager = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class AllocationItem(models.Model):
    allocation = models.ForeignKey(Allocation, on_delete=models.CASCADE, related_name="items")
    form = models.OneToOneField(ContactForm, on_delete=models.PROTECT, related_name="allocation")
    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.IntegerField(choices=AllocationRule.choices)
    proposed = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200, blank=True)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    # The person was a customer already and keeps the owner they had.
    was_known = models.BooleanField(default=False)
