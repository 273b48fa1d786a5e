"""The doctor's board: the day's callbacks by representative, guidance, and the check of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui import formats
from guanxi.core.activities.models.activity import Result as Results
from guanxi.core.customers.models import Customer

from ..actions.check import access_callback, close_day, guide
from ..models import DayCheck, Guidance
from ..queries.boards import (
    MOST_EACH,
    MOST_PEOPLE,
    Guided,
    Person,
    Result,
    board_keys,
    board_of,
    guidance_of,
    results_of,
)
from .listing import day_asked, id_asked
from .rows import DutyRow, one_row, read_rows

MOST_ROWS = 400
MOST_CHECKS = 60
ORDER = "k.place, k.due_at, d.id"
RESULTS = dict(Results.choices)


@dataclass(frozen=True)
class Callback:
    """A duty on the board, how it went, and the latest guidance about it."""

    row: DutyRow
    is_late: bool
    result: str = ""
    note: str = ""
    guided: Guided | None = None


def board(request: ActorRequest) -> HttpResponse:
    return board_page(request)


def board_page(request: ActorRequest, *, errors: dict[str, list[Any]] | None = None, status: int = 200) -> HttpResponse:
    today = clock.today()
    day = min(day_asked(request.POST.get("day", "") or request.GET.get("day", "")) or today, today)
    person = id_asked(request.GET.get("person", ""))
    found = board_of(request.actor, day, person=person)
    checks = DayCheck.objects.filter(staff_id=request.actor.staff_id, day=day)
    context = {
        "day": day,
        "today": today,
        "days": day_tabs(day, today),
        "board": found,
        "callbacks": callbacks(request.actor, day, shown(found.busy)),
        "person": found.people[0] if person and found.people else None,
        "check": checks.first(),
        "typed": request.POST,
        "errors": errors or {},
        "most_each": MOST_EACH,
        "is_capped": len(found.people) >= MOST_PEOPLE,
    }
    return ui.page(request, "rulebooks/board.html", context, status=status)


def day_tabs(day: date, today: date) -> list[dict[str, Any]]:
    days = [(_("Yesterday"), today - timedelta(days=1)), (_("Today"), today)]
    if day < today - timedelta(days=1):
        days.insert(0, (formats.day(day), day))
    return [{"label": label, "href": f"/board?day={one}", "current": one == day} for label, one in days]


def shown(people: list[Person]) -> list[Person]:
    """Whose rows stand on the page: as many people as fit; the rows of the others are one click away."""
    found: list[Person] = []
    rows = 0
    for person in people:
        rows += min(person.due + person.late + person.done + person.afterwards, MOST_EACH)
        if found and rows > MOST_ROWS:
            break
        found.append(person)
    return found


def callbacks(actor: Actor, day: date, people: list[Person]) -> dict[int, list[Callback]]:
    """By person: what is late, what is due, what has been done."""
    if not people:
        return {}
    keys, values = board_keys(actor, day, [person.id for person in people])
    rows = read_rows(keys, values, actor=actor, order=ORDER)
    results, guided = told_of(rows, actor), guidance_of([row.id for row in rows])
    found: dict[int, list[Callback]] = {person.id: [] for person in people}
    for row in rows:
        said = results.get(row.id)
        is_late = row.state == "open" and row.due_on < day
        found[row.assignee_id or 0].append(
            Callback(row, is_late, str(RESULTS.get(said.result, "")) if said else "", said.note if said else "",
                     guided.get(row.id))
        )  # fmt: skip
    return found


def told_of(rows: list[DutyRow], actor: Actor) -> dict[int, Result]:
    """What was recorded, of customers whose card the reader may open."""
    customers = {row.customer_id for row in rows if row.state == "done" and row.customer_id}
    if not customers:
        return {}
    seen = set(Customer.objects.visible_to(actor).filter(id__in=customers).values_list("id", flat=True))
    return results_of([row.id for row in rows if row.state == "done" and row.customer_id in seen])


def close(request: ActorRequest) -> HttpResponse:
    if request.method != "POST":
        return ui.go(request, "/board")
    day = day_asked(request.POST.get("day", ""))
    if day is None:
        raise Missing()
    remark = request.POST.get("remark", "")

    def perform() -> dict[str, Any]:
        return {"id": close_day(day, remark=remark, actor=request.actor).pk}

    try:
        once(request, f"board:close:{day}", {"remark": remark}, perform)
    except Invalid as problem:
        return board_page(request, errors=problem.errors, status=422)
    ui.toast(request, _("The day is checked."))
    return ui.go(request, f"/board?day={day}")


def guidance(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = access_callback(request.actor, duty_id)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        text = request.POST.get("text", "")

        def perform() -> dict[str, Any]:
            return {"id": guide(duty_id, text=text, actor=request.actor).pk}

        try:
            once(request, f"board:guide:{duty_id}", {"text": text}, perform)
        except Invalid as problem:
            errors = problem.errors
        else:
            name = duty.assignee.name if duty.assignee else ""
            ui.toast(request, _("%(name)s is told and reads it at the duty.") % {"name": name})
            return ui.go(request, f"/board?day={day_asked(request.POST.get('day', '')) or clock.today()}")
    context = {
        "row": one_row(duty_id, actor=request.actor),
        "day": request.GET.get("day", "") or request.POST.get("day", ""),
        "said": Guidance.objects.filter(duty_id=duty_id).select_related("staff").order_by("-id")[:MOST_CHECKS],
        "typed": request.POST,
        "errors": errors,
    }
    return ui.page(request, "rulebooks/guidance.html", context, status=422 if errors else 200)


def checks(request: ActorRequest) -> HttpResponse:
    """Whose checks the reader may see, newest first."""
    rows = DayCheck.objects.visible_to(request.actor).select_related("staff").order_by("-day", "-closed_at", "-id")
    return ui.page(request, "rulebooks/checks.html", {"checks": rows[:MOST_CHECKS], "most": MOST_CHECKS})


def once(request: ActorRequest, name: str, payload: dict[str, Any], perform: Any) -> None:
    key = request.POST.get("op_key", "")
    operations.once(key, actor=request.actor, name=name, payload=payload, perform=perform)
