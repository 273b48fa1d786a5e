"""Who leaves and who receives are told of a departure; who announced it learns that all has been received."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Departure

from .actions import tell
from .kinds import KINDS, MessageKind

TO_RECEIVE, TO_LEAVE, RECEIVED = "org:departure:to_receive", "org:departure:to_leave", "org:departure:received"


def register() -> None:
    KINDS.add(MessageKind(TO_RECEIVE, _("%(name)s leaves on %(day)s; you receive what is handed over.")))
    KINDS.add(MessageKind(TO_LEAVE, _("Your departure on %(day)s is announced; see what you have to hand over.")))
    KINDS.add(MessageKind(RECEIVED, _("%(receiver)s confirmed having received everything of %(name)s.")))


def announced(event: Event, actor: Actor) -> None:
    """Told again when the day or the receiver changes."""
    for one in Departure.objects.filter(id__in=event.ids).select_related("staff", "receiver"):
        for staff_id, kind in ((one.receiver_id, TO_RECEIVE), (one.staff_id, TO_LEAVE)):
            if staff_id != actor.staff_id:
                key = f"{kind}:{one.pk}:{staff_id}:{one.leaves_on}"
                tell(staff_id, kind, params=_params(one), dedupe_key=key)


def received(event: Event, actor: Actor) -> None:
    for one in Departure.objects.filter(id__in=event.ids).select_related("staff", "receiver"):
        for staff_id in {one.announced_by_id, one.staff_id} - {None, actor.staff_id}:
            assert staff_id is not None
            words = _params(one) | {"receiver": actor.label}
            tell(staff_id, RECEIVED, params=words, dedupe_key=f"{RECEIVED}:{one.pk}:{staff_id}:{clock.today()}")


def _params(one: Departure) -> dict[str, str]:
    return {"name": one.staff.name, "day": one.leaves_on.isoformat(), "link": f"/departures/{one.pk}"}
