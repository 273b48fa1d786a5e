"""Which days the company works (the official calendar, edited by administrators)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid

from .. import events as told
from .. import gate
from ..calendar import fill_calendar, renumber
from ..models import CalendarDay


@action("org:calendar:changed", _("%(who)s changed the working calendar."))
def change_days(days: Sequence[date], *, is_working: bool, name: str, actor: Actor) -> None:
    """Days edited by hand stay when official data arrives. Counts of working days and open duties follow."""
    gate.ask(actor, "update", "calendar")
    known = list(CalendarDay.objects.select_for_update().filter(day__in=days))
    if len(known) != len(set(days)) or not known:
        raise Invalid({"day": [_("The calendar does not reach to this day yet.")]})
    changed = [d for d in known if (d.is_working, d.name, d.is_provisional) != (is_working, name.strip(), False)]
    if not changed:
        trail.unchanged()
        return
    was = {day.day.isoformat(): [day.is_working, is_working] for day in changed}
    CalendarDay.objects.filter(day__in=[d.day for d in changed]).update(
        is_working=is_working, name=name.strip()[:40], is_provisional=False
    )
    renumber()
    trail.record("calendar", None, actor=actor, changes=was)
    _tell([d.day for d in changed], actor)


@action("org:calendar:extended", _("%(who)s extended the working calendar."))
def extend_calendar(year: int, *, actor: Actor) -> None:
    """Adds the year, or takes the official data that has arrived for a provisional one."""
    gate.ask(actor, "update", "calendar")
    if not clock.today().year - 5 <= year <= clock.today().year + 5:
        raise Invalid({"year": [_("Choose a year at most five years away.")]})
    before = _state(year)
    fill_calendar(year, year)
    after = _state(year)
    changed = [day for day, state in after.items() if before.get(day) != state]
    if not changed:
        trail.unchanged()
        return
    trail.record("calendar", None, actor=actor, changes={"year": [None, year], "days": [None, len(changed)]})
    _tell(changed, actor)


def _state(year: int) -> dict[date, tuple[bool, str, bool]]:
    rows = CalendarDay.objects.filter(day__year=year).values_list("day", "is_working", "name", "is_provisional")
    return {day: (is_working, name, provisional) for day, is_working, name, provisional in rows}


def _tell(days: Sequence[date], actor: Actor) -> None:
    ids = [told.day_number(day) for day in sorted(days)]
    events.publish(Event(told.CALENDAR_CHANGED, "calendar", ids), actor=actor)
