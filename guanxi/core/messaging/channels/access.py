from __future__ import annotations

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.scopes import scope_of

from .models import Channel


def access_channel(actor: Actor, channel_id: int, *, to: str = "read", lock: bool = False) -> Channel:
    """Channels are administered as a whole: there is no scope below everything."""
    rows = Channel.objects.filter(removed_at=None)
    if not scope_of(actor, Channel.KIND, to).everything:
        raise Missing()
    found = (rows.select_for_update() if lock else rows).filter(id=channel_id).first()
    if found is None:
        raise Missing()
    return found
