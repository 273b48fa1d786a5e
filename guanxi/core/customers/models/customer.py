from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable, OrderBy
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.visible import ScopedQuerySet

from .numbers import NextNumber


class Kind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class Status(models.TextChoices):
    POTENTIAL = "potential", _("Potential")
    ACTIVE = "active", _("Active")
    DORMANT = "dormant", _("Dormant")
    LOST = "lost", _("Lost")


class Grade(models.TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class Gender(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class Source(models.TextChoices):
    """The six fixed values of CUS-13, and an open one for what was never asked."""

    WALK_IN = "walk_in", _("Walk-in")
    PHONE = "phone", _("Telephone order")
    COLD_VISIT = "cold_visit", _("Cold visit")
    ONLINE = "online", _("Online")
    DIRECT = "direct", _("Direct sale")
    TRADE_SHOW = "trade_show", _("Trade show")


class CustomerQuerySet(ScopedQuerySet["Customer"]):
    def kept(self) -> CustomerQuerySet:
        """Without the bin."""
        return self.filter(removed_at__isnull=True)


# What lists are narrowed by beside their order, so that they never look into a record to leave it out.
NARROWED_BY = ("status", "grade", "owner", "unit", "created_at", "last_contact_at")


def _index(name: str, *by: Combinable | OrderBy) -> models.Index:
    held = {_column(expression) for expression in by}
    include = [column for column in NARROWED_BY if column not in held]
    return models.Index(*by, name=f"customer_{name}", include=include, condition=Q(removed_at=None))


def _column(expression: Any) -> str:
    name: str = getattr(expression, "expression", expression).name
    return name


def orders(name: str, value: Combinable | OrderBy, last: Combinable | OrderBy | None = None) -> list[models.Index]:
    """One sort order, alone, by owner and by unit."""
    last = last or F("id").desc()
    ways = {name: (), f"owner_{name}": (F("owner"),), f"unit_{name}": (F("unit"),)}
    return [_index(way, *first, value, last) for way, first in ways.items()]


class Customer(models.Model):
    """An organisation or person served. Owner, unit, type, grade and status keep their history in Validity."""

    KIND = "customer"

    number = models.CharField(max_length=20, unique=True, db_default=NextNumber("customers_number", "K"))
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=300)
    initials = models.CharField(max_length=120, default="")
    phone = models.CharField(max_length=30, blank=True)
    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="customers")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.POTENTIAL)
    type = models.CharField(max_length=20, blank=True)
    grade = models.CharField(max_length=1, choices=Grade.choices, blank=True)
    gender = models.CharField(max_length=6, choices=Gender.choices, blank=True)
    birth_on = models.DateField(null=True)
    birth_is_lunar = models.BooleanField(default=False)
    address = models.CharField(max_length=200, blank=True)
    company_name = models.CharField(max_length=120, blank=True)
    industry = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=12, choices=Source.choices, blank=True)
    route = models.CharField(max_length=60, blank=True)
    need = models.CharField(max_length=200, blank=True)
    collected_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.TextField(blank=True)
    is_do_not_disturb = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    search = SearchVectorField(null=True)
    own = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    batch_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two people may share a phone (a couple); the same name on the same phone is one person (F-23).
            models.UniqueConstraint(
                fields=["phone", "name"],
                condition=Q(kind="person", removed_at__isnull=True) & ~Q(phone=""),
                name="customer_person_once",
            ),
        ]
        indexes = [
            *orders("created", F("created_at").desc()),
            *orders("pinyin", F("pinyin"), F("id")),
            *orders("contacted", F("last_contact_at").desc(nulls_last=True)),
            # A rare status or grade in a wide scope: the orders above would be walked to their ends for it.
            _index("status_created", F("status"), F("created_at").desc(), F("id").desc()),
            _index("status_contacted", F("status"), F("last_contact_at").desc(nulls_last=True), F("id").desc()),
            _index("grade_created", F("grade"), F("created_at").desc(), F("id").desc()),
            GinIndex(fields=["search"], name="customer_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_contacted(self) -> bool:
        """The dead and those who asked for quiet get no duty and no greeting."""
        return self.deceased_on is None and not self.is_do_not_disturb and self.removed_at is None


class Validity(models.Model):
    """Which value a field had from when to when: owner, unit, type, grade, status."""

    FIELDS = ("owner", "unit", "type", "grade", "status")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="validity")
    field = models.CharField(max_length=10)
    value = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "field"], condition=Q(to_at=None), name="validity_one_current")
        ]


class TeamMember(models.Model):
    """Staff with a role on one customer. Each gives reach to the record."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="team")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT)
    role = models.CharField(max_length=40)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff"], name="team_staff")]


class Contact(models.Model):
    """A person at an organisation."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    position = models.CharField(max_length=60, blank=True)
    is_main = models.BooleanField(default=True)
    batch_id = models.BigIntegerField(null=True)
