from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor

from .models import Message


def tell(
    recipient_id: int,
    kind: str,
    *,
    params: Mapping[str, Any],
    dedupe_key: str,
    group_key: str = "",
    duty_id: int | None = None,
    subject: tuple[str, int] | None = None,
) -> None:
    """Puts one message into the centre, in the caller's transaction; the same dedupe key comes once.

    Not an action of its own: what happened is in the trail of the action that tells.
    """
    row = Message(
        recipient_id=recipient_id,
        kind=kind,
        params=dict(params),
        duty_id=duty_id,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        group_key=group_key,
        dedupe_key=dedupe_key,
        created_at=clock.now(),
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)


@action("messaging:message:read", _("%(who)s read messages."))
def mark_read(ids: Sequence[int] | None, *, actor: Actor) -> int:
    """The actor's own messages; None means all of them."""
    rows = Message.objects.filter(recipient_id=actor.staff_id, read_at=None)
    if ids is not None:
        rows = rows.filter(id__in=ids)
    count = rows.update(read_at=clock.now())
    if count:
        trail.record("message", None, actor=actor, changes={"count": count})
    else:
        trail.unchanged()
    return count
