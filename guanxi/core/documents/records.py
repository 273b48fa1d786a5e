"""The records of rooms below that carry files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.types import PANELS, Panel
from guanxi.core.customers.access import access_customer

from .panel import FILES, TEMPLATE, files_panel
from .registry import RECORDS, Record


def register() -> None:
    RECORDS.add(Record("customer", _("Customer"), access_customer, lambda record_id: f"/customers/{record_id}"))
    PANELS.add(Panel("files", "customer", FILES, TEMPLATE, files_panel("customer"), order=65))
