from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .staff import Staff


class Role(models.Model):
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, default="")

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """A role may do `verb` to records of `kind` within `scope` (see scopes.SCOPES)."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    kind = models.CharField(max_length=40)
    verb = models.CharField(max_length=20)
    scope = models.CharField(max_length=20)
    unit_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "kind", "verb", "scope"], name="grant_once")]


class Reach(models.Model):
    """Who may see one record beyond the scopes of their roles: shares, team, business relations.

    `level` is "read", or "work" for those who must reach the person: they see the phone in the clear.
    """

    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    level = models.CharField(max_length=10, default="read")
    until = models.DateField(null=True)
    why = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "kind", "record_id", "why"], name="reach_once")]
        indexes = [models.Index(fields=["kind", "record_id"], name="reach_record")]


class Restriction(models.Model):
    """A row that forbids: something about a record, or a person doing something."""

    kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE)
    verb = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    clause = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "subject_id"], name="restriction_subject")]


class Permit(models.Model):
    """A row that allows one action that wants consent; using it up is part of that action."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    until = models.DateTimeField(null=True)
    uses_left = models.IntegerField(default=1)
    given_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="permits_given")


class Absence(models.Model):
    """Leave or business trip: the ladder stands still meanwhile."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "starts_on"], name="absence_staff")]
