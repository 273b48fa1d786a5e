from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff
from guanxi.base.records.numbers import numbered
from guanxi.base.records.stored import NEWEST, Stored, indexes_for
from guanxi.base.records.types import Sort
from guanxi.core.customers.models import Customer

from .fileform import FileForm


class LoanPurpose(models.TextChoices):
    CALLBACK = "callback", _("Callback")
    OTHER = "other", _("Another purpose")


class Loan(Stored):
    """A file form out of the keeper's hands for a day (借阅). `owner` is the borrower; the keeper gets it back."""

    KIND = "loan"
    SORTS: ClassVar[tuple[Sort, ...]] = (NEWEST,)

    number = numbered("J")
    form = models.ForeignKey(FileForm, on_delete=models.PROTECT, related_name="loans")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=LoanPurpose.choices, default=LoanPurpose.CALLBACK)
    reason = models.CharField(max_length=200, blank=True)
    lent_on = models.DateField()
    due_on = models.DateField()
    returned_at = models.DateTimeField(null=True)
    returned_to = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form"], condition=Q(returned_at=None), name="loan_one_at_a_time"),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("lent_on")), name="loan_due_after_lent"),
        ]
        indexes = [
            *indexes_for(NEWEST),
            models.Index(fields=["owner", "due_on"], name="loan_out", condition=Q(returned_at=None)),
        ]

    @property
    def is_out(self) -> bool:
        return self.returned_at is None

    @property
    def is_overdue(self) -> bool:
        return self.returned_at is None and self.due_on < clock.today()

    @property
    def returned_on(self) -> date | None:
        return clock.local_date(self.returned_at) if self.returned_at else None
