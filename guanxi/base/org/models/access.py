from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .staff import Staff


class Role(models.Model):
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, default="")
    # Whoever holds it signs in with a second factor (second_factor.py).
    needs_second_factor = models.BooleanField(default=False, db_default=False)

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
    clause = models.CharField(max_length=400, blank=True)
    clause_en = models.CharField(max_length=400, blank=True, default="", db_default="")
    until = models.DateTimeField(null=True)
    # What a clause forbids: without subject and person it holds for all records of the kind, within these units
    # (empty: everywhere). With `needs_permit` whoever has the role `permit_role` may allow it, once each time.
    rule_id = models.BigIntegerField(null=True)
    unit_ids = ArrayField(models.BigIntegerField(), default=list)
    needs_permit = models.BooleanField(default=False, db_default=False)
    permit_role = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_id"], name="restriction_subject"),
            models.Index(fields=["rule_id"], name="restriction_rule", condition=models.Q(rule_id__isnull=False)),
        ]


class Permit(models.Model):
    """A row that allows one action that wants consent; using it up is part of that action."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    until = models.DateTimeField(null=True)
    uses_left = models.IntegerField(default=1)
    given_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="permits_given")


class PermitRequest(models.Model):
    """Somebody asks to be allowed one thing once. Granting it writes the `Permit` that the action uses up."""

    KIND = "permit"
    ASKED, GRANTED, DECLINED, WITHDRAWN = "asked", "granted", "declined", "withdrawn"

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="permit_requests")
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    # Which record, as the approver may read it: a number, never a phone or a name of a customer.
    subject_label = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=300)
    clause = models.CharField(max_length=400, blank=True)
    clause_en = models.CharField(max_length=400, blank=True)
    approver_role = models.CharField(max_length=40, blank=True)
    link = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default=ASKED)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["staff", "-id"], name="permitrequest_staff"),
            models.Index(fields=["state", "-id"], name="permitrequest_state"),
        ]
        constraints = [
            # Asked once at a time.
            models.UniqueConstraint(
                fields=["staff", "verb", "kind", "subject_id"],
                condition=models.Q(state="asked"),
                name="permitrequest_once",
                nulls_distinct=False,
            )
        ]


class Departure(models.Model):
    """Somebody is about to leave: what is held goes to others first, and a receiver confirms it (ORG-10)."""

    KIND = "departure"

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="departures")
    leaves_on = models.DateField()
    receiver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    announced_at = models.DateTimeField()
    announced_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    # The receiver confirms that everything has come; only an empty list can be confirmed.
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=models.Q(completed_at=None, cancelled_at=None),
                name="departure_one_at_a_time",
            )
        ]


class Absence(models.Model):
    """Leave or business trip: the ladder stands still meanwhile."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "starts_on"], name="absence_staff")]
