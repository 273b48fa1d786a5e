"""A list as a board: a lane for each value of a choice field, its first cards and how many there are, in two queries.

Short lists are gathered once and dealt out. Long ones give each lane its own first keys from an index, so a field that
the list indexes do not carry makes a board of a short list only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of

from .asked import Asked
from .gathering import Gathering
from .keys import CAP, Cursor, KeyQuery, Order, count_query
from .listing import Plan, narrow, place, planned
from .narrowing import Condition, Narrowing, Parameters
from .types import Field, ListColumn, RecordType

SHOWN = 20
COUNTED = 1000
MOST_LANES = 12
NOT_SET = ("", _("Not set"))


@dataclass
class Lane:
    """`rows`: id, sort value, owner, unit, then the columns, last the version. `count` stops at a thousand."""

    value: str
    label: Any
    count: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    more: str = ""


@dataclass
class Board:
    field: Field
    lanes: list[Lane]
    too_broad: bool = False


def board_fields(type_: RecordType) -> list[Field]:
    """Those the type names; else choices with few values. Never what some readers see masked."""
    fields = [f for f in type_.all_fields if f.kind in ("choice", "yesno") and not f.is_derived and not f.is_personal]
    if type_.boards:
        return [f for f in fields if f.key in type_.boards]
    return [f for f in fields if f.kind == "choice" and len(f.options()) <= MOST_LANES]


def values_of(field: Field) -> list[tuple[str, Any]]:
    if field.kind == "yesno":
        return [("true", _("Yes")), ("false", _("No"))]
    options = [(str(value), label) for value, label in field.options()]
    return options if field.required else [*options, NOT_SET]


def is_value(type_: RecordType, field: Field, value: str) -> Condition:
    if field.kind == "yesno":
        return Condition(f"{field.sql} = %s", (value == "true",))
    if value:
        return Condition(f"{field.sql} = %s", (value,))
    is_null = field.is_own or type_.model._meta.get_field(field.key).null
    return Condition(f"({field.sql} IS NULL OR {field.sql} = '')" if is_null else f"{field.sql} = ''")


def board_page(type_: RecordType, asked: Asked, actor: Actor, field: Field) -> Board:
    plan = planned(type_, scope_of(actor, type_.key), narrow(type_, asked, actor))
    lanes = [Lane(value, label) for value, label in values_of(field)]
    is_long = plan.gathering is None and plan.count >= CAP
    if plan.too_broad or (is_long and not is_keyed(field)):
        return Board(field, lanes, too_broad=True)
    if plan.count:
        order = Order(type_.sort(asked.sort))
        query = by_lane(plan, order, field, lanes) if is_long else dealt(plan, order, field)
        deal(type_, asked, lanes, order, query, [] if not is_long else counts(plan, field, lanes))
    return Board(field, lanes)


def lane_page(type_: RecordType, asked: Asked, actor: Actor, field: Field, value: str, at: str) -> Lane:
    """The next cards of one lane."""
    lane = Lane(value, dict(values_of(field)).get(value, value))
    condition, sort = is_value(type_, field, value), type_.sort(asked.sort)
    plan = planned(type_, scope_of(actor, type_.key), narrowed(narrow(type_, asked, actor), field, condition))
    if plan.too_broad or not plan.count:
        return lane
    order = Order(sort, place(type_, sort, at))
    keys, parameters = plan.keys(order, limit=SHOWN + 1)
    query = f"SELECT id, v, %s AS lane, 0 AS many FROM ({keys}) keys", [value, *parameters]
    deal(type_, asked, [lane], order, query, [])
    return lane


def is_keyed(field: Field) -> bool:
    return field.is_indexed and not field.is_own


def narrowed(narrowing: Narrowing, field: Field, condition: Condition) -> Narrowing:
    if is_keyed(field):
        return Narrowing(narrowing.sql, narrowing.parameters, keyed=narrowing.keyed & condition, found=narrowing.found)
    rest = narrowing.rest & condition
    return Narrowing(rest.sql, rest.parameters, keyed=narrowing.keyed, found=narrowing.found)


def by_lane(plan: Plan, order: Order, field: Field, lanes: Sequence[Lane]) -> tuple[str, Parameters]:
    """(id, v, lane, many) of a long list: each lane asks the index that begins with its value."""
    parts: list[str] = []
    parameters: Parameters = []
    for lane in lanes:
        narrowing = narrowed(plan.narrowing, field, is_value(plan.type, field, lane.value))
        keys, given = KeyQuery(plan.type, plan.scope, order.sort, None, narrowing, SHOWN + 1).build()
        parts.append(f"(SELECT id, v, %s AS lane, 0 AS many FROM ({keys}) keys)")
        parameters += [lane.value, *given]
    return " UNION ALL ".join(parts), parameters


def counts(plan: Plan, field: Field, lanes: Sequence[Lane]) -> list[int]:
    parts: list[str] = []
    parameters: Parameters = []
    for lane in lanes:
        narrowing = narrowed(plan.narrowing, field, is_value(plan.type, field, lane.value))
        count, given = count_query(plan.type, plan.scope, narrowing, COUNTED)
        parts.append(f"({count})")
        parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return list(cursor.fetchone())


def dealt(plan: Plan, order: Order, field: Field) -> tuple[str, Parameters]:
    """(id, v, lane, many) of a short list, read once."""
    gathering = plan.gathering or Gathering.within(plan.type, plan.scope, plan.narrowing)
    lane = f"coalesce({field.sql}::text, '')"
    return dealt_by(gathering, lane, [], order, most=SHOWN + 1)


def dealt_by(
    gathering: Gathering, group: str, given: Parameters, order: Order, *, most: int, only: Condition | None = None
) -> tuple[str, Parameters]:
    ids, parameters = gathering.base
    where = gathering.asked & (only or Condition())
    hits = (
        f"SELECT t.id, t.{order.sort.column} AS v, {group} AS lane FROM ({ids}) base"
        f" JOIN {gathering.type.table} t ON t.id = base.id {f'WHERE {where.sql}' if where else ''}"
    )
    placed = (
        f"SELECT id, v, lane, count(*) OVER (PARTITION BY lane) AS many,"
        f" row_number() OVER (PARTITION BY lane ORDER BY {order.by()}) AS place FROM ({hits}) hits"
    )
    sql = f"SELECT id, v, lane, many FROM ({placed}) placed WHERE place <= {most}"
    return sql, [*given, *parameters, *where.parameters]


def card_columns(type_: RecordType, asked: Asked) -> list[ListColumn]:
    return asked.shown_columns(type_)


def rows_of(
    type_: RecordType, asked: Asked, order: Order, query: tuple[str, Parameters]
) -> list[tuple[tuple[Any, ...], Any, int]]:
    """(row, lane, how many in it) for a query of (id, v, lane, many)."""
    keys, parameters = query
    columns = ", ".join(column.sql for column in card_columns(type_, asked))
    version = "t.version" if any(f.name == "version" for f in type_.model._meta.concrete_fields) else "NULL"
    sql = (
        f"SELECT t.id, k.v, t.{type_.owner}, t.{type_.unit}, {columns}, {version}, k.lane, k.many FROM ({keys}) k"
        f" JOIN {type_.table} t ON t.id = k.id {type_.joins} ORDER BY {order.by('k.v', 'k.id')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(row[:-2], row[-2], row[-1]) for row in cursor.fetchall()]


def deal(
    type_: RecordType,
    asked: Asked,
    lanes: Sequence[Lane],
    order: Order,
    query: tuple[str, Parameters],
    counted: Sequence[int],
) -> None:
    by_value = {lane.value: lane for lane in lanes}
    for row, value, many in rows_of(type_, asked, order, query):
        # A value that is no longer offered has no lane; the list still shows it.
        if lane := by_value.get(value):
            lane.rows.append(row)
            lane.count = many
    for lane, count in zip(lanes, counted, strict=False):
        lane.count = count
    for lane in lanes:
        if len(lane.rows) > SHOWN:
            lane.rows = lane.rows[:SHOWN]
            last = lane.rows[-1]
            lane.more = Cursor(last[1], last[0]).encode()
