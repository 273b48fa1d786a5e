"""The first finds of a type, quick whether the word is rare or common (stack.md C2).

A rare word is answered by the search index; a common one would make it read a hundred thousand entries for eight rows,
while eight such rows stand among the newest anyway. How common a word is in a scope nobody knows beforehand, least of
all the planner: it guesses badly for beginnings of words, and its plans for ORDER BY and LIMIT walk a whole table for
a word that is not there. So the newest records of the scope are looked through first, a bounded number of them; only
when they hold too few finds and there are older records, the index is asked, never in the order of the list. Both
are one statement; the second half does not run when the first was enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from ..keys import KeyQuery, Order
from ..narrowing import NONE, Condition
from ..types import ListColumn, RecordType
from .within import within_scope
from .words import found_by, is_number

# Records looked through before the index is asked. Each owner and unit of a scope gives its newest, so many of them
# give fewer each.
WALKED, WALKED_LEAST, KEYS_READ = 2000, 300, 40_000
ROWS = """
WITH walked AS MATERIALIZED ({keys}),
seen AS MATERIALIZED (
  SELECT w.id, w.v FROM (SELECT id, v FROM walked ORDER BY {order}) w
  CROSS JOIN LATERAL (SELECT 1 FROM {table} t WHERE t.id = w.id AND {found} OFFSET 0) hit
  ORDER BY {order_w} LIMIT {most}
),
indexed AS MATERIALIZED (
  SELECT t.id, t.{column} AS v FROM {table} t WHERE {kept} AND {found}{within}
  AND (SELECT count(*) FROM seen) < {most} AND (SELECT count(*) FROM walked) >= {walk}
),
first AS (
  SELECT id, v FROM (SELECT id, v FROM seen UNION SELECT id, v FROM indexed) both_ways ORDER BY {order} LIMIT {most}
)
SELECT t.id, k.v, t.{owner}, t.{unit}, {columns} FROM first k JOIN {table} t ON t.id = k.id {joins} ORDER BY {order_k}
"""


@dataclass(frozen=True)
class Finding:
    """One type searched by one reader; gives rows as lists do: id, sort value, owner, unit, columns."""

    type: RecordType
    found: Condition
    scope: Scope
    most: int
    walk: int

    @classmethod
    def of(cls, type_: RecordType, text: str, actor: Actor, *, most: int) -> Finding | None:
        """None when the text asks nothing of this type."""
        found, scope = found_by(type_, text, actor), scope_of(actor, type_.key)
        if not found or found.sql == "FALSE" or scope.is_nothing:
            return None
        return cls(type_, found, scope, most, 0 if is_number(type_, text) else walk_in(scope))

    def rows(self, columns: list[ListColumn]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(*self.query(columns))
            return list(cursor.fetchall())

    def query(self, columns: list[ListColumn]) -> tuple[str, list[Any]]:
        type_, order = self.type, Order(self.type.sorts[0])
        keys, parameters = KeyQuery(type_, self.scope, order.sort, limit=self.walk).build()
        within = within_scope(type_, self.scope) if not self.scope.everything else NONE
        sql = ROWS.format(
            keys=keys,
            order=order.by(),
            order_w=order.by("w.v", "w.id"),
            order_k=order.by("k.v", "k.id"),
            table=type_.table,
            found=f"({self.found.sql})",
            column=order.sort.column,
            kept=type_.kept,
            within=f" AND {within.sql}" if within else "",
            most=self.most,
            walk=self.walk,
            owner=type_.owner,
            unit=type_.unit,
            columns=", ".join(column.sql for column in columns),
            joins=type_.joins,
        )
        return sql, [*parameters, *self.found.parameters, *self.found.parameters, *within.parameters]


def walk_in(scope: Scope) -> int:
    ways = max(1, len(scope.staff_ids) + len(scope.unit_ids))
    return min(WALKED, max(WALKED_LEAST, KEYS_READ // ways))
