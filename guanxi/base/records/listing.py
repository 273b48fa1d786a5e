"""One page of a list: keys within the reader's scope, joined back to the columns, and the capped count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from .asked import Asked
from .gathering import Gathering
from .keys import CAP, Cursor, KeyQuery, Narrowing, Order, count_query, find_query
from .narrow import narrow
from .narrowing import NONE, Condition, Parameters
from .types import RecordType, Sort

__all__ = ["PAGE", "Listed", "Plan", "exact_count", "list_page", "narrow", "place", "planned"]

PAGE = 50
UNCAPPED = 10**12


@dataclass(frozen=True)
class Listed:
    """`rows` are tuples: id, sort value, owner, unit, then the columns as declared.

    `too_broad`: what was asked looks into each record, and more than 10,000 are left to look into. Then no rows.
    """

    rows: list[tuple[Any, ...]]
    count: int
    sort: Sort
    newer: str = ""
    older: str = ""
    too_broad: bool = False


@dataclass(frozen=True)
class Plan:
    """How the rows are come by, decided from the capped count."""

    type: RecordType
    scope: Scope
    narrowing: Narrowing
    count: int
    gathering: Gathering | None = None
    too_broad: bool = False

    def keys(self, order: Order, *, limit: int) -> tuple[str, Parameters]:
        """SQL of (id, v) in order."""
        if self.gathering:
            return self.gathering.keys(order, limit=limit)
        return KeyQuery(self.type, self.scope, order.sort, order.cursor, self.narrowing, limit).build()


def planned(type_: RecordType, scope: Scope, narrowing: Narrowing) -> Plan:
    """Along the indexes; but few finds, and short lists under conditions no index answers, are gathered and sorted."""
    within, rest = Narrowing(keyed=narrowing.keyed, found=narrowing.found), narrowing.rest
    if not narrowing.whole:
        return Plan(type_, scope, narrowing, _asked(count_query(type_, scope, within))[0])
    count, ids = _asked(find_query(type_, scope, within))
    if rest and count >= CAP:
        return Plan(type_, scope, narrowing, count, too_broad=True)
    if ids is not None:
        gathering = Gathering.among(type_, ids, rest)
    elif rest or (narrowing.found and count <= CAP):
        gathering = Gathering.within(type_, scope, within, rest)
    else:
        return Plan(type_, scope, narrowing, count)
    return Plan(type_, scope, narrowing, _asked(gathering.count())[0] if rest else count, gathering)


def list_page(type_: RecordType, asked: Asked, actor: Actor, *, size: int = PAGE) -> Listed:
    scope, narrowing = scope_of(actor, type_.key), narrow(type_, asked, actor)
    order = Order(type_.sort(asked.sort), place(type_, type_.sort(asked.sort), asked.cursor))
    if not narrowing.whole:
        rows, count = _rows_and_count(Plan(type_, scope, narrowing, 0), order, asked, size + 1)
        return _listed(rows, count, order, size)
    plan = planned(type_, scope, narrowing)
    if plan.too_broad or plan.count == 0:
        return Listed([], plan.count, order.sort, too_broad=plan.too_broad)
    return _listed(_rows(plan, order, asked, size + 1), plan.count, order, size)


def _listed(rows: list[tuple[Any, ...]], count: int, order: Order, size: int) -> Listed:
    has_more = len(rows) > size
    rows = rows[:size]
    if order.back:
        rows.reverse()
    newer, older = _turns(rows, order, has_more)
    return Listed(rows, count, order.sort, newer, older)


def exact_count(type_: RecordType, asked: Asked, actor: Actor) -> int | None:
    """None when the list has to be narrowed first."""
    scope, narrowing = scope_of(actor, type_.key), narrow(type_, asked, actor)
    plan = planned(type_, scope, narrowing)
    if plan.too_broad:
        return None
    if plan.count <= CAP:
        return plan.count
    return int(_asked(count_query(type_, scope, narrowing, UNCAPPED))[0])


def place(type_: RecordType, sort: Sort, text: str) -> Cursor | None:
    """The cursor in the address, or None for one that does not fit this sort order: then the first page it is."""
    cursor = Cursor.decode(text) if text else None
    if cursor is None or cursor.value is None:
        return cursor if sort.nullable else None
    try:
        value = type_.model._meta.get_field(sort.column).to_python(str(cursor.value))
        if isinstance(value, datetime):
            # Ours all have an offset; the database takes fewer of them than Python.
            value = value.astimezone(clock.ZONE)
    except (ValidationError, ValueError, OverflowError):
        return None
    return Cursor(value, cursor.id, cursor.back)


def _rows_and_count(plan: Plan, order: Order, asked: Asked, limit: int) -> tuple[list[tuple[Any, ...]], int]:
    """In one statement, since nothing hangs on the count."""
    counting = count_query(plan.type, plan.scope, plan.narrowing)
    rows = _rows(plan, order, asked, limit, besides=Condition(f"({counting[0]})", tuple(counting[1])))
    if rows:
        return [row[:-1] for row in rows], rows[0][-1]
    return [], _asked(counting)[0] if order.cursor else 0


def _rows(plan: Plan, order: Order, asked: Asked, limit: int, besides: Condition = NONE) -> list[tuple[Any, ...]]:
    """`besides`: one more column at the end."""
    type_ = plan.type
    keys, parameters = plan.keys(order, limit=limit)
    columns = [column.sql for column in asked.shown_columns(type_)] + [besides.sql] * bool(besides)
    sql = (
        f"SELECT t.id, k.v, t.{type_.owner}, t.{type_.unit}, {', '.join(columns)} FROM ({keys}) k"
        f" JOIN {type_.table} t ON t.id = k.id {type_.joins} ORDER BY {order.by('k.v', 'k.id')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*besides.parameters, *parameters])
        return list(cursor.fetchall())


def _asked(query: tuple[str, Parameters]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _turns(rows: list[tuple[Any, ...]], order: Order, has_more: bool) -> tuple[str, str]:
    """Cursors towards newer and older rows, empty where there are none."""
    if not rows:
        return "", ""
    first, last = rows[0], rows[-1]
    came_from_start = order.cursor is None or (order.back and not has_more)
    newer = "" if came_from_start else Cursor(first[1], first[0], back=True).encode()
    is_end = not order.back and not has_more
    older = "" if is_end else Cursor(last[1], last[0]).encode()
    return newer, older
