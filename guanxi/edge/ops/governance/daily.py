"""What is told each morning to whoever keeps the house safe: what is overdue. Once a week each, until it is done; of
incidents each day, for theirs are hours and another one may have become late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind

from ..alarms import holders
from .checklists import standings
from .models import DataIncident, IncidentState, Risk, RiskState
from .reviewing import due_on

# 08:10 in Shanghai.
EVERY_MORNING = "10 0 * * *"
REVIEW, ITEMS, INCIDENTS, RISKS = "ops:review:due", "ops:checklist:overdue", "ops:dataincident:late", "ops:risk:due"
TITLES: dict[str, Any] = {
    REVIEW: _("A review of who may do what was due on %(day)s."),
    ITEMS: _("Items of checklists whose check is overdue: %(count)s"),
    INCIDENTS: _("Data incidents that should have been told by now: %(count)s"),
    RISKS: _("Risks that were to be looked at again: %(count)s"),
}


def register() -> None:
    for key, title in TITLES.items():
        KINDS.add(MessageKind(key, title, is_late=True))


@app.periodic(cron=EVERY_MORNING)
@app.task(name="ops:safety", queue="upkeep", queueing_lock="ops:safety")
def look_after(timestamp: int) -> None:
    tell_what_is_overdue(actor=Actor.system("upkeep"))


@action("ops:safety:told", _("%(who)s told of %(count)s overdue matters of safety."))
def tell_what_is_overdue(*, actor: Actor) -> int:
    found = list(overdue())
    today = clock.today()
    week = "-".join(str(part) for part in today.isocalendar()[:2])
    people = holders("security", "update")
    for key, params in found:
        when = today if key == INCIDENTS else week
        for staff_id in people:
            tell(staff_id, key, params=params, dedupe_key=f"{key}:{when}:{staff_id}")
    if found:
        trail.record("security", None, actor=actor, changes={"count": len(found)})
    else:
        trail.unchanged()
    return len(found)


def overdue() -> Iterator[tuple[str, dict[str, Any]]]:
    if due_on() < clock.today():
        yield REVIEW, {"day": str(due_on()), "link": "/settings/security/reviews"}
    if count := late_items():
        yield ITEMS, {"count": count, "link": "/settings/security/checklists"}
    if count := late_incidents():
        yield INCIDENTS, {"count": count, "link": "/data-incidents"}
    if count := late_risks():
        yield RISKS, {"count": count, "link": "/risks/matrix"}


def late_items() -> int:
    return sum(one.is_overdue for _list, items in standings(live=False) for one in items)


def late_incidents() -> int:
    open_ones = DataIncident.objects.filter(
        removed_at=None, told_at=None, state__in=[IncidentState.REPORTED, IncidentState.CONFIRMED]
    )
    return sum(clock.now() > one.tell_by for one in open_ones.only("noticed_at", "state", "told_at")[:500])


def late_risks() -> int:
    rows = Risk.objects.filter(removed_at=None, review_on__lt=clock.today())
    return rows.exclude(state=RiskState.ACCEPTED).count()
