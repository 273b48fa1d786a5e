"""What imports should know of duties: how many were raised, and whose records are worked on."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from guanxi.base.records.imports.judging import KEEPERS, Keeper
from guanxi.base.records.imports.made import MADE, Made
from guanxi.core.customers.models import Customer

from .models import Duty


def newest() -> int:
    return Duty.objects.aggregate(newest=Max("id"))["newest"] or 0


def raised_since(newest_before: int) -> int:
    """In this transaction: others that raise duties meanwhile are few, and only shown, never reckoned with."""
    return Duty.objects.filter(id__gt=newest_before).count()


def register() -> None:
    MADE.add(Made("duties_raised", _("Duties raised"), newest, raised_since))
    tasks = "EXISTS (SELECT FROM rulebooks_duty d WHERE d.customer_id = t.id AND d.clause_id IS NULL)"
    KEEPERS.add(Keeper("tasks", Customer.KIND, _("Tasks"), tasks))
