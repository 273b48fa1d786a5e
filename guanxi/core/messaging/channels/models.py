from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import sealed
from guanxi.base.org.models import Staff

WECOM, DINGTALK, FEISHU, EMAIL = "wecom", "dingtalk", "feishu", "email"
PROVIDERS = [
    (WECOM, _("WeCom group robot")),
    (DINGTALK, _("DingTalk group robot")),
    (FEISHU, _("Feishu group robot")),
    (EMAIL, _("E-mail to each person")),
]
# Sent, and no answer came, is `unknown`. A group would read it twice, so it is not repeated.
WAITING, SENDING, SENT, FAILED, UNKNOWN, SKIPPED = "waiting", "sending", "sent", "failed", "unknown", "skipped"
STATES = [
    (WAITING, _("Waiting")),
    (SENDING, _("Being sent")),
    (SENT, _("Sent out")),
    (FAILED, _("Failed")),
    (UNKNOWN, _("Not known whether it arrived")),
    (SKIPPED, _("Skipped")),
]
DIGEST, LATE, TEST = "digest", "late", "test"
KINDS = [(DIGEST, _("Daily digest")), (LATE, _("Late alert")), (TEST, _("Test message"))]


class Channel(models.Model):
    """A way out of the building: a group that a robot speaks to, or the e-mail of the people."""

    KIND = "channel"

    provider = models.CharField(max_length=10, choices=PROVIDERS)
    name = models.CharField(max_length=60)
    # The address of a robot holds its key: both are secrets (kernel/sealed.py). The hint may be shown.
    address_sealed = models.TextField(blank=True, default="")
    secret_sealed = models.TextField(blank=True, default="")
    address_hint = models.CharField(max_length=80, blank=True, default="")
    # Whose duties it speaks of; empty: of all. Units below are included.
    unit_ids = ArrayField(models.BigIntegerField(), default=list)
    language = models.CharField(max_length=10, default="zh-hans")
    digest_at = models.TimeField(null=True)
    late_alerts = models.BooleanField(default=False)
    # Lateness from before is in the digest; alerts tell what came after this moment.
    alerts_from = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True)
    last_state = models.CharField(max_length=10, blank=True, default="")
    last_code = models.CharField(max_length=60, blank=True, default="")
    last_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(removed_at=None), name="channel_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return sealed.unseal(self.address_sealed)

    @property
    def secret(self) -> str:
        return sealed.unseal(self.secret_sealed)

    @property
    def is_mail(self) -> bool:
        return self.provider == EMAIL


class Delivery(models.Model):
    """One message on its way out, written in the transaction that wants it sent; the dedupe key makes it go once."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    dedupe_key = models.CharField(max_length=120, unique=True)
    # Emptied once it is sent; the digest of it stays.
    body = models.JSONField(default=dict)
    body_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["channel", "-id"], name="delivery_channel"),
            models.Index(fields=["channel", "attempted_at"], name="delivery_rate"),
        ]


class Alerted(models.Model):
    """A rung of a late duty that a channel has told of: once each."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False)
    duty_id = models.BigIntegerField()
    rung = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "duty_id", "rung"], name="alerted_once")]


class MailChoice(models.Model):
    """What a person wants by e-mail; without a row, both."""

    staff = models.OneToOneField(Staff, on_delete=models.CASCADE, related_name="+")
    digest = models.BooleanField(default=True)
    late = models.BooleanField(default=True)
