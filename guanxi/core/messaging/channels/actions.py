"""Setting up where messages go (CN-04: off until somebody does), and what a person wants by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, sealed
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Unit

from . import mails, outbox
from .access import access_channel
from .models import EMAIL, PROVIDERS, SKIPPED, TEST, WAITING, Channel, Delivery, MailChoice
from .papers import Paper, Section
from .robots import ROBOTS, is_of

# Later, and it might be the next day before anybody looks at the clock again.
LATEST_DIGEST = time(23, 30)
SHOWN = ("name", "unit_ids", "language", "digest_at", "late_alerts", "is_active")


@dataclass(frozen=True)
class ChannelEntry:
    """`address` and `secret` empty: those that are kept stay."""

    provider: str
    name: str
    address: str = ""
    secret: str = ""
    unit_ids: tuple[int, ...] = ()
    language: str = "zh-hans"
    digest_at: time | None = None
    late_alerts: bool = False
    is_active: bool = True


@action("messaging:channel:created", _("%(who)s set up a channel for messages that leave the building."))
def create_channel(entry: ChannelEntry, *, actor: Actor) -> Channel:
    gate.ask(actor, "create", Channel.KIND)
    channel = Channel(provider=entry.provider, created_at=clock.now())
    check(channel, entry)
    changes = fill(channel, entry)
    save(channel)
    trail.record(Channel.KIND, channel.pk, actor=actor, changes=changes | {"provider": [None, entry.provider]})
    return channel


@action("messaging:channel:changed", _("%(who)s changed a channel."))
def change_channel(channel_id: int, entry: ChannelEntry, *, actor: Actor) -> Channel:
    gate.ask(actor, "update", Channel.KIND, channel_id)
    channel = access_channel(actor, channel_id, to="update", lock=True)
    check(channel, entry)
    changes = fill(channel, entry)
    if not changes:
        trail.unchanged()
        return channel
    channel.version += 1
    save(channel)
    if not channel.is_active:
        waiting = Delivery.objects.filter(channel=channel, state=WAITING)
        waiting.exclude(kind=TEST).update(state=SKIPPED, code="switched off", body={})
    trail.record(Channel.KIND, channel.pk, actor=actor, changes=changes)
    return channel


@action("messaging:channel:removed", _("%(who)s removed a channel."))
def remove_channel(channel_id: int, *, actor: Actor) -> None:
    """Its secrets go at once; what it sent stays on record."""
    gate.ask(actor, "delete", Channel.KIND, channel_id)
    channel = access_channel(actor, channel_id, to="delete", lock=True)
    channel.removed_at = clock.now()
    channel.is_active = False
    channel.address_sealed = channel.secret_sealed = ""
    channel.save()
    Delivery.objects.filter(channel=channel, state=WAITING).update(state=SKIPPED, code="channel removed", body={})
    trail.record(Channel.KIND, channel.pk, actor=actor, changes={"name": [channel.name, None]})


@action("messaging:channel:tested", _("%(who)s sent a test message to a channel."))
def send_test(channel_id: int, *, actor: Actor) -> None:
    """Through the outbox like any other; e-mail goes to whoever tests."""
    gate.ask(actor, "update", Channel.KIND, channel_id)
    channel = access_channel(actor, channel_id, to="update", lock=True)
    if Delivery.objects.filter(channel=channel, kind=TEST, state=WAITING).exists():
        raise Refused(_("A test message is already waiting to be sent."), code="waiting")
    with override(channel.language):
        lines = (
            gettext("Digests and late alerts will arrive here."),
            gettext("Sent by %(who)s.") % {"who": actor.label},
        )
        paper = Paper(gettext("Test message of Guanxi"), (Section(channel.name, lines),), "/")
    key = f"test:{channel.pk}:{clock.now().isoformat()}"
    recipient_id = actor.staff_id if channel.is_mail else None
    outbox.put_in(channel, TEST, paper, dedupe_key=key, recipient_id=recipient_id)
    trail.record(Channel.KIND, channel.pk, actor=actor)


@action("messaging:mail:chosen", _("%(who)s chose what comes by e-mail."))
def choose_mail(*, digest: bool, late: bool, actor: Actor) -> None:
    if actor.staff_id is None:
        raise NotAllowed()
    kept, _is_new = MailChoice.objects.select_for_update().get_or_create(staff_id=actor.staff_id)
    if (kept.digest, kept.late) == (digest, late):
        trail.unchanged()
        return
    changes = {"digest": [kept.digest, digest], "late": [kept.late, late]}
    kept.digest, kept.late = digest, late
    kept.save()
    trail.record("staff", actor.staff_id, actor=actor, changes=changes)


def check(channel: Channel, entry: ChannelEntry) -> None:
    errors: dict[str, list[Any]] = {}
    if entry.provider not in dict(PROVIDERS) or (channel.pk and entry.provider != channel.provider):
        raise Invalid({"provider": [_("Choose one of the list.")]})
    if not entry.name or len(entry.name) > 60:
        errors["name"] = [_("Give it a name of at most 60 characters, such as the group.")]
    if entry.language not in dict(settings.LANGUAGES):
        errors["language"] = [_("Choose one of the list.")]
    if Unit.objects.filter(id__in=entry.unit_ids).count() != len(set(entry.unit_ids)):
        errors["unit_ids"] = [_("Choose one of the list.")]
    if entry.digest_at and entry.digest_at > LATEST_DIGEST:
        errors["digest_at"] = [_("At 23:30 at the latest, so that it still goes out on its day.")]
    errors |= _wrong_place(channel, entry)
    if errors:
        raise Invalid(errors)


def _wrong_place(channel: Channel, entry: ChannelEntry) -> dict[str, list[Any]]:
    if entry.provider == EMAIL:
        missing = [] if mails.is_set_up() else [_("E-mail needs EMAIL_HOST and EMAIL_FROM in the settings first.")]
        return {"provider": missing} if missing else {}
    errors: dict[str, list[Any]] = {}
    if entry.address and not is_of(entry.provider, entry.address):
        errors["address"] = [_("This is not the webhook address of a robot of this provider; copy it from the group.")]
    if not entry.address and not channel.address:
        errors["address"] = [_("The webhook address of the robot is needed.")]
    if ROBOTS[entry.provider].wants_secret and not (entry.secret or channel.secret):
        errors["secret"] = [_("Switch on the signature of the robot and enter its secret here.")]
    if len(entry.secret) > 200:
        errors["secret"] = [_("At most %(count)s characters.") % {"count": 200}]
    return errors


def fill(channel: Channel, entry: ChannelEntry) -> dict[str, Any]:
    """What changed, as the trail may show it: that a secret is another one, never which."""
    changes: dict[str, Any] = {}
    for name in SHOWN:
        before, after = getattr(channel, name), getattr(entry, name)
        after = sorted(after) if name == "unit_ids" else after
        if before != after:
            changes[name] = [_written(before), _written(after)]
            setattr(channel, name, after)
    if {"late_alerts", "is_active", "unit_ids"} & set(changes):
        channel.alerts_from = None
    if entry.address:
        channel.address_sealed, channel.address_hint = sealed.seal(entry.address), hint(entry.address)
        changes["address"] = [None, channel.address_hint]
    if entry.secret:
        channel.secret_sealed = sealed.seal(entry.secret)
        changes["secret"] = [None, "•"]
    return changes


def _written(value: Any) -> Any:
    return value.isoformat("minutes") if isinstance(value, time) else value


def hint(address: str) -> str:
    """Enough to tell two robots apart: the host and the last four characters."""
    return f"{(urlsplit(address).hostname or '')[:60]} …{address[-4:]}"


def save(channel: Channel) -> None:
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as taken:
        raise Invalid({"name": [_("This name is taken.")]}) from taken
