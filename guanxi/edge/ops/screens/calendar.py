"""The working calendar: a year at a glance, and one day to edit."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.actions import change_days, extend_calendar
from guanxi.base.org.models import CalendarDay
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from .sending import day as day_of
from .sending import number, send

# As the official data names them.
HOLIDAYS: dict[str, Any] = {
    "New Year's Day": gettext_lazy("New Year's Day"),
    "Spring Festival": gettext_lazy("Spring Festival"),
    "Tomb-sweeping Day": gettext_lazy("Tomb-sweeping Day"),
    "Labour Day": gettext_lazy("Labour Day"),
    "Dragon Boat Festival": gettext_lazy("Dragon Boat Festival"),
    "National Day": gettext_lazy("National Day"),
    "Mid-autumn Festival": gettext_lazy("Mid-autumn Festival"),
}


def day_name(entry: CalendarDay) -> str:
    return str(HOLIDAYS.get(entry.name, entry.name))


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[CalendarDay | None]]
    working: int


@needs("calendar", "read")
def year(request: ActorRequest) -> HttpResponse:
    wanted = request.GET.get("year", "")
    shown = int(wanted) if wanted.isdecimal() and len(wanted) == 4 and 1900 < int(wanted) < 2200 else clock.today().year
    days = {entry.day: entry for entry in CalendarDay.objects.filter(day__year=shown).order_by("day")}
    first, last = _bounds()
    context = {
        "year": shown,
        "months": [month_of(shown, number, days) for number in range(1, 13)] if days else [],
        "working": sum(entry.is_working for entry in days.values()),
        "provisional": sum(entry.is_provisional for entry in days.values()),
        "years": list(range(first, last + 1)),
        "next_year": last + 1,
        "may_change": may(request.actor, "calendar", "update"),
        "look": look,
        "day_name": day_name,
    }
    return ui.page(request, "ops/calendar.html", context)


def _bounds() -> tuple[int, int]:
    first = CalendarDay.objects.order_by("day").values_list("day", flat=True).first()
    last = CalendarDay.objects.order_by("-day").values_list("day", flat=True).first()
    return (first.year, last.year) if first and last else (clock.today().year, clock.today().year - 1)


def month_of(year: int, month: int, days: dict[date, CalendarDay]) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    cells = [[days.get(day) if day.month == month else None for day in week] for week in weeks]
    working = sum(entry.is_working for week in cells for entry in week if entry)
    return Month(date(year, month, 1), cells, working)


def look(entry: CalendarDay) -> str:
    """What sets the day apart: a holiday, a weekend, a weekend day that is worked."""
    is_weekend = entry.day.weekday() >= 5
    if entry.is_working:
        return "moved" if is_weekend else "work"
    return "rest" if is_weekend and not entry.name else "holiday"


@needs("calendar", "update")
@require_http_methods(["GET", "POST"])
def edit_day(request: ActorRequest, day: str) -> HttpResponse:
    entry = _entry(day)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        is_working = request.POST.get("working") == "yes"
        name = request.POST.get("name", "")

        def perform() -> None:
            last = day_of(request.POST, "until")
            span = [
                date.fromordinal(n)
                for n in range(entry.day.toordinal(), min(last.toordinal(), entry.day.toordinal() + 30) + 1)
            ]
            change_days(span, is_working=is_working, name=name, actor=request.actor)

        sent = send(request, f"calendar:day:{day}", perform)
        if sent.is_done:
            ui.toast(request, _("Saved. Deadlines that count working days follow."))
            return ui.go(request, f"/settings/calendar?year={entry.day.year}")
        errors = sent.errors
    context = {"entry": entry, "name": day_name(entry), "errors": errors, "typed": request.POST if errors else None}
    return ui.page(request, "ops/calendar_day.html", context, block="form", status=422 if errors else 200)


def _entry(day: str) -> CalendarDay:
    try:
        entry = CalendarDay.objects.filter(day=date.fromisoformat(day)).first()
    except ValueError:
        entry = None
    if entry is None:
        raise Missing()
    return entry


@needs("calendar", "update")
@require_POST
@sent_once
def extend(request: ActorRequest) -> HttpResponse:
    wanted = number(request.POST, "year")
    extend_calendar(wanted, actor=request.actor)
    still = CalendarDay.objects.filter(day__year=wanted, is_provisional=True).exists()
    ui.toast(
        request,
        _("No official data yet: the year stays provisional.") if still else _("The official data is in."),
        tone="plain" if still else "done",
    )
    return ui.go(request, f"/settings/calendar?year={wanted}")
