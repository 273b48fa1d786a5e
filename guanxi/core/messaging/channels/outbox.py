"""The outbox: put in with the change that wants it, taken out by a worker, each message once.

A row is claimed in a transaction of its own before anything leaves: of two workers one gets it. Who dies while sending
leaves a row that is being sent; after a while it counts as not known, and is shown instead of repeated.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.base.kernel import clock, statements

from . import mails, robots
from .models import FAILED, SENDING, SKIPPED, UNKNOWN, WAITING, Channel, Delivery
from .papers import Paper, read_paper
from .robots import Outcome, Result
from .telling import tell_administrators

JOB = "messaging:deliver"
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
A_MINUTE = 20
STUCK_AFTER, STALE_AFTER = timedelta(minutes=5), timedelta(hours=12)
# Both rows are locked, so that two workers cannot both find room for the last message of a minute.
CLAIM = """
UPDATE messaging_delivery d SET state = 'sending', attempts = d.attempts + 1, attempted_at = %(now)s
WHERE d.id = (
  SELECT w.id FROM messaging_delivery w JOIN messaging_channel c ON c.id = w.channel_id
  WHERE w.state = 'waiting' AND w.next_try_at <= %(now)s AND c.removed_at IS NULL AND (c.is_active OR w.kind = 'test')
    AND (c.provider = 'email' OR %(most)s > (SELECT count(*) FROM messaging_delivery r
      WHERE r.channel_id = c.id AND r.attempted_at > %(minute_ago)s))
  ORDER BY w.next_try_at, w.id LIMIT 1 FOR UPDATE OF w, c SKIP LOCKED)
RETURNING d.id
"""


def put_in(
    channel: Channel,
    kind: str,
    paper: Paper,
    *,
    dedupe_key: str,
    recipient_id: int | None = None,
    state: str = WAITING,
    code: str = "",
) -> None:
    """In the caller's transaction; the same dedupe key comes once."""
    row = Delivery(
        channel=channel,
        recipient_id=recipient_id,
        kind=kind,
        dedupe_key=dedupe_key[:120],
        body=paper.written() if state == WAITING else {},
        body_digest=paper.digest(),
        state=state,
        code=code,
        next_try_at=clock.now(),
        created_at=clock.now(),
    )
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    if state == WAITING:
        wake()


def wake() -> None:
    """One waiting job is enough; it takes out all that is due."""
    try:
        with transaction.atomic():
            app.tasks[JOB].defer(timestamp=int(clock.now().timestamp()))
    except AlreadyEnqueued:
        return


def deliver_all(*, most: int = 500) -> int:
    """How many were taken out, one after the other."""
    clear_up(clock.now())
    count = 0
    while count < most and deliver_one():
        count += 1
    return count


def deliver_one() -> bool:
    delivery = claim()
    if delivery is None:
        return False
    with translation.override(delivery.channel.language):
        result = send(delivery)
    settle(delivery, result)
    return True


def claim() -> Delivery | None:
    now = clock.now()
    given = {"now": now, "minute_ago": now - timedelta(minutes=1), "most": A_MINUTE}
    with transaction.atomic():
        found = statements.value(CLAIM, given)
    return Delivery.objects.select_related("channel", "recipient").get(id=found) if found else None


def send(delivery: Delivery) -> Result:
    channel, paper = delivery.channel, read_paper(delivery.body)
    if not channel.is_mail:
        return robots.send(channel.provider, channel.address, channel.secret, paper)
    to = delivery.recipient.email if delivery.recipient and delivery.recipient.left_on is None else ""
    return mails.send(to, paper, key=f"delivery-{delivery.pk}")


@transaction.atomic
def settle(delivery: Delivery, result: Result) -> None:
    values: dict[str, Any] = {"code": result.code, "state": result.outcome.value}
    if result.outcome is Outcome.RETRY:
        values = _again(delivery, result)
    if values["state"] != WAITING:
        values["body"] = {}
    # Only what is still ours: a sweep may have given it up meanwhile.
    if not Delivery.objects.filter(id=delivery.pk, state=SENDING).update(**values):
        return
    state = values["state"]
    shown = FAILED if state == WAITING else state
    Channel.objects.filter(id=delivery.channel_id).update(last_state=shown, last_code=result.code, last_at=clock.now())
    if state in (FAILED, UNKNOWN):
        tell_administrators(delivery, state, result.code)


def _again(delivery: Delivery, result: Result) -> dict[str, Any]:
    if delivery.attempts > len(PAUSES):
        return {"code": result.code, "state": FAILED}
    pause = PAUSES[delivery.attempts - 1]
    return {"code": result.code, "state": WAITING, "next_try_at": clock.now() + pause}


@transaction.atomic
def clear_up(now: datetime) -> None:
    """What a worker left behind when it died, and what nobody wants to read any more."""
    stuck = Delivery.objects.filter(state=SENDING, attempted_at__lt=now - STUCK_AFTER)
    for delivery in stuck.select_for_update(skip_locked=True, of=("self",)).select_related("channel"):
        settle(delivery, Result(Outcome.UNKNOWN, "the worker ended"))
    stale = Delivery.objects.filter(state=WAITING, created_at__lt=now - STALE_AFTER)
    stale.update(state=SKIPPED, code="too old", body={})
