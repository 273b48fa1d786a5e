"""A channel that fails is no secret of the log: who administers channels reads of it in the message centre."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff

from ..actions import tell
from ..kinds import KINDS, MessageKind
from .models import FAILED, Channel, Delivery

LOST, UNCERTAIN = "messaging:delivery:failed", "messaging:delivery:unknown"


def register() -> None:
    KINDS.add(MessageKind(LOST, _("A message to %(channel)s was not delivered (%(code)s).")))
    not_known = _("Whether a message to %(channel)s arrived is not known (%(code)s); it is not repeated.")
    KINDS.add(MessageKind(UNCERTAIN, not_known))


def administrators() -> list[int]:
    today = clock.today()
    held = Q(posts__starts_on__lte=today) & (Q(posts__ends_on=None) | Q(posts__ends_on__gte=today))
    granted = Q(posts__role__grants__kind=Channel.KIND, posts__role__grants__verb="update")
    people = Staff.objects.filter(held & granted, left_on=None, account__is_active=True)
    return list(people.distinct().values_list("id", flat=True))


def tell_administrators(delivery: Delivery, state: str, code: str) -> None:
    """Once a day for each channel and kind of trouble: a group that is gone would fill the centre."""
    channel = delivery.channel
    kind = LOST if state == FAILED else UNCERTAIN
    params = {"channel": channel.name, "code": code, "link": f"/channels/{channel.pk}"}
    for staff_id in administrators():
        key = f"delivery:{state}:{channel.pk}:{clock.today()}:{staff_id}"
        tell(staff_id, kind, params=params, dedupe_key=key)
