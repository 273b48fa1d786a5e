"""Digests and late alerts: what is due is put into the outbox, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff

from .models import DIGEST, LATE, SENT, SKIPPED, Channel, Delivery, MailChoice
from .outbox import put_in
from .papers import Paper, Section
from .reporters import REPORTERS

NOON = time(12)
# A digest that is set for the afternoon may come this much later; one of the morning until noon.
MAKE_UP = timedelta(hours=2)


def active_channels() -> list[Channel]:
    return list(Channel.objects.filter(is_active=True, removed_at=None).order_by("id"))


def put_digests_in() -> None:
    for channel in active_channels():
        if channel.digest_at and channel.digest_at <= clock.now().time():
            with transaction.atomic(), translation.override(channel.language):
                digest_of(channel)


def digest_of(channel: Channel) -> None:
    """Once a day. A machine that was off makes up for it until noon; later it is noted as skipped."""
    day = clock.today()
    Channel.objects.select_for_update().get(id=channel.pk)
    key = f"digest:{channel.pk}:{day}"
    if Delivery.objects.filter(dedupe_key=key).exists():
        return
    if clock.now() > last_moment(channel):
        paper = Paper(_("Not sent"), ())
        put_in(channel, DIGEST, paper, dedupe_key=key, state=SKIPPED, code="the time was over")
        return
    (people_digest if channel.is_mail else group_digest)(channel, key)


def last_moment(channel: Channel) -> datetime:
    assert channel.digest_at is not None
    due = datetime.combine(clock.today(), channel.digest_at, tzinfo=clock.ZONE)
    noon = datetime.combine(clock.today(), NOON, tzinfo=clock.ZONE)
    return max(noon, due + MAKE_UP)


def group_digest(channel: Channel, key: str) -> None:
    sections = [section for one in REPORTERS for section in one.day(channel.unit_ids)]
    put_in(channel, DIGEST, Paper(title_of_day(), tuple(sections), "/duties"), dedupe_key=key)


def title_of_day() -> str:
    return _("Guanxi, %(day)s: what is due and what is late") % {"day": clock.today().isoformat()}


def people_digest(channel: Channel, key: str) -> None:
    """The row without a person says that the day was dealt with, also when nobody had anything to read."""
    people = recipients("digest")
    found: dict[int, list[Section]] = {}
    for one in REPORTERS:
        for staff_id, sections in one.day_of_each(channel.unit_ids, people).items():
            found.setdefault(staff_id, []).extend(sections)
    head = Paper(title_of_day(), (), "/")
    put_in(channel, DIGEST, head, dedupe_key=key, state=SENT, code=f"{len(found)} recipients")
    for staff_id, sections in found.items():
        paper = Paper(title_of_day(), tuple(sections), "/")
        put_in(channel, DIGEST, paper, dedupe_key=f"{key}:{staff_id}", recipient_id=staff_id)


def recipients(wanted: str) -> list[int]:
    """Who works here, can be reached by mail and has not switched it off."""
    off = MailChoice.objects.filter(**{wanted: False}).values("staff_id")
    people = Staff.objects.filter(left_on=None, account__is_active=True).exclude(email="").exclude(id__in=off)
    return list(people.values_list("id", flat=True))


def put_alerts_in() -> None:
    for channel in active_channels():
        if channel.late_alerts:
            with transaction.atomic(), translation.override(channel.language):
                alerts_of(channel)


def alerts_of(channel: Channel) -> None:
    """All that climbed since the last time is one message; what was late before the channel began stays quiet."""
    locked = Channel.objects.select_for_update().get(id=channel.pk)
    if locked.alerts_from is None:
        for one in REPORTERS:
            one.begin(channel)
        Channel.objects.filter(id=channel.pk).update(alerts_from=clock.now())
        return
    for one in REPORTERS:
        climbed = one.climbed(channel)
        if climbed:
            (people_alerts if channel.is_mail else group_alert)(channel, climbed)


def group_alert(channel: Channel, climbed: Mapping[int, list[Section]]) -> None:
    sections = tuple(section for sections in climbed.values() for section in sections)
    put_in(channel, LATE, Paper(_("Became later just now"), sections, "/duties"), dedupe_key=_key(channel))


def people_alerts(channel: Channel, climbed: Mapping[int, list[Section]]) -> None:
    for staff_id in recipients("late"):
        if staff_id in climbed:
            paper = Paper(_("You are late"), tuple(climbed[staff_id]), "/")
            put_in(channel, LATE, paper, dedupe_key=f"{_key(channel)}:{staff_id}", recipient_id=staff_id)


def _key(channel: Channel) -> str:
    return f"late:{channel.pk}:{clock.now().isoformat(timespec='seconds')}"
