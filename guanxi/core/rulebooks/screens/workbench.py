"""今日工作台: what must I do today, for whom, why, by when. Two queries of its own, whatever the company's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest

from . import team
from .places import place_after, place_of
from .rows import DutyRow, read_rows
from .states import moments

KIND = "duty"
SIZES = {"overdue": 20, "today": 50, "coming": 15, "caught_up": 20}
# Counts stop here: "999+" says as much, and a person with ten thousand duties costs no more than one with a thousand.
MOST = 1000
MINE = "t.assignee_id = %(me)s AND t.state = 'open'"
WHERE = {
    "overdue": "NOT t.is_caught_up AND t.due_at <= %(now)s",
    "today": "NOT t.is_caught_up AND t.due_at > %(now)s AND t.due_at <= %(tonight)s",
    "coming": "NOT t.is_caught_up AND t.due_at > %(tonight)s AND t.due_at <= %(week)s",
    "caught_up": "t.is_caught_up",
}
PART = """(SELECT t.id, t.due_at, '{part}' AS part FROM rulebooks_duty t WHERE {mine} AND {where} {after}
ORDER BY t.due_at, t.id LIMIT {limit})"""
COUNT = "(SELECT count(*) FROM (SELECT 1 FROM rulebooks_duty t WHERE {mine} AND {where} LIMIT {most}) x)"
# Consequences that wait for this person; nothing else of them stands on the workbench.
TO_DECIDE = """(SELECT count(*) FROM (SELECT 1 FROM rulebooks_proposal p
WHERE p.confirmer_id = %(me)s AND p.state = 'proposed' LIMIT 1000) x)"""
DONE_TODAY = """(SELECT count(*) FROM rulebooks_duty d
WHERE d.assignee_id = %(me)s AND d.state = 'done' AND d.settled_at >= %(morning)s)"""
NEXT = (
    f"SELECT t.id, t.due_at FROM rulebooks_duty t WHERE {MINE} AND NOT t.is_caught_up ORDER BY t.due_at, t.id LIMIT 1"  # noqa: S608 (constants of this module)
)


@dataclass(frozen=True)
class Part:
    """One section of the workbench. `more` is where the following rows are, or ""."""

    key: str
    rows: list[DutyRow]
    count: int
    more: str = ""


def workbench(request: ActorRequest) -> HttpResponse:
    asked = request.GET.get("part", "")
    if asked == "counts":
        return counts_part(request)
    if asked in WHERE:
        return more_rows(request, asked)
    if request.GET.get("view") == "team" and team.answers_for_others(request.actor):
        return team.team_page(request)
    return ui.page(request, "rulebooks/workbench.html", own_context(request.actor))


def own_context(actor: Actor) -> dict[str, Any]:
    counts = counts_of(actor)
    parts = parts_of(actor, counts)
    is_clear = not any(parts[key].rows for key in ("overdue", "today", "coming"))
    return {
        "parts": parts,
        "counts": counts,
        "figures": figures(counts),
        "is_clear": is_clear,
        "next": next_duty(actor) if is_clear else None,
        "has_team": team.answers_for_others(actor),
        "may_create": may(actor, KIND, "create"),
        "view": "own",
    }


def counts_of(actor: Actor) -> dict[str, int]:
    parts = [COUNT.format(mine=MINE, where=where, most=MOST) for where in WHERE.values()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}, {DONE_TODAY}, {TO_DECIDE}", {"me": actor.staff_id, **moments()})
        return dict(zip([*WHERE, "done", "to_decide"], cursor.fetchone(), strict=True))


def parts_of(actor: Actor, counts: dict[str, int]) -> dict[str, Part]:
    """The three open sections; what was caught up is fetched when somebody unfolds it."""
    wanted = [key for key in WHERE if key != "caught_up"]
    keys = " UNION ALL ".join(_part_sql(key) for key in wanted)
    rows = read_rows(keys, {"me": actor.staff_id, **moments()}, actor=actor, order="k.due_at, k.id")
    now, tonight = clock.now(), clock.end_of(clock.today())
    found: dict[str, list[DutyRow]] = {key: [] for key in wanted}
    for row in rows:
        found["overdue" if row.due_at <= now else "today" if row.due_at <= tonight else "coming"].append(row)
    return {key: _part(key, found[key], counts[key]) for key in wanted}


def _part(key: str, rows: list[DutyRow], count: int) -> Part:
    size = SIZES[key]
    shown = rows[:size]
    more = f"/?part={key}&at={place_after(shown[-1])}" if len(rows) > size else ""
    return Part(key, shown, count, more)


def _part_sql(key: str, *, after: str = "") -> str:
    return PART.format(part=key, mine=MINE, where=WHERE[key], after=after, limit=SIZES[key] + 1)


def more_rows(request: ActorRequest, key: str) -> HttpResponse:
    """The next rows of one section, for the button below it; without scripts the list of duties has them all."""
    if not ui.is_htmx(request):
        return ui.go(request, f"/duties?state={key}&person=me")
    place = place_of(request.GET.get("at", ""))
    after = "AND (t.due_at, t.id) > (%(due)s, %(last)s)" if place else ""
    due, last = place or (None, None)
    values = {"me": request.actor.staff_id, **moments(), "due": due, "last": last}
    rows = read_rows(_part_sql(key, after=after), values, actor=request.actor, order="k.due_at, k.id")
    return ui.page(request, "rulebooks/more.html", {"part": _part(key, rows, 0)}, block="rows")


def counts_part(request: ActorRequest) -> HttpResponse:
    """After a duty was settled the figures ask for themselves again."""
    counts = counts_of(request.actor)
    context = {"counts": counts, "figures": figures(counts), "again": True}
    return ui.page(request, "rulebooks/counts.html", context, block="counts")


def figures(counts: dict[str, int]) -> list[dict[str, Any]]:
    def capped(count: int) -> Any:
        return "999+" if count >= MOST else count

    waiting = [{"name": _("To decide"), "value": capped(counts["to_decide"]), "href": "/proposals"}]
    return [
        {
            "name": _("Overdue"),
            "value": capped(counts["overdue"]),
            "href": "#overdue",
            "tone": "late" if counts["overdue"] else "",
        },
        {"name": _("Due today"), "value": capped(counts["today"]), "href": "#today"},
        {"name": _("Next 7 days"), "value": capped(counts["coming"]), "href": "#coming"},
        {"name": _("Done today"), "value": capped(counts["done"]), "tone": "done" if counts["done"] else ""},
        *(waiting if counts["to_decide"] else []),
    ]


def next_duty(actor: Actor) -> DutyRow | None:
    rows = read_rows(NEXT, {"me": actor.staff_id}, actor=actor, order="d.id")
    return rows[0] if rows else None
