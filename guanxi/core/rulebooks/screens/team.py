"""The second tab of the workbench: how the people one answers for stand, and what nobody was found for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.http import HttpResponse

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may, scope_of
from guanxi.base.org.web import ActorRequest

from ..models import DayCheck, Duty
from .rows import DutyRow, read_rows
from .states import moments

# A page for reading: whoever answers for more people looks at the compliance of units instead.
MOST_PEOPLE = 300
MOST_EACH = 100
MOST_ORPHANS = 6
# Per person by the index of the workbench, so that what is old or far ahead is never walked over.
PEOPLE = """
SELECT s.id, s.name, COALESCE(u.name, ''), o.overdue, o.today, o.coming
FROM (SELECT id, name, pinyin FROM org_staff s WHERE {who} AND (left_on IS NULL OR left_on >= %(day)s)
      ORDER BY pinyin, id LIMIT {people}) s
LEFT JOIN LATERAL (SELECT n.name FROM org_post p JOIN org_unit n ON n.id = p.unit_id
  WHERE p.staff_id = s.id AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)
  ORDER BY p.is_main DESC, p.id LIMIT 1) u ON TRUE
CROSS JOIN LATERAL (SELECT {overdue} AS overdue, {today} AS today, {coming} AS coming) o
WHERE {has_work} ORDER BY o.overdue DESC, o.today DESC, o.coming DESC, s.pinyin, s.id
"""
COUNT = """(SELECT count(*) FROM (SELECT 1 FROM rulebooks_duty t WHERE t.assignee_id = s.id AND t.state = 'open'
AND NOT t.is_caught_up AND {where} LIMIT {most}) x)"""
OPEN_POST = """EXISTS (SELECT 1 FROM org_post p
JOIN org_grant g ON g.role_id = p.role_id AND g.kind = 'duty' AND g.verb = 'update'
WHERE p.staff_id = s.id AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s))"""


class Person(NamedTuple):
    id: int
    name: str
    unit: str
    overdue: int
    today: int
    coming: int


@dataclass(frozen=True)
class Team:
    people: list[Person]
    orphans: list[DutyRow]
    has_more_orphans: bool

    @property
    def totals(self) -> tuple[int, int, int]:
        return (
            sum(p.overdue for p in self.people),
            sum(p.today for p in self.people),
            sum(p.coming for p in self.people),
        )


def answers_for_others(actor: Actor) -> bool:
    scope = scope_of(actor, Duty.KIND)
    return scope.everything or len(scope.staff_ids) > 1 or bool(scope.unit_ids)


def team_page(request: ActorRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "team": Team(people_of(request.actor), *orphans_of(request.actor)),
        "most_each": MOST_EACH,
        "has_team": True,
        "may_create": may(request.actor, Duty.KIND, "create"),
        "may_check": may(request.actor, DayCheck.KIND, "create"),
        "view": "team",
    }
    return ui.page(request, "rulebooks/team.html", context)


def people_of(actor: Actor) -> list[Person]:
    """Without oneself: one's own duties are the first tab."""
    scope = scope_of(actor, Duty.KIND)
    who = "TRUE" if scope.everything else "(s.id = ANY(%(staff)s) OR s.id IN (" + IN_UNITS + "))"
    sql = PEOPLE.format(
        who=f"s.id IS DISTINCT FROM %(me)s AND {who}",
        people=MOST_PEOPLE,
        overdue=COUNT.format(where="t.due_at <= %(now)s", most=MOST_EACH),
        today=COUNT.format(where="t.due_at > %(now)s AND t.due_at <= %(tonight)s", most=MOST_EACH),
        coming=COUNT.format(where="t.due_at > %(tonight)s AND t.due_at <= %(week)s", most=MOST_EACH),
        # Whoever never has duties would only make the list long.
        has_work=f"o.overdue + o.today + o.coming > 0 OR {OPEN_POST}",
    )
    values = {
        "me": actor.staff_id,
        "staff": list(scope.staff_ids),
        "units": list(scope.unit_ids),
        "day": clock.today(),
        **moments(),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Person._make(row) for row in cursor.fetchall()]


IN_UNITS = """SELECT p.staff_id FROM org_post p WHERE p.unit_id = ANY(%(units)s) AND p.starts_on <= %(day)s
AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)"""


def orphans_of(actor: Actor) -> tuple[list[DutyRow], bool]:
    """Open duties nobody was found for, the most urgent first."""
    rows = Duty.objects.open().filter(assignee=None).visible_to(actor).order_by("is_caught_up", "due_at", "id")
    ids = list(rows.values_list("id", flat=True)[: MOST_ORPHANS + 1])
    if not ids:
        return [], False
    order = "d.is_caught_up, d.due_at, d.id"
    found = read_rows("SELECT unnest(%s::bigint[]) AS id", [ids[:MOST_ORPHANS]], actor=actor, order=order)
    return found, len(ids) > MOST_ORPHANS
