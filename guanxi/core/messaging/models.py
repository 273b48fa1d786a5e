from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guanxi.base.org.models import Staff

from .channels.models import Alerted, Channel, Delivery, MailChoice

__all__ = ["Alerted", "Channel", "Delivery", "MailChoice", "Message"]


class Message(models.Model):
    """A line in somebody's message centre. `kind` chooses the sentence; `params` fill it when it is read."""

    recipient = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    duty_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    # Messages of one kind and day are read as one group; the dedupe key makes each come once.
    group_key = models.CharField(max_length=120, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("recipient"), F("created_at").desc(), F("id").desc(), name="message_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="message_unread"),
        ]
