"""Customers keep their owner from leaving until they are handed over (ORG-06)."""

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.blockers import Blocker

from .models import Customer

OWNED = Blocker(
    key="customers",
    kind=Customer.KIND,
    label=_("Customers"),
    count=lambda staff_id: Customer.objects.kept().filter(owner_id=staff_id).count(),
    url=lambda staff_id: f"/customers?owner={staff_id}",
    at_once=lambda staff_id: {
        "kind": Customer.KIND,
        "step": "customer-transfer",
        "all": "1",
        "asked": f"owner={staff_id}",
    },
)
