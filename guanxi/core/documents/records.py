"""The records of rooms below that carry files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.core.customers.access import access_customer

from .registry import RECORDS, Record


def register() -> None:
    RECORDS.add(Record("customer", _("Customer"), access_customer, lambda record_id: f"/customers/{record_id}"))
