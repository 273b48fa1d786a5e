from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.org.visible import ScopedQuerySet
from guanxi.core.customers.models import Contact, Customer


class Kind(models.TextChoices):
    """The channels of ACT-03."""

    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MESSAGE = "message", _("Instant message")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter or card")
    SHOP = "shop", _("In the shop")
    MEETING = "meeting", _("Meeting")
    NOTE = "note", _("Note")


class Direction(models.TextChoices):
    OUT = "out", _("We contacted them")
    IN = "in", _("They contacted us")


class Result(models.TextChoices):
    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Call back later")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    REFUSED = "refused", _("Did not want to talk")


class Intent(models.TextChoices):
    """What a contact was for beyond the business in hand (CAR-29, CAR-32); empty: just that."""

    CARE = "care", _("Care")
    INFORMATION = "information", _("Useful information")
    PROMOTION = "promotion", _("Promotion")


class NoteState(models.TextChoices):
    """What the note is worth as evidence (CAR-07). Decided once, when it is recorded."""

    EMPTY = "empty", _("No note")
    SHORT = "short", _("Too short to be a record")
    COPIED = "copied", _("The same text as an earlier record")
    DETAILED = "detailed", _("Detailed")


class ActivityQuerySet(ScopedQuerySet["Activity"]):
    def kept(self) -> ActivityQuerySet:
        return self.filter(removed_at__isnull=True)

    def visible_to(self, actor: Actor, verb: str = "read") -> ScopedQuerySet[Activity]:
        """Those of a customer in the bin only for who may take the customer out again."""
        rows = super().visible_to(actor, verb)
        bin_ = scope_of(actor, Customer.KIND, "delete")
        if bin_.everything:
            return rows
        kept = Q(customer__removed_at__isnull=True)
        if bin_.is_nothing:
            return rows.filter(kept)
        where = {"owner": Activity.SCOPE_OWNER, "unit": Activity.SCOPE_UNIT, "record": Activity.SCOPE_RECORD}
        return rows.filter(kept | bin_.condition(kind=Customer.KIND, **where))


class Activity(models.Model):
    """A visit, call, message, note or meeting that happened. Seen by whoever sees the customer."""

    KIND = "activity"
    SCOPE_OWNER = "customer__owner_id"
    SCOPE_UNIT = "customer__unit_id"
    SCOPE_RECORD = "customer_id"
    SCOPE_KIND = "customer"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="activities")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=120, blank=True)
    intent = models.CharField(max_length=12, choices=Intent.choices, blank=True, default="", db_default="")
    result = models.CharField(max_length=20, choices=Result.choices, blank=True)
    note = models.TextField(blank=True)
    note_digest = models.CharField(max_length=32, blank=True)
    note_state = models.CharField(max_length=10, choices=NoteState.choices, default=NoteState.EMPTY)
    next_on = models.DateField(null=True)
    # What it was about beyond the customer, e.g. one file form; then it counts as evidence for that alone.
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("customer"), F("happened_at").desc(), F("id").desc(), name="activity_customer"),
            models.Index(F("staff"), F("happened_at").desc(), name="activity_staff"),
            models.Index(fields=["staff", "note_digest"], name="activity_note"),
            models.Index(F("happened_at").desc(), F("id").desc(), name="activity_new"),
        ]
