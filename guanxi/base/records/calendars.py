"""A list as a month: the first entries of each day and how many there are, in one query after the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of

from .asked import Asked
from .boards import dealt_by, rows_of
from .gathering import Gathering
from .keys import CAP, KeyQuery, Order
from .listing import narrow, planned
from .narrowing import Condition, Narrowing, Parameters
from .types import Field, RecordType, Sort

SHOWN = 5
COUNTED = 100
FIRST, LAST = 1900, 2199


@dataclass
class Day:
    """`rows` as in a board's lanes; `count` stops at a hundred in a busy month."""

    on: date
    count: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass
class Month:
    """Whole weeks from Monday."""

    field: Field
    first: date
    days: list[Day]
    too_broad: bool = False

    @property
    def weeks(self) -> list[list[Day]]:
        return [self.days[at : at + 7] for at in range(0, len(self.days), 7)]


def calendar_fields(type_: RecordType) -> list[Field]:
    return [
        f for f in type_.all_fields if f.kind in ("date", "moment") and not (f.is_derived or f.is_personal or f.is_own)
    ]


def month_of(text: str) -> date:
    """The first of the month named, or of this one."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = clock.today()
    return found.replace(day=1) if FIRST <= found.year <= LAST else clock.today().replace(day=1)


def moved(first: date, *, by: int) -> date:
    months = first.year * 12 + first.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def empty_month(field_: Field, first: date) -> Month:
    start = first - timedelta(days=first.weekday())
    after = moved(first, by=1)
    end = after + timedelta(days=-after.weekday() % 7)
    return Month(field_, first, [Day(start + timedelta(days=n)) for n in range((end - start).days)])


def calendar_page(type_: RecordType, asked: Asked, actor: Actor, field_: Field) -> Month:
    month = empty_month(field_, month_of(asked.month))
    scope, narrowing = scope_of(actor, type_.key), narrow(type_, asked, actor)
    sort = sort_by(type_, field_)
    within = between(field_, month.days[0].on, month.days[-1].on)
    # In the order of the field itself its days lie together in every index of that order.
    plan = planned(type_, scope, limited(narrowing, within) if sort else narrowing)
    if plan.too_broad or (plan.count >= CAP and sort is None):
        month.too_broad = True
    elif plan.count >= CAP and sort and plan.gathering is None:
        fill(month, type_, asked, Order(sort), busy(type_, plan.scope, narrowing, sort, month))
    elif plan.count:
        gathering = plan.gathering or Gathering.within(type_, scope, plan.narrowing)
        order = Order(sort or type_.sort(asked.sort))
        fill(month, type_, asked, order, dealt_by(gathering, *day_of(field_), order, most=SHOWN, only=within))
    return month


def sort_by(type_: RecordType, field_: Field) -> Sort | None:
    """The declared order by this field, read forwards as days go."""
    found = next((s for s in type_.sorts if s.column == field_.stored_as), None)
    return Sort(found.key, found.label, found.column, descending=found.descending) if found else None


def limited(narrowing: Narrowing, within: Condition) -> Narrowing:
    return Narrowing(narrowing.sql, narrowing.parameters, keyed=narrowing.keyed & within, found=narrowing.found)


def between(field_: Field, first: date, last: date) -> Condition:
    after = last + timedelta(days=1)
    return Condition(f"({field_.sql} >= %s AND {field_.sql} < %s)", (bound(field_, first), bound(field_, after)))


def bound(field_: Field, day: date) -> date | datetime:
    return datetime.combine(day, time(), tzinfo=clock.ZONE) if field_.kind == "moment" else day


def day_of(field_: Field) -> tuple[str, Parameters]:
    if field_.kind == "moment":
        return f"(({field_.sql} AT TIME ZONE %s)::date)", [str(clock.ZONE)]
    return field_.sql, []


def busy(type_: RecordType, scope: Any, narrowing: Narrowing, sort: Sort, month: Month) -> tuple[str, Parameters]:
    """(id, v, day, many): each day asks the index for its own first keys."""
    days = [day.on for day in month.days]
    kind = "timestamptz" if month.field.kind == "moment" else "date"
    on_day = Condition(f"({month.field.sql} >= d.starts AND {month.field.sql} < d.ends)")
    keys, parameters = KeyQuery(type_, scope, sort, None, limited(narrowing, on_day), COUNTED).build()
    sql = (
        f"SELECT k.id, k.v, d.day AS lane, k.many"
        f" FROM unnest(%s::date[], %s::{kind}[], %s::{kind}[]) AS d(day, starts, ends)"
        f" CROSS JOIN LATERAL (SELECT id, v, count(*) OVER () AS many FROM ({keys}) keys"
        f" ORDER BY {Order(sort).by()} LIMIT {SHOWN}) k"
    )
    starts = [bound(month.field, day) for day in days]
    ends = [bound(month.field, day + timedelta(days=1)) for day in days]
    return sql, [days, starts, ends, *parameters]


def fill(month: Month, type_: RecordType, asked: Asked, order: Order, query: tuple[str, Parameters]) -> None:
    by_day = {day.on: day for day in month.days}
    for row, on, many in rows_of(type_, asked, order, query):
        if day := by_day.get(on):
            day.rows.append(row)
            day.count = many
