"""Who hears that a disk runs short, before PostgreSQL does (kernel/space.py keeps watch)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, space
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.ui.banners import BANNERS, Banner
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind
from guanxi.core.messaging.models import Message

from .alarms import holders

SHORT = "ops:space:short"
# Whoever gives rights to roles looks after the installation.
KEEPS = ("role", "update")


def register() -> None:
    text = _("A disk runs short: %(free)s MB are left, %(least)s MB must stay free. Imports, uploads and exports rest.")
    KINDS.add(MessageKind(SHORT, text, is_late=True))
    BANNERS.add(Banner("space", banner))


def banner(actor: Actor) -> str:
    short = space.short()
    return space.sentence(short[0]) if short and may(actor, *KEEPS) else ""


def tell_of_space() -> None:
    """Once a day, however often it is found."""
    short = [volume for volume in space.look_again() if volume.is_short]
    if short and not Message.objects.filter(dedupe_key__startswith=_key()).exists():
        report_short(short[0], actor=Actor.system("upkeep"))


def _key() -> str:
    return f"{SHORT}:{clock.today()}:"


@action("ops:space:found_short", _("%(who)s found a disk short of room."))
def report_short(volume: space.Volume, *, actor: Actor) -> None:
    figures = {"free": volume.free // space.MEGABYTE, "least": volume.least // space.MEGABYTE}
    trail.record("upkeep", None, actor=actor, changes={"place": volume.place, **figures})
    for staff_id in holders(*KEEPS):
        tell(staff_id, SHORT, params=figures, dedupe_key=f"{_key()}{staff_id}")
