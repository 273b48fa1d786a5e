"""Who hears that the trail was altered: everybody whose role may read it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.audit.verifying import Verdict
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Grant, Post
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind

ALTERED = "ops:trail:altered"
LINK = "/settings/trail"


def register() -> None:
    text = _("The nightly check found that the trail was altered: %(count)s faults. Run “guanxi audit verify”.")
    KINDS.add(MessageKind(ALTERED, text, is_late=True))


def tell_of(verdict: Verdict) -> None:
    if verdict.faults:
        report_faults(len(verdict.faults), actor=Actor.system("upkeep"))


@action("ops:trail:found_altered", _("%(who)s found %(count)s faults in the trail."))
def report_faults(count: int, *, actor: Actor) -> None:
    trail.record("audit", None, actor=actor, changes={"count": count})
    for staff_id in readers():
        key = f"{ALTERED}:{clock.today()}:{staff_id}"
        tell(staff_id, ALTERED, params={"count": count, "link": LINK}, dedupe_key=key)


def readers() -> list[int]:
    return holders("audit", "read")


def holders(kind: str, verb: str) -> list[int]:
    """Staff who work here and whose role includes this today."""
    roles = Grant.objects.filter(kind=kind, verb=verb).values("role_id")
    today = clock.today()
    posts = Post.objects.filter(role_id__in=roles, starts_on__lte=today, staff__left_on=None).exclude(ends_on__lt=today)
    return list(posts.order_by("staff_id").values_list("staff_id", flat=True).distinct())
