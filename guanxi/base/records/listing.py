"""One page of a list: keys within the reader's scope, joined back to the columns, and the capped count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from .asked import Asked
from .conditions import criteria_fields, fitting
from .criteria import compile_sql, parse
from .keys import Cursor, KeyQuery, Narrowing, count_query
from .reveal import lent_to
from .types import RecordType, Sort

PAGE = 50
NUMBER = re.compile(r"[A-Za-z]\d{4,}", re.ASCII)
# As reveal.py says it.
REVEALED = "t.{owner} = ANY(%s) OR t.{unit} = ANY(%s) OR t.id = ANY(%s)"
LIKE_ESCAPES = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


@dataclass(frozen=True)
class Listed:
    """`rows` are tuples: id, sort value, owner, unit, then the columns as declared."""

    rows: list[tuple[Any, ...]]
    count: int
    sort: Sort
    newer: str = ""
    older: str = ""


def list_page(type_: RecordType, asked: Asked, actor: Actor, *, size: int = PAGE) -> Listed:
    scope = scope_of(actor, type_.key)
    sort = type_.sort(asked.sort)
    narrowing = narrow(type_, asked, actor)
    cursor = place(type_, sort, asked.cursor)
    query = KeyQuery(type_, scope, sort, cursor, narrowing, size + 1)
    rows = _rows(type_, query, asked)
    has_more = len(rows) > size
    rows = rows[:size]
    if query.back:
        rows.reverse()
    count = _count(type_, scope, narrowing)
    newer, older = _turns(rows, query, has_more)
    return Listed(rows, count, sort, newer, older)


def place(type_: RecordType, sort: Sort, text: str) -> Cursor | None:
    """The cursor in the address, or None for one that does not fit this sort order: then the first page it is."""
    cursor = Cursor.decode(text) if text else None
    if cursor is None or cursor.value is None:
        return cursor if sort.nullable else None
    try:
        value = type_.model._meta.get_field(sort.column).to_python(str(cursor.value))
    except (ValidationError, ValueError):
        return None
    return Cursor(value, cursor.id, cursor.back)


def narrow(type_: RecordType, asked: Asked, actor: Actor) -> Narrowing:
    """Unknown filter values are ignored: only declared options reach the query, as parameters. Raises CriteriaError."""
    parts: list[str] = []
    parameters: list[Any] = []
    for filter_ in type_.filters:
        chosen = asked.filters.get(filter_.key)
        if chosen and chosen in {value for value, _ in filter_.options(actor)}:
            parts.append(filter_.sql)
            parameters.append(chosen)
    if asked.where:
        fields = criteria_fields(type_, actor)
        node = fitting(parse(asked.where), fields)
        sql, values = compile_sql(node, fields, alias="t", now=clock.now()).positional()
        parts.append(f"({sql})")
        parameters += values
    if asked.q and type_.number and NUMBER.fullmatch(asked.q):
        parts.append(f"t.{type_.number} = %s")
        parameters.append(asked.q.upper())
    elif asked.q and type_.searchable:
        words = pinyin.search_query(asked.q)
        parts.append("t.search @@ %s::tsquery" if words else "FALSE")
        parameters += [words.tsquery] if words else []
        if words and words.recheck:
            parts.append(f"({_names(type_)}) LIKE %s")
            parameters.append(f"%{words.recheck.translate(LIKE_ESCAPES)}%")
        reveal = scope_of(actor, type_.key, "reveal")
        if words and words.masked and not reveal.everything:
            parts.append(f"(t.search @@ %s::tsquery OR {REVEALED.format(owner=type_.owner, unit=type_.unit)})")
            lent = sorted(lent_to(actor, type_.key))
            parameters += [words.masked, list(reveal.staff_ids), list(reveal.unit_ids), lent]
    return Narrowing(" AND ".join(parts), tuple(parameters))


def _names(type_: RecordType) -> str:
    return " || ' ' || ".join(f"t.{column}" for column in type_.found_by)


def _rows(type_: RecordType, query: KeyQuery, asked: Asked) -> list[tuple[Any, ...]]:
    keys, parameters = query.build()
    columns = ", ".join(column.sql for column in asked.shown_columns(type_))
    order = query.order.replace("v ", "k.v ", 1).replace(", id", ", k.id")
    sql = (
        f"SELECT t.id, k.v, t.{type_.owner}, t.{type_.unit}, {columns} FROM ({keys}) k"
        f" JOIN {type_.table} t ON t.id = k.id {type_.joins} ORDER BY {order}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _count(type_: RecordType, scope: Scope, narrowing: Narrowing) -> int:
    sql, parameters = count_query(type_, scope, narrowing)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.fetchone()[0])


def _turns(rows: list[tuple[Any, ...]], query: KeyQuery, has_more: bool) -> tuple[str, str]:
    """Cursors towards newer and older rows, empty where there are none."""
    if not rows:
        return "", ""
    first, last = rows[0], rows[-1]
    came_from_start = query.cursor is None or (query.back and not has_more)
    newer = "" if came_from_start else Cursor(first[1], first[0], back=True).encode()
    is_end = not query.back and not has_more
    older = "" if is_end else Cursor(last[1], last[0]).encode()
    return newer, older
