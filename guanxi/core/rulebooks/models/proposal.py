from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.scopes import scope_of
from guanxi.base.org.visible import ScopedQuerySet

from .duty import Duty
from .rulebook import Clause, Rule


class ProposalKind(models.TextChoices):
    NOTICE = "notice", _("Notice")
    SCORE = "score", _("Points")
    DEDUCTION = "deduct", _("Deduction")
    REASSIGNMENT = "reassign", _("Another owner")


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("To be decided")
    CONFIRMED = "confirmed", _("Confirmed")
    FORGIVEN = "forgiven", _("Forgiven")
    # The duty or record behind it is not late or not there any more.
    WITHDRAWN = "withdrawn", _("Fell away")


class Appeal(models.TextChoices):
    NONE = "", _("No appeal")
    OPEN = "open", _("Appealed")
    UPHELD = "upheld", _("Appeal upheld: taken back")
    DISMISSED = "dismissed", _("Appeal dismissed")


class Review(models.TextChoices):
    """What a confirmed one was put under when its duty was corrected afterwards."""

    NONE = "", _("Not called into question")
    OPEN = "open", _("To be looked at again")
    KEPT = "kept", _("Looked at: it stays")
    TAKEN_BACK = "taken_back", _("Looked at: taken back")


class ProposalQuerySet(ScopedQuerySet["Proposal"]):
    def visible_to(self, actor: Actor, verb: str = "read") -> ProposalQuerySet:
        """Those against the people one answers for, and whatever one has or had to decide."""
        scope = scope_of(actor, Proposal.KIND, verb)
        if scope.everything:
            return self
        if scope.is_nothing:
            return self.none()
        involved = Q()
        for role in ("confirmer", "first_confirmer", "decided_by", "appeal_to", "appeal_decided_by"):
            involved |= Q(**{role: actor.staff_id})
        return self.filter(Q(staff_id__in=scope.staff_ids) | Q(unit_id__in=scope.unit_ids) | involved)


class Proposal(models.Model):
    """A consequence that a clause proposes against a person. Nothing happens before a named role confirms it (POL-04).

    Amounts are yuan for deductions and points for scores. `confirmer` is who decides now: the first responsible
    person, or the next level after `due_at` has passed (POL-05). A confirmed one stands in the statement of `month`
    (its first day); taken back after that month was closed, it is reversed in an open one (`reversed_month`).
    """

    KIND = "proposal"
    SCOPE_OWNER = "staff_id"

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="proposals")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="proposals")
    duty = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="proposals")
    rung = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=ProposalKind.choices)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    # Whom it is against; the unit that person belonged to then.
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="proposals")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    least = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    most = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    confirmer_role = models.CharField(max_length=40, blank=True)
    confirmer = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    first_confirmer = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField(default=0, db_default=0)
    proposed_at = models.DateTimeField()
    # Since when the duty was late when this was proposed; empty: the rung does not ask whether it is late.
    late_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=300, blank=True)
    month = models.DateField(null=True)
    # The new owner of the customer, when one was proposed.
    given_to = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    appeal = models.CharField(max_length=10, choices=Appeal.choices, blank=True, default=Appeal.NONE)
    appeal_text = models.CharField(max_length=500, blank=True)
    appealed_at = models.DateTimeField(null=True)
    # Who answers: the next level above whoever confirmed it; empty: nobody is above.
    appeal_to = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    appeal_answer = models.CharField(max_length=300, blank=True)
    appeal_decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    appeal_decided_at = models.DateTimeField(null=True)
    reversed_month = models.DateField(null=True)
    review = models.CharField(max_length=10, choices=Review.choices, blank=True, default=Review.NONE, db_default="")
    review_at = models.DateTimeField(null=True)
    review_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    review_note = models.CharField(max_length=300, blank=True, default="", db_default="")
    version = models.IntegerField(default=1, db_default=1)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["duty", "rung"], name="proposal_once"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(month__isnull=False, decided_by__isnull=False),
                name="proposal_confirmed_by_somebody",
            ),
            # Nobody decides about themselves.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("staff")), name="proposal_not_by_oneself"
            ),
            # An appeal is answered by neither of the two.
            models.CheckConstraint(
                condition=Q(appeal_decided_by__isnull=True)
                | (~Q(appeal_decided_by=F("staff")) & ~Q(appeal_decided_by=F("decided_by"))),
                name="proposal_appeal_by_a_third",
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "-id"], name="proposal_staff"),
            models.Index(fields=["unit", "-id"], name="proposal_unit"),
            models.Index(fields=["confirmer", "due_at"], name="proposal_to_decide", condition=Q(state="proposed")),
            models.Index(fields=["clause", "proposed_at"], name="proposal_clause"),
            models.Index(fields=["month", "staff"], name="proposal_month", condition=Q(month__isnull=False)),
            models.Index(
                fields=["reversed_month", "staff"],
                name="proposal_reversed",
                condition=Q(reversed_month__isnull=False),
            ),
            models.Index(fields=["rule"], name="proposal_undecided", condition=Q(state="proposed")),
        ]


class ClosedMonth(models.Model):
    """A month whose statement is final (闭账): what stands in it never changes (`month` is its first day)."""

    KIND = "closedmonth"

    month = models.DateField(unique=True)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    # What was closed, so that any later difference shows: lines and the sum of deductions in yuan.
    lines = models.IntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=2)
