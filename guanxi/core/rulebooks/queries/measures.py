# ruff: noqa: S608 (constants of this module; values are parameters)
"""Figures of duties as they are kept ready (models/measure.py), within the reader's scope.

What is open and late changes by waiting, so nobody stores it: of a month that is over everything open is late, of a
month to come nothing; of this month the late ones are counted from the index of open duties, which stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from ..models import FIGURES, Duty
from .months import Month

OVERDUE = "t.state = 'open' AND NOT t.is_caught_up AND t.due_at <= %(now)s"
TALLIED = """
SELECT t.clause_id, t.month, t.staff_id, t.unit_id, {figures}, 0 AS overdue FROM rulebooks_tally t
WHERE t.month BETWEEN %(first)s AND %(last)s AND {where}
"""
LATE_NOW = f"""
SELECT t.clause_id, %(current)s::date, COALESCE(t.assignee_id, 0), COALESCE(t.unit_id, 0),
  {", ".join("0" for _ in FIGURES)}, 1
FROM rulebooks_duty t WHERE {OVERDUE} AND t.due_at > %(current_from)s AND t.clause_id IS NOT NULL AND {{where}}
"""
# Those nobody was found for are also seen by whoever answers for the customer's owner, whose unit may be another.
ORPHANED = f"""
SELECT t.clause_id, x.month, 0, COALESCE(t.unit_id, 0), 1,
  (t.state = 'done' AND NOT t.is_caught_up AND NOT t.settled_late)::int,
  (t.state = 'done' AND NOT t.is_caught_up AND t.settled_late)::int, (t.state = 'withdrawn')::int,
  (t.is_caught_up AND t.state <> 'withdrawn')::int, t.is_forgiven::int,
  (x.month = %(current)s::date AND {OVERDUE})::int
FROM rulebooks_duty t JOIN customers_customer c ON c.id = t.customer_id CROSS JOIN LATERAL (SELECT
  date_trunc('month', (t.due_at AT TIME ZONE 'Asia/Shanghai') - interval '1 microsecond')::date AS month) x
WHERE t.assignee_id IS NULL AND t.clause_id IS NOT NULL AND t.due_at > %(from)s AND t.due_at <= %(to)s
  AND c.owner_id = ANY(%(staff)s::bigint[]) AND {{where}}
  AND (t.unit_id IS NULL OR t.unit_id <> ALL(%(units)s::bigint[]))
"""
SUMMED = """
SELECT clause_id, month, {people}, {sums}, sum(overdue) FROM (
  SELECT clause_id, month, CASE WHEN month = %(last)s THEN staff_id ELSE -1 END AS staff,
    CASE WHEN month = %(last)s THEN unit_id ELSE -1 END AS unit, {figures}, overdue FROM ({cells}) y) x
