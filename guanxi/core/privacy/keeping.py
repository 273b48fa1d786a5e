"""How long each class of data is kept, and taking away what has served its time (SEC-10).

Floors are what a law asks; a shorter time is raised to the floor, and said so on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import RegistrationRequest
from guanxi.base.records.models import BulkItem, ImportChange, ImportRow, ImportRun, Searched
from guanxi.core.customers.models import Customer

from .models import PersonFile


@dataclass(frozen=True)
class Rule:
    """`take(before)` removes what is older and says how many; without it the rows are only counted for a person."""

    key: str
    label: Any
    days: int
    floor: int
    take: Callable[[datetime], int] | None = None
    look: Callable[[datetime], int] | None = None

    @property
    def kept(self) -> int:
        return max(self.days, self.floor)

    @property
    def before(self) -> datetime:
        return clock.now() - timedelta(days=self.kept)


def rules() -> list[Rule]:
    days: dict[str, int] = settings.KEPT_DAYS
    return [
        Rule("trail", _("The trail"), int(settings.AUDIT_KEPT_DAYS), 180),
        Rule("imports", _("Refused rows and former values of imports"), days["imports"], 1, _imports),
        Rule("exports", _("Exported files"), int(settings.EXPORT_KEPT_DAYS), 1),
        Rule("files", _("Files made for persons who asked"), days["files"], 1, _person_files),
        Rule("applicants", _("Settled requests for accounts"), days["applicants"], 1, _applicants),
        Rule("searched", _("What was searched for"), days["searched"], 1, _searched),
        Rule("bulk", _("Values before steps for many"), days["bulk"], 1, _bulk),
        Rule("bin", _("Customers in the bin, to be erased"), days["bin"], 1, look=_in_bin),
        Rule("inactive", _("Customers without contact, to be reviewed"), days["inactive"], 1, look=_inactive),
    ]


def _imports(before: datetime) -> int:
    ended = ImportRun.objects.filter(state__in=ImportRun.ENDED, finished_at__lt=before)
    rows = ImportRow.objects.filter(run__in=ended).delete()[0]
    return rows + ImportChange.objects.filter(run__in=ended).delete()[0]


def _person_files(before: datetime) -> int:
    return PersonFile.objects.filter(Q(asked_at__lt=before) | Q(expires_at__lt=clock.now())).delete()[0]


def _applicants(before: datetime) -> int:
    return RegistrationRequest.objects.exclude(state="open").filter(decided_at__lt=before).delete()[0]


def _searched(before: datetime) -> int:
    return Searched.objects.filter(at__lt=before).delete()[0]


def _bulk(before: datetime) -> int:
    return BulkItem.objects.filter(run__finished_at__lt=before).exclude(before={}).update(before={})


def _in_bin(before: datetime) -> int:
    return Customer.objects.filter(removed_at__lt=before).exclude(name="—").count()


def _inactive(before: datetime) -> int:
    rows = Customer.objects.kept().filter(created_at__lt=before)
    return rows.filter(Q(last_contact_at__lt=before) | Q(last_contact_at=None)).count()


def due() -> list[tuple[Rule, int]]:
    """With how many rows wait for a person to decide."""
    return [(rule, rule.look(rule.before) if rule.look else 0) for rule in rules()]


def take_away(*, actor: Actor) -> int:
    return sum(_take(rule, actor=actor) for rule in rules() if rule.take)


@action("privacy:class:taken_away", _("%(who)s took away %(count)s rows whose time of keeping was over."))
def _take(rule: Rule, *, actor: Actor) -> int:
    count = rule.take(rule.before) if rule.take else 0
    if count:
        trail.record("upkeep", None, actor=actor, changes={"count": count, "class": rule.key, "days": rule.kept})
    else:
        trail.unchanged()
    return count
