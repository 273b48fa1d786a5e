from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.records.numbers import numbered


class TransferState(models.TextChoices):
    SENT = "sent", _("On the way")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Taken back")


class ItemState(models.TextChoices):
    WAITING = "waiting", _("Not received yet")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")
    CANCELLED = "cancelled", _("Taken back")


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, actor: Actor) -> TransferQuerySet:
        """Lists that somebody within the actor's scope sent or is to receive."""
        scope = scope_of(actor, Transfer.KIND)
        if scope.everything:
            return self
        people = list(scope.staff_ids)
        return self.filter(Q(from_staff_id__in=people) | Q(to_staff_id__in=people))


class Transfer(models.Model):
    """A numbered list (移交单) with which controlled forms go from one hand to another (FIL-04, FIL-05, FIL-07).

    `kind`: of the forms on it. `receiver_role`: what the receiver was when it was sent, for whoever asks later.
    """

    KIND = "transfer"

    number = numbered("T")
    kind = models.CharField(max_length=20)
    from_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    to_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    receiver_role = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.SENT)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_staff=F("to_staff")), name="transfer_to_another"),
        ]
        indexes = [
            models.Index(fields=["to_staff", "state", "-id"], name="transfer_to"),
            models.Index(fields=["from_staff", "-id"], name="transfer_from"),
        ]

    def __str__(self) -> str:
        return self.number


class TransferItem(models.Model):
    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="items")
    form_kind = models.CharField(max_length=20)
    form_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.WAITING)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # A form is on its way on one list at a time.
            models.UniqueConstraint(
                fields=["form_kind", "form_id"], condition=Q(state="waiting"), name="transferitem_on_one_list"
            )
        ]
        indexes = [models.Index(fields=["form_kind", "form_id"], name="transferitem_form")]
