"""Records opened lately, as hits: only those that the reader may still see."""

from __future__ import annotations

from typing import Any

from django.db import connection

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of

from ..narrowing import Condition
from ..screens.lists import cell_maker
from ..types import RecordType
from .recent import opened_by
from .sources import Hit, hit_of
from .within import within_scope

SHOWN = 8
ROWS = "SELECT t.id, NULL, t.{owner}, t.{unit}, {columns} FROM {table} t {joins} WHERE {where}"


def opened_hits(actor: Actor) -> list[Hit]:
    wanted = opened_by(actor, most=2 * SHOWN)
    types = list({type_.key: type_ for type_, _id in wanted}.values())
    hits = {type_.key: _hits(type_, [i for t, i in wanted if t.key == type_.key], actor) for type_ in types}
    found = [hits[type_.key][record_id] for type_, record_id in wanted if record_id in hits[type_.key]]
    return found[:SHOWN]


def _hits(type_: RecordType, ids: list[int], actor: Actor) -> dict[int, Hit]:
    known = type_.all_columns
    columns = [known[key] for key in type_.usual_columns]
    makers = [cell_maker(type_, column, actor) for column in columns]
    found = {}
    for row in _rows(type_, ids, ", ".join(column.sql for column in columns), actor):
        found[row[0]] = hit_of(type_, row, columns, [make(row, row[i + 4]) for i, make in enumerate(makers)], "")
    return found


def _rows(type_: RecordType, ids: list[int], columns: str, actor: Actor) -> list[tuple[Any, ...]]:
    where = Condition("t.id = ANY(%s)", (ids,)) & Condition(type_.kept)
    where = where & within_scope(type_, scope_of(actor, type_.key))
    sql = ROWS.format(
        owner=type_.owner, unit=type_.unit, columns=columns, table=type_.table, joins=type_.joins, where=where.sql
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, where.parameters)
        return list(cursor.fetchall())