GROUP BY GROUPING SETS ({sets})
"""
NOT_THIS_MONTH = -1


@dataclass(frozen=True)
class Figures:
    """What a clause, person or unit made of a month. Named as the states of the list of duties (screens/states.py).

    `late` was done late or is open and late; what was forgiven is part of it.
    """

    raised: int = 0
    in_time: int = 0
    still_open: int = 0
    late: int = 0
    withdrawn: int = 0
    past: int = 0
    forgiven: int = 0

    @property
    def share(self) -> float | None:
        """Of what was decided, how much was in time; None while nothing is."""
        return self.in_time / (self.in_time + self.late) if self.in_time + self.late else None

    @classmethod
    def sum_of(cls, figures: Iterable[Figures]) -> Figures:
        rows = [tuple(vars(one).values()) for one in figures]
        return cls(*(sum(column) for column in zip(*rows, strict=True))) if rows else cls()


NONE = Figures()


@dataclass(frozen=True)
class Narrowing:
    """What a page narrows to; empty is everything in sight. `staff_id` 0 asks for what nobody was found for."""

    unit_ids: Sequence[int] | None = None
    staff_id: int | None = None
    clause_ids: Sequence[int] | None = None


@dataclass(frozen=True)
class Measures:
    """By clause for each month; by person (0: nobody was found) and by unit (0: none) for the last of them."""

    months: list[Month]
    by_clause: dict[int, dict[Month, Figures]] = field(default_factory=dict)
    by_staff: dict[int, Figures] = field(default_factory=dict)
    by_unit: dict[int, Figures] = field(default_factory=dict)

    def of(self, clause_id: int) -> Figures:
        return self.by_clause.get(clause_id, {}).get(self.months[-1], NONE)

    def trend(self, clause_id: int) -> list[Figures]:
        return [self.by_clause.get(clause_id, {}).get(month, NONE) for month in self.months]

    def together(self) -> list[Figures]:
        """All clauses, month by month."""
        return [Figures.sum_of(found.get(month, NONE) for found in self.by_clause.values()) for month in self.months]


def measures(
    actor: Actor, *, month: Month, count: int = 1, narrowing: Narrowing = Narrowing(), by_people: bool = False
) -> Measures:
    """One statement, whatever the page shows; `count` months up to `month`."""
    months = month.last(count)
    scope = scope_of(actor, Duty.KIND)
    if scope.is_nothing:
        return Measures(months)
    cells, values = _cells(scope, narrowing, months)
    figures = ", ".join(FIGURES)
    sql = SUMMED.format(
        sums=", ".join(f"sum({figure})" for figure in FIGURES),
        figures=figures,
        cells=" UNION ALL ".join(cells),
        people="staff, unit" if by_people else "NULL, NULL",
        sets="(clause_id, month)" + ", (staff), (unit)" * by_people,
    )
    return _sorted_out(statements.rows(sql, values), months)


def _cells(scope: Scope, narrowing: Narrowing, months: list[Month]) -> tuple[list[str], dict[str, Any]]:
    current = Month.current()
    values = {
        "first": months[0].first,
        "last": months[-1].first,
        "from": months[0].bounds[0],
        "to": months[-1].bounds[1],
        "current": current.first,
        "current_from": current.bounds[0],
        "now": clock.now(),
        "staff": list(scope.staff_ids),
        "units": list(scope.unit_ids),
        "asked_units": list(narrowing.unit_ids or ()),
        "asked_staff": narrowing.staff_id,
        "asked_clauses": list(narrowing.clause_ids or ()),
    }
    tallied = " AND ".join([_in_sight(scope, "t.staff_id"), *_narrowed(narrowing, "t.staff_id = %(asked_staff)s")])
    person = "t.assignee_id IS NULL" if narrowing.staff_id == 0 else "t.assignee_id = %(asked_staff)s::bigint"
    asked = _narrowed(narrowing, person)
    cells = [TALLIED.format(figures=", ".join(f"t.{figure}" for figure in FIGURES), where=tallied)]
    if current in months:
        cells.append(LATE_NOW.format(where=" AND ".join([_in_sight(scope, "t.assignee_id"), *asked])))
    if not scope.everything and not narrowing.staff_id:
        cells.append(ORPHANED.format(where=" AND ".join(["TRUE", *asked])))
    return cells, values


def _in_sight(scope: Scope, staff: str) -> str:
    if scope.everything:
        return "TRUE"
    parts = [f"{staff} = ANY(%(staff)s::bigint[])"] * bool(scope.staff_ids)
    parts += ["t.unit_id = ANY(%(units)s::bigint[])"] * bool(scope.unit_ids)
    return f"({' OR '.join(parts)})"


def _narrowed(narrowing: Narrowing, person: str) -> list[str]:
    conditions = []
    if narrowing.unit_ids is not None:
        conditions.append("t.unit_id = ANY(%(asked_units)s::bigint[])")
    if narrowing.staff_id is not None:
        conditions.append(person)
    if narrowing.clause_ids is not None:
        conditions.append("t.clause_id = ANY(%(asked_clauses)s::bigint[])")
    return conditions


def _sorted_out(rows: list[tuple[Any, ...]], months: list[Month]) -> Measures:
    found = Measures(months)
    for clause, month, staff, unit, *counts in rows:
        if clause is not None:
            found.by_clause.setdefault(clause, {})[Month(month)] = _figures(month, counts)
        elif staff is not None and staff != NOT_THIS_MONTH:
            found.by_staff[staff] = _figures(months[-1].first, counts)
        elif unit is not None and unit != NOT_THIS_MONTH:
            found.by_unit[unit] = _figures(months[-1].first, counts)
    return found


def _figures(month: date, counts: Sequence[Any]) -> Figures:
    raised, in_time, done_late, withdrawn, past, forgiven, overdue = (int(count) for count in counts)
    still_open = raised - in_time - done_late - withdrawn - past
    current = Month.current().first
    open_late = still_open if month < current else overdue if month == current else 0
    return Figures(raised, in_time, still_open - open_late, done_late + open_late, withdrawn, past, forgiven)
