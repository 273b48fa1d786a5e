"""The first finds of a type, quick whether the word is rare or common (stack.md C2).

A rare word is answered by the search index. A common one has a hundred thousand entries there, while the eight rows
that are shown stand among the newest of the reader's scope. How common a word is nobody knows beforehand, least of all
the planner: it guesses badly for beginnings of words, and for ORDER BY and LIMIT it walks a whole table in search of a
word that is not there. So four steps, each run only when those before were not enough, in one statement: some of the
newest records are looked through; the index is asked for a bounded number of finds; when there are more of them, more
of the newest records are looked through; when those hold too few and there are older ones, all finds are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from ..keys import KeyQuery, Order, scope_parts
from ..narrowing import NONE, Condition, Narrowing
from ..types import ListColumn, RecordType
from .within import within_scope
from .words import found_by, found_in_row

# Records looked through before the index is asked, shared among the owners and units of the scope.
FIRST_READ = 200
# Finds read from the index before the word counts as common.
FEW = 5000
# Records looked through for a common word. Each owner and unit of a scope gives its newest, so many give fewer each.
WALKED, WALKED_LEAST, KEYS_READ = 3000, 300, 40_000
# A common word that is not among the newest is read from the whole scope; this bounds it.
ALL = 100_000
# With the query as a constant the planner guesses how many rows hold it, and may choose to read the whole table.
GUESSED, NOT_GUESSED = "%s::tsquery", "(SELECT %s::tsquery)"
ROWS = """
WITH newest AS MATERIALIZED ({keys_first}),
at_once AS MATERIALIZED (
  SELECT w.id, w.v FROM (SELECT id, v FROM newest ORDER BY {order}) w
  CROSS JOIN LATERAL (SELECT 1 FROM {place} AND {found} OFFSET 0) hit
  ORDER BY {order_w} LIMIT {most}
),
few AS MATERIALIZED (
  SELECT t.id, t.{column} AS v, t.{owner}, t.{unit} FROM {table} t WHERE {kept} AND {indexed}
  AND (SELECT count(*) FROM at_once) < {most} AND (SELECT count(*) FROM newest) >= {first} LIMIT {few} + 1
),
rare AS (SELECT t.id, t.v FROM few t WHERE (SELECT count(*) FROM few) <= {few}{within}),
walked AS MATERIALIZED (
  SELECT k.id, k.v FROM ({keys}) k WHERE (SELECT count(*) FROM few) > {few}
),
seen AS MATERIALIZED (
  SELECT w.id, w.v FROM (SELECT id, v FROM walked ORDER BY {order}) w
  CROSS JOIN LATERAL (SELECT 1 FROM {place} AND {found} OFFSET 0) hit
  ORDER BY {order_w} LIMIT {most}
),
late AS MATERIALIZED (
  SELECT t.id, t.{column} AS v FROM ({ways}) way JOIN {table} t ON t.id = way.id
  WHERE (SELECT count(*) FROM seen) < {most} AND (SELECT count(*) FROM walked) >= {walk}
),
first AS (
  SELECT id, v FROM (
    SELECT id, v FROM at_once UNION SELECT id, v FROM rare UNION SELECT id, v FROM seen UNION SELECT id, v FROM late
  ) finds
  ORDER BY {order} LIMIT {most}
)
SELECT t.id, k.v, t.{owner}, t.{unit}, {columns} FROM first k JOIN {table} t ON t.id = k.id {joins} ORDER BY {order_k}
"""


@dataclass(frozen=True)
class Finding:
    """One type searched by one reader; gives rows as lists do: id, sort value, owner, unit, columns."""

    type: RecordType
    found: Condition
    place: str
    found_in_row: Condition
    scope: Scope
    most: int
    walk: int

    @classmethod
    def of(cls, type_: RecordType, text: str, actor: Actor, *, most: int) -> Finding | None:
        """None when the text asks nothing of this type."""
        found, scope = found_by(type_, text, actor), scope_of(actor, type_.key)
        if not found or found.sql == "FALSE" or scope.is_nothing:
            return None
        return cls(type_, found, *found_in_row(type_, text, actor), scope, most, walk_in(scope))

    def rows(self, columns: list[ListColumn]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(*self.query(columns))
            return list(cursor.fetchall())

    def query(self, columns: list[ListColumn]) -> tuple[str, list[Any]]:
        type_, order = self.type, Order(self.type.sorts[0])
        keys, parameters = KeyQuery(type_, self.scope, order.sort, limit=self.walk).build()
        within = within_scope(type_, self.scope) if not self.scope.everything else NONE
        first = min(self.walk, max(1, FIRST_READ // ways_of(self.scope)))
        keys_first, of_first = KeyQuery(type_, self.scope, order.sort, limit=first).build()
        ways, of_ways = scope_parts(type_, self.scope, Narrowing(found=self.found), ALL)
        sql = ROWS.format(
            keys=keys,
            keys_first=keys_first,
            first=first,
            place=self.place,
            ways=ways,
            order=order.by(),
            order_w=order.by("w.v", "w.id"),
            order_k=order.by("k.v", "k.id"),
            table=type_.table,
            found=f"({self.found_in_row.sql})",
            indexed=f"({self.found.sql.replace(GUESSED, NOT_GUESSED)})",
            column=order.sort.column,
            kept=type_.kept,
            within=f" AND {within.sql}" if within else "",
            few=FEW,
            most=self.most,
            walk=self.walk,
            owner=type_.owner,
            unit=type_.unit,
            columns=", ".join(column.sql for column in columns),
            joins=type_.joins,
        )
        found, in_row = self.found.parameters, self.found_in_row.parameters
        return sql, [*of_first, *in_row, *found, *within.parameters, *parameters, *in_row, *of_ways]


def walk_in(scope: Scope) -> int:
    return min(WALKED, max(WALKED_LEAST, KEYS_READ // ways_of(scope)))


def ways_of(scope: Scope) -> int:
    return max(1, len(scope.staff_ids) + len(scope.unit_ids))
