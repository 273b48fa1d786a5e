from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .account import Account


class Unit(models.Model):
    """A node of the organisation: company, branch, department, team (ORG-01)."""

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=20, default="department")
    region = models.CharField(max_length=40, blank=True)
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    account = models.OneToOneField(Account, null=True, on_delete=models.SET_NULL, related_name="staff")
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, default="")
    number = models.CharField(max_length=30, unique=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.CharField(max_length=120, blank=True, default="", db_default="")
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="staff_name")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """Staff in a unit with a role and a superior, for a time; several at once are allowed (兼岗)."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.ForeignKey("org.Role", on_delete=models.PROTECT, related_name="posts")
    superior = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="subordinates")
    is_main = models.BooleanField(default=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(superior=F("id")), name="post_not_own_superior"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_start"
            ),
        ]
