"""What could go wrong, how likely, how bad, and what is done about it (SEC-07)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.records.numbers import numbered
from guanxi.base.records.stored import NEWEST, Stored, indexes_for
from guanxi.base.records.types import Sort


class RiskField(models.TextChoices):
    HARDWARE = "hardware", _("Hardware")
    SOFTWARE = "software", _("Software")
    NETWORK = "network", _("Network")
    DATA = "data", _("Data")
    HUMAN = "human", _("Human factors")


class Strategy(models.TextChoices):
    MANAGEMENT = "management", _("Management")
    TECHNICAL = "technical", _("Technical protection")
    DATA = "data", _("Data protection")
    AUDIT = "audit", _("Security audit")
    RECOVERY = "recovery", _("Disaster recovery")


class RiskState(models.TextChoices):
    OPEN = "open", _("To be treated")
    TREATED = "treated", _("Treated")
    ACCEPTED = "accepted", _("Risk accepted")


LEVELS = [(str(n), str(n)) for n in range(1, 6)]


class Risk(Stored):
    """`likelihood` and `impact` from 1 to 5, as texts: they are choices."""

    KIND = "risk"
    SORTS: ClassVar[tuple[Sort, ...]] = (NEWEST,)

    number = numbered("K")
    title = models.CharField(max_length=120)
    field = models.CharField(max_length=10, choices=RiskField.choices, default=RiskField.DATA)
    likelihood = models.CharField(max_length=1, choices=LEVELS, default="3")
    impact = models.CharField(max_length=1, choices=LEVELS, default="3")
    strategy = models.CharField(max_length=10, choices=Strategy.choices, default=Strategy.TECHNICAL)
    treatment = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=RiskState.choices, default=RiskState.OPEN)
    responsible = models.ForeignKey("org.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__in=list("12345"), impact__in=list("12345")), name="risk_levels"
            )
        ]
        indexes = [*indexes_for(NEWEST)]

    @property
    def weight(self) -> int:
        return int(self.likelihood) * int(self.impact)
