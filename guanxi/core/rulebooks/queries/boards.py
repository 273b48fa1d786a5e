"""The day's callbacks of the people somebody checks: what was due, what was late, what was done, person by person.

Callbacks are duties that a record of contact settles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from ..models import DayCheck, Duty

MOST_PEOPLE, MOST_EACH, MOST_COUNTED = 300, 60, 1000
CALLBACK = "t.rule_id = ANY(ARRAY(SELECT id FROM rulebooks_rule WHERE spec->'evidence'->>'provider' = 'activity'))"
OPEN = f"t.state = 'open' AND NOT t.is_caught_up AND t.due_at <= %(to)s AND {CALLBACK}"
DONE = f"t.state = 'done' AND t.settled_at >= %(from)s AND t.settled_at < %(to)s AND {CALLBACK}"
# Of a day that is over: what was open then and has been done since.
AFTERWARDS = f"t.state = 'done' AND NOT t.is_caught_up AND t.due_at <= %(to)s AND t.settled_at >= %(to)s AND {CALLBACK}"
STATES = {
    "due": f"{OPEN} AND t.due_at > %(from)s",
    "late": f"{OPEN} AND t.due_at <= %(from)s",
    "done": DONE,
    "afterwards": AFTERWARDS,
}
HELD = "p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)"
# A representative's own work is what the role gives; whoever leads is listed only with callbacks of their own.
PEOPLE = """
SELECT s.id, s.name, w.unit, w.is_representative, {counts} FROM org_staff s
JOIN LATERAL (SELECT min(n.name) AS unit, bool_or(g.scope = 'own') AS is_representative,
    bool_or(p.unit_id = ANY(%(units)s::bigint[])) AS is_within
  FROM org_post p JOIN org_unit n ON n.id = p.unit_id
  JOIN org_grant g ON g.role_id = p.role_id AND g.kind = 'duty' AND g.verb = 'update'
  WHERE p.staff_id = s.id AND {held}) w ON w.unit IS NOT NULL
WHERE {within} AND s.id IS DISTINCT FROM %(me)s AND (%(person)s::bigint IS NULL OR s.id = %(person)s::bigint)
ORDER BY s.pinyin, s.id LIMIT {most}
"""
COUNT = "(SELECT count(*) FROM (SELECT 1 FROM rulebooks_duty t WHERE t.assignee_id = s.id AND {where} LIMIT {most}) x)"
KEYS = """
SELECT k.id, k.place, k.due_at FROM unnest(%(people)s::bigint[]) s(id) CROSS JOIN LATERAL (
  (SELECT t.id, 0 AS place, t.due_at FROM rulebooks_duty t WHERE t.assignee_id = s.id AND {open}
    ORDER BY t.due_at, t.id LIMIT {most})
  UNION ALL (SELECT t.id, 1, t.due_at FROM rulebooks_duty t WHERE t.assignee_id = s.id AND {afterwards}
    ORDER BY t.due_at, t.id LIMIT {most})
  UNION ALL (SELECT t.id, 2, t.due_at FROM rulebooks_duty t WHERE t.assignee_id = s.id AND {done}
    ORDER BY t.settled_at, t.id LIMIT {most})) k
"""
RESULTS = """
SELECT d.id, a.result, a.note, a.happened_at FROM rulebooks_duty d
JOIN activities_activity a ON a.id = d.settled_activity_id WHERE d.id = ANY(%(ids)s::bigint[])
"""
GUIDED = """
SELECT DISTINCT ON (g.duty_id) g.duty_id, g.text, s.name, g.at FROM rulebooks_guidance g
JOIN org_staff s ON s.id = g.staff_id WHERE g.duty_id = ANY(%(ids)s::bigint[]) ORDER BY g.duty_id, g.id DESC
"""


class Person(NamedTuple):
    """`late` was due before the day; `afterwards` was open at the end of the day and has been done since."""

    id: int
    name: str
    unit: str
    is_representative: bool
    due: int
    late: int
    done: int
    afterwards: int

    @property
    def has_any(self) -> bool:
        return bool(self.due + self.late + self.done + self.afterwards)

    @property
    def share(self) -> float:
        every = self.due + self.late + self.done + self.afterwards
        return self.done / every if every else 0.0


class Result(NamedTuple):
    duty_id: int
    result: str
    note: str
    happened_at: datetime


class Guided(NamedTuple):
    duty_id: int
    text: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Board:
    day: date
    people: list[Person] = field(default_factory=list)

    @property
    def busy(self) -> list[Person]:
        """Who is late most stands first."""
        return sorted((p for p in self.people if p.has_any), key=lambda p: (-p.late, -p.due))

    @property
    def idle(self) -> list[Person]:
        return [p for p in self.people if p.is_representative and not p.has_any]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "due": sum(p.due for p in self.people),
            "late": sum(p.late for p in self.people),
            "done": sum(p.done for p in self.people),
            "afterwards": sum(p.afterwards for p in self.people),
            "people": len(self.busy),
            "idle": len(self.idle),
        }


def board_of(actor: Actor, day: date, *, person: int | None = None) -> Board:
    """One statement; each person by the indexes of open duties and of what was done when."""
    scope = scope_of(actor, DayCheck.KIND, "create")
    where = {key: f"{sql} AND {_in_sight(scope)}" for key, sql in STATES.items()}
    counts = ", ".join(COUNT.format(where=where[key], most=MOST_COUNTED) for key in STATES)
    within = "TRUE" if scope.everything else "(w.is_within OR s.id = ANY(%(staff)s::bigint[]))"
    sql = PEOPLE.format(counts=counts, held=HELD, within=within, most=MOST_PEOPLE)
    rows = statements.rows(sql, _values(scope, day) | {"me": actor.staff_id, "person": person})
    return Board(day, [Person._make(row) for row in rows])


def board_keys(actor: Actor, day: date, people: list[int]) -> tuple[str, dict[str, Any]]:
    """The duties of these people, for `read_rows`; ordered by person outside."""
    scope = scope_of(actor, DayCheck.KIND, "create")
    sight = _in_sight(scope)
    sql = KEYS.format(
        open=f"{OPEN} AND {sight}", afterwards=f"{AFTERWARDS} AND {sight}", done=f"{DONE} AND {sight}", most=MOST_EACH
    )
    return sql, _values(scope, day) | {"people": people}


def is_on_boards(actor: Actor, duty: Duty) -> bool:
    """Whether the actor checks this duty's days: it is a callback of somebody else, within the actor's sight."""
    scope = scope_of(actor, DayCheck.KIND, "create")
    within = scope.everything or duty.assignee_id in scope.staff_ids or duty.unit_id in scope.unit_ids
    return within and duty.assignee_id is not None and duty.assignee_id != actor.staff_id


def results_of(ids: list[int]) -> dict[int, Result]:
    return {row[0]: Result._make(row) for row in statements.rows(RESULTS, {"ids": ids})}


def guidance_of(ids: list[int]) -> dict[int, Guided]:
    """The latest word about each."""
    return {row[0]: Guided._make(row) for row in statements.rows(GUIDED, {"ids": ids})}


def _in_sight(scope: Scope) -> str:
    if scope.everything:
        return "TRUE"
    return "(t.assignee_id = ANY(%(staff)s::bigint[]) OR t.unit_id = ANY(%(units)s::bigint[]))"


def _values(scope: Scope, day: date) -> dict[str, Any]:
    return {
        "staff": list(scope.staff_ids),
        "units": list(scope.unit_ids),
        "day": day,
        "from": clock.start_of(day),
        "to": clock.end_of(day),
    }
