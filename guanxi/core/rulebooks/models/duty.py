from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.scopes import scope_of
from guanxi.base.org.visible import ScopedQuerySet
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer

from .rulebook import Clause, Rule


class State(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Withdrawn(models.TextChoices):
    """Why an open duty fell away. All but `by_hand` come back when the reason does."""

    AUDIENCE = "audience", _("The clause no longer applies to this record")
    REMOVED = "removed", _("The record was removed")
    UNDONE = "undone", _("The import of this record was undone")
    DECEASED = "deceased", _("The customer has died")
    UNDISTURBED = "undisturbed", _("The customer does not wish to be disturbed")
    LEFT = "left", _("The person has left the company")
    OCCASION = "occasion", _("The occasion for it fell away")
    RENEWED = "renewed", _("A new version of the rulebook took its place")
    BY_HAND = "by_hand", _("Withdrawn by a person")


class DutyQuerySet(ScopedQuerySet["Duty"]):
    def open(self) -> DutyQuerySet:
        return self.filter(state=State.OPEN)

    def visible_to(self, actor: Actor, verb: str = "read") -> DutyQuerySet:
        """Those of the people one answers for; one that nobody was found for is seen by whoever answers for the
        customer's owner, so that it is never out of everybody's sight."""
        scope = scope_of(actor, Duty.KIND, verb)
        if scope.everything:
            return self
        if scope.is_nothing:
            return self.none()
        mine = Q(assignee_id__in=scope.staff_ids) | Q(unit_id__in=scope.unit_ids)
        orphaned = Q(assignee_id__isnull=True, customer__owner_id__in=scope.staff_ids)
        return self.filter(mine | orphaned)


class Duty(models.Model):
    """One thing one person must do about one subject by one time. Without a clause it is a task from a person.

    `due_at` is the first moment that is late: 24:00 of the due day. `opens_at` is when evidence begins to count.
    """

    KIND = "duty"
    SCOPE_OWNER = "assignee_id"
    SCOPE_UNIT = "unit_id"

    # No single-column indexes: those below serve every look-up, and each costs at every duty raised.
    clause = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="duties", db_index=False)
    # The wording it was raised under stays, also after the rule changes (POL-09).
    rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="duties", db_index=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="duties", db_index=False)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, db_index=False)
    occurrence = models.CharField(max_length=60, default="", db_default="", blank=True)
    step = models.SmallIntegerField(default=1, db_default=1)
    slot = models.SmallIntegerField(default=0, db_default=0)
    assignee = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="duties", db_index=False)
    is_hand_assigned = models.BooleanField(default=False, db_default=False)
    purpose = models.CharField(max_length=200)
    purpose_en = models.CharField(max_length=200, blank=True, default="", db_default="")
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # What the rule says; `due_at` may be later by a postponement.
    base_due_at = models.DateTimeField()
    postponed_to = models.DateTimeField(null=True)
    postponed_why = models.CharField(max_length=200, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_default=State.OPEN)
    is_caught_up = models.BooleanField(default=False, db_default=False)
    settled_at = models.DateTimeField(null=True)
    settled_activity = models.ForeignKey(
        Activity, null=True, on_delete=models.PROTECT, related_name="settles", db_index=False
    )
    # Which piece of evidence settled it: the key of its provider (registry.EVIDENCE) and the piece's id there.
    # `settled_activity` says the same once more for records of contact, which screens join.
    evidence_key = models.CharField(max_length=40, blank=True, default="", db_default="")
    evidence_id = models.BigIntegerField(null=True)
    # 补录: the evidence was written down on another day than it happened.
    is_recorded_later = models.BooleanField(default=False, db_default=False)
    settled_late = models.BooleanField(default=False, db_default=False)
    settled_note = models.TextField(blank=True, default="", db_default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=12, choices=Withdrawn.choices, blank=True, default="", db_default="")
    withdrawn_note = models.CharField(max_length=200, blank=True, default="", db_default="")
    # A consequence proposed for it was forgiven or taken back; kept by a trigger on proposals.
    is_forgiven = models.BooleanField(default=False, db_default=False)
    # How many rungs of the ladder have been climbed.
    rung = models.SmallIntegerField(default=0, db_default=0)
    created_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1, db_default=1)

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clause", "subject_id", "occurrence", "step", "slot"], name="duty_once"),
            # One piece of evidence settles one step of a series, also when two runs meet.
            models.UniqueConstraint(
                fields=["evidence_id", "clause", "evidence_key", "subject_id", "occurrence", "slot"],
                condition=Q(evidence_id__isnull=False),
                name="duty_piece_once",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="duty_state"),
            models.CheckConstraint(condition=Q(state="done") | Q(settled_at__isnull=True), name="duty_settled_is_done"),
            models.CheckConstraint(condition=Q(clause=None) | Q(rule__isnull=False), name="duty_keeps_its_rule"),
        ]
        indexes = [
            # By person, by unit and alone. What was caught up lies apart, or thousands of old ones would have to be
            # walked over to find those of today.
            models.Index(
                fields=["assignee", "is_caught_up", "due_at", "id"], name="duty_workbench", condition=Q(state="open")
            ),
            models.Index(fields=["unit", "is_caught_up", "due_at", "id"], name="duty_unit", condition=Q(state="open")),
            # With what late ones are counted by, so that counting reads the index alone.
            models.Index(
                fields=["is_caught_up", "due_at", "id"],
                include=["clause", "assignee", "unit"],
                name="duty_open",
                condition=Q(state="open"),
            ),
            models.Index(fields=["assignee", "state", "due_at", "id"], name="duty_past", condition=~Q(state="open")),
            models.Index(fields=["unit", "state", "due_at", "id"], name="duty_unit_past", condition=~Q(state="open")),
            models.Index(fields=["state", "due_at", "id"], name="duty_all_past", condition=~Q(state="open")),
            models.Index(fields=["customer"], name="duty_customer"),
            models.Index(fields=["subject_kind", "subject_id"], name="duty_subject"),
            models.Index(fields=["rule", "due_at"], name="duty_climb", condition=Q(state="open")),
            models.Index(fields=["clause", "due_at", "id"], name="duty_measure"),
            # What was done on a day, by whom.
            models.Index(fields=["assignee", "settled_at"], name="duty_settled", condition=Q(state="done")),
            models.Index(fields=["due_at"], name="duty_orphan", condition=Q(assignee__isnull=True)),
        ]

    @property
    def due_on(self) -> date:
        """The last day on which it is in time."""
        return clock.local_date(self.due_at - timedelta(microseconds=1))

    @property
    def is_late(self) -> bool:
        return self.state == State.OPEN and not self.is_caught_up and self.due_at <= clock.now()

    @property
    def is_task(self) -> bool:
        return self.clause_id is None
