"""The manager's page: clauses beside what they made happen, by unit and person; and the late list of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.org.web import ActorRequest

from ..models import Duty, Rulebook
from ..queries.day_ends import late_at_day_end, was_kept
from ..queries.measures import Figures, Measures, measures
from ..queries.units import UnitLine, sees_units, unit_tree
from .books import sight_of, title_of
from .faces import TREND, clause_lines, trend_points
from .listing import day_asked, people_options, person_name
from .states import MADE
from .wish import Wish

MOST_PEOPLE = 100


@dataclass(frozen=True)
class Line:
    """One unit or person. `level` is how deep a unit lies; `of` is what the address of its rows says."""

    name: str
    of: dict[str, Any]
    figures: Figures
    level: int = 0
    url: str = ""


@dataclass(frozen=True)
class Found:
    """What the page, the file and the paper show."""

    wish: Wish
    measures: Measures
    clauses: list[Any]
    units: list[Line]
    people: list[Line]

    @property
    def total(self) -> Figures:
        return self.measures.together()[-1]


def find(wish: Wish, actor: Actor, tree: list[UnitLine]) -> Found:
    found = measures(actor, month=wish.month, count=TREND, narrowing=wish.narrowing(actor), by_people=True)
    return Found(
        wish,
        found,
        clause_lines(found, actor, rulebook=wish.rulebook),
        unit_lines(found, tree, wish) if sees_units(actor) else [],
        people_lines(found, actor) if sees_units(actor) and wish.person in ("", "nobody") else [],
    )


def compliance(request: ActorRequest) -> HttpResponse:
    wish, tree = Wish.of(request.GET), unit_tree()
    found = find(wish, request.actor, tree)
    context = {
        "wish": wish,
        "found": found,
        "states": MADE,
        "trend": trend_points(found.measures.months, found.measures.together()),
        "sight": sight_of(request.actor),
        "people": people_options(request.actor),
        "units": [(str(u.id), "\u2003" * u.level + u.name) for u in tree] if sees_units(request.actor) else [],
        "rulebooks": [(book.key, title_of(book, request.actor)) for book in Rulebook.objects.order_by("key")],
        "most_people": MOST_PEOPLE,
        "yesterday": clock.today() - timedelta(days=1),
    }
    return ui.page(request, "rulebooks/compliance.html", context)


def unit_lines(found: Measures, tree: list[UnitLine], wish: Wish) -> list[Line]:
    """Each with all below it, so that a branch stands above its departments."""
    within = {one for unit in tree if unit.id == wish.unit for one in unit.all_ids()} if wish.unit else None
    lines = []
    for unit in tree:
        figures = Figures.sum_of(found.by_unit[one] for one in unit.all_ids() if one in found.by_unit)
        if figures.raised and (within is None or unit.id in within):
            lines.append(Line(unit.name, {"unit": unit.id}, figures, unit.level, wish.address(unit=unit.id)))
    return lines


def people_lines(found: Measures, actor: Actor) -> list[Line]:
    """Who is late most stands first."""
    scope = scope_of(actor, Duty.KIND)
    names = dict(Staff.objects.filter(id__in=[pk for pk in found.by_staff if pk]).values_list("id", "name"))
    lines = [
        Line(
            names.get(pk) or str(_("Nobody found")),
            {"person": str(pk) if pk else "nobody"},
            figures,
            url=f"/record/{pk}?month={found.months[-1].text}"
            if pk and (scope.everything or pk in scope.staff_ids)
            else "",
        )
        for pk, figures in found.by_staff.items()
        if figures.raised
    ]
    return sorted(lines, key=lambda line: (-line.figures.late, -line.figures.raised, line.name))


def described(wish: Wish, actor: Actor, tree: list[UnitLine]) -> list[tuple[str, str]]:
    """What the figures are of, in words, for files and paper."""
    units = {unit.id: unit.name for unit in tree}
    books = {book.key: title_of(book, actor) for book in Rulebook.objects.filter(key=wish.rulebook)}
    pairs = [
        (_("Month"), wish.month.text),
        (_("Rulebook"), books.get(wish.rulebook, "")),
        (_("Unit"), units.get(wish.unit or 0, "")),
        (_("Assignee"), actor.label if wish.person == "me" else person_name(wish.person, actor)),
    ]
    return [(str(label), text) for label, text in pairs if text]


def day_end(request: ActorRequest) -> HttpResponse:
    """The late list of a day as the night found it (POL-03)."""
    latest = clock.today() - timedelta(days=1)
    day = day_asked(request.GET.get("day", "")) or latest
    lines = late_at_day_end(request.actor, day)
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < latest else None,
        "lines": lines,
        "total": sum(line.late for line in lines),
        "taken_at": next((line.taken_at for line in lines), None),
        "sight": sight_of(request.actor),
        "is_to_come": day > latest,
        "is_kept": bool(lines) or was_kept(day),
    }
    return ui.page(request, "rulebooks/day_end.html", context)
