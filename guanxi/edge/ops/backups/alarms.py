"""Who hears that backups fail, or that none has been verified for a day and an hour: whoever may see them."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.ui.banners import BANNERS, Banner
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind
from guanxi.core.messaging.models import Message

from ..alarms import holders
from .models import VERIFY, BackupPlan, BackupRun
from .schedule import good_until, is_late, late_plan

LATE, MISSED, BAD, LOG = "ops:backup:late", "ops:backup:failed", "ops:backup:bad", "ops:backup:log"
LINK = "/settings/backups"


def register() -> None:
    late = _("For %(hours)s hours no backup has been verified. Open the page of backups: it says what to do.")
    KINDS.add(MessageKind(LATE, late, is_late=True))
    KINDS.add(MessageKind(MISSED, _("A backup could not be made. The page of backups says why."), is_late=True))
    bad = _("A backup does not bring everything back. Make a full backup now and verify it.")
    KINDS.add(MessageKind(BAD, bad, is_late=True))
    log = _(
        "The log of changes does not arrive with the backups, so the latest hours could not be restored. The page of "
        "backups says why."
    )
    KINDS.add(MessageKind(LOG, log, is_late=True))
    BANNERS.add(Banner("backups", banner))


def banner(actor: Actor) -> str:
    """Asks nothing of the database for those whom it does not concern."""
    if not may(actor, "backup", "read"):
        return ""
    if (plan := late_plan()) is None:
        return ""
    said = gettext("For %(hours)s hours no backup has been verified. Open the page Backups to see why.")
    return said % {"hours": hours(plan)}


def hours(plan: BackupPlan) -> int:
    return int((clock.now() - good_until(plan)) / timedelta(hours=1))


def tell_if_late(plan: BackupPlan) -> None:
    """Once a day, however often it is found."""
    if is_late(plan, clock.now()) and not Message.objects.filter(dedupe_key__startswith=_key()).exists():
        report_late(hours(plan), actor=Actor.system("backup"))


def _key() -> str:
    return f"{LATE}:{clock.today()}:"


@action("ops:backup:found_late", _("%(who)s found that for %(count)s hours no backup had been verified."))
def report_late(since: int, *, actor: Actor) -> None:
    trail.record("backup", None, actor=actor, changes={"count": since})
    for staff_id in holders("backup", "read"):
        tell(staff_id, LATE, params={"hours": since, "link": LINK}, dedupe_key=f"{_key()}{staff_id}")


def tell_of_failure(run: BackupRun) -> None:
    """At once, and once a day: the same trouble every half hour is no news."""
    _tell_holders(BAD if run.what == VERIFY and run.trouble == "damaged" else MISSED)


def tell_of_log() -> None:
    """Late or with a gap; also once a day."""
    _tell_holders(LOG)


def tell_of_bad() -> None:
    """Found without a verification; also once a day."""
    _tell_holders(BAD)


def _tell_holders(kind: str) -> None:
    for staff_id in holders("backup", "read"):
        tell(staff_id, kind, params={"link": LINK}, dedupe_key=f"{kind}:{clock.today()}:{staff_id}")
