from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.base.org.models import Staff
from guanxi.base.records.stored import NEWEST, Stored, indexes_for
from guanxi.base.records.types import Sort
from guanxi.core.customers.models import Customer


class CallbackRequest(Stored):
    """The doctor is asked to call somebody who has not bought. `owner` asked; `doctor` was told."""

    KIND = "callbackrequest"
    SORTS: ClassVar[tuple[Sort, ...]] = (NEWEST,)

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="callback_requests")
    wanted_on = models.DateField()
    reason = models.CharField(max_length=300)
    doctor = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    # The day of a doctor's first detailed call since; before the day wanted it is the call that was asked for.
    called_on = models.DateField(null=True)

    class Meta:
        indexes = [*indexes_for(NEWEST)]
