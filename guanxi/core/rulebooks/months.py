"""The statement of a month (奖惩单): what was confirmed in it and what was taken back, per person.

A closed month never changes; what is taken back later stands in the first open one, with the opposite sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from .models import Appeal, ClosedMonth, Proposal
from .models.proposal import Review

KIND = "statement"
# Shared by whoever confirms, alone for whoever closes (migration 0005 says it once more for every other writer).
LOCK = 74051
LINES = """
SELECT p.id, p.staff_id, p.unit_id, p.kind, p.amount, p.decided_at, m.sign, m.month FROM (
  SELECT id, month, 1 AS sign FROM rulebooks_proposal WHERE month {of_month}
  UNION ALL SELECT id, reversed_month, -1 FROM rulebooks_proposal WHERE reversed_month {of_month}
) m JOIN rulebooks_proposal p ON p.id = m.id WHERE {within}
"""
FIGURES = """count(*) AS lines, count(DISTINCT l.staff_id) AS people,
  COALESCE(sum(l.sign * l.amount) FILTER (WHERE l.kind = 'deduct'), 0) AS deducted,
  COALESCE(sum(l.sign * l.amount) FILTER (WHERE l.kind = 'score'), 0) AS points,
  COALESCE(sum(l.sign) FILTER (WHERE l.kind = 'notice'), 0) AS notices,
  COALESCE(sum(l.sign) FILTER (WHERE l.kind = 'reassign'), 0) AS moved"""
OF_ALL = "SELECT {figures} FROM ({lines}) l"
BY_MONTH = "SELECT l.month, {figures} FROM ({lines}) l GROUP BY l.month ORDER BY l.month DESC LIMIT 60"
BY_PERSON = """
SELECT l.staff_id, s.name, COALESCE(u.name, ''), {figures} FROM ({lines}) l JOIN org_staff s ON s.id = l.staff_id
LEFT JOIN org_unit u ON u.id = l.unit_id GROUP BY l.staff_id, s.name, s.pinyin, u.name ORDER BY s.pinyin, l.staff_id
"""


ORDERED = """
SELECT l.id, l.sign FROM ({lines}) l JOIN org_staff s ON s.id = l.staff_id
ORDER BY s.pinyin, s.id, l.decided_at, l.id, l.sign DESC LIMIT %(most)s
"""


class Figures(NamedTuple):
    lines: int
    people: int
    deducted: Decimal
    points: Decimal
    notices: int
    moved: int


class OfPerson(NamedTuple):
    staff_id: int
    name: str
    unit: str
    figures: Figures


def hold(*, alone: bool = False) -> None:
    """Until the transaction ends nobody closes a month (or, `alone`, nobody confirms)."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])


def month_of(day: date) -> date:
    return day.replace(day=1)


def month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def has_ended(month: date) -> bool:
    return month_after(month) <= clock.today()


def first_open(since: date) -> date:
    """The month of `since`, or the first one after it that is not closed. Call `hold` before."""
    month = month_of(since)
    closed = set(ClosedMonth.objects.filter(month__gte=month).values_list("month", flat=True))
    while month in closed:
        month = month_after(month)
    return month


def whole(month: date) -> Figures:
    """Everybody's, whoever asks: what closing writes down."""
    sql = OF_ALL.format(figures=FIGURES, lines=_lines("= %(month)s", "TRUE"))
    return Figures._make(_rows(sql, {"month": month})[0])


def figures_by_month(actor: Actor) -> list[tuple[date, Figures]]:
    within, values = in_sight(actor)
    sql = BY_MONTH.format(figures=FIGURES, lines=_lines("IS NOT NULL", within))
    return [(row[0], Figures._make(row[1:])) for row in _rows(sql, values)]


def figures_by_person(month: date, actor: Actor) -> list[OfPerson]:
    within, values = in_sight(actor)
    sql = BY_PERSON.format(figures=FIGURES, lines=_lines("= %(month)s", within))
    return [OfPerson(row[0], row[1], row[2], Figures._make(row[3:])) for row in _rows(sql, values | {"month": month})]


def lines_of(
    month: date, actor: Actor, *, staff_id: int | None, verb: str, most: int, related: Sequence[str]
) -> list[tuple[Proposal, int]]:
    """By person, then in the order of the decisions; -1 is a reversal."""
    within, values = in_sight(actor, verb)
    of_person = "p.staff_id = %(person)s" if staff_id else "TRUE"
    values |= {"month": month, "person": staff_id, "most": most}
    lines = _lines("= %(month)s", f"{within} AND {of_person}")
    keys = _rows(ORDERED.format(lines=lines), values)
    rows = Proposal.objects.select_related(*related).in_bulk([key for key, _sign in keys])
    return [(rows[key], sign) for key, sign in keys]


def unsettled(month: date) -> int:
    """Appeals and reviews still open about what stands in the month: closing does not wait for them."""
    rows = Proposal.objects.filter(month=month)
    return rows.filter(Q(appeal=Appeal.OPEN) | Q(review=Review.OPEN)).count()


def stood_in(staff_id: int, unit_ids: Sequence[int]) -> bool:
    """Whether something about this person happened in one of these units."""
    if not unit_ids:
        return False
    return Proposal.objects.filter(staff_id=staff_id, unit_id__in=unit_ids).exists()


def in_sight(actor: Actor, verb: str = "read") -> tuple[str, dict[str, object]]:
    """A condition on `p`, and its parameters."""
    scope: Scope = scope_of(actor, KIND, verb)
    if scope.everything:
        return "TRUE", {}
    values: dict[str, object] = {"staff": list(scope.staff_ids), "units": list(scope.unit_ids)}
    return "(p.staff_id = ANY(%(staff)s) OR p.unit_id = ANY(%(units)s))", values


def _lines(of_month: str, within: str) -> str:
    return LINES.format(of_month=of_month, within=within)


def _rows(sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
