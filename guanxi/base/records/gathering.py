# ruff: noqa: S608 (put together from declarations; what users bring is always a parameter)
"""Pages of short lists under conditions that no index answers: the records are gathered first, then looked into.

Asking such a condition along an index walks past everything that does not fit; a list of under 10,000 is read whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from guanxi.base.org.scopes import Scope

from .keys import CAP, Order, scope_parts
from .narrowing import NONE, Condition, Narrowing, Parameters
from .types import RecordType


@dataclass(frozen=True)
class Gathering:
    """`base` gives the ids, found by index; `asked` is put to each of them."""

    type: RecordType
    base: tuple[str, Parameters]
    asked: Condition = NONE

    @classmethod
    def among(cls, type_: RecordType, ids: list[int], asked: Condition = NONE) -> Gathering:
        return cls(type_, ("SELECT unnest(%s::bigint[]) AS id", [ids]), asked)

    @classmethod
    def within(cls, type_: RecordType, scope: Scope, narrowing: Narrowing, asked: Condition = NONE) -> Gathering:
        return cls(type_, scope_parts(type_, scope, narrowing, CAP), asked)

    def keys(self, order: Order, *, limit: int) -> tuple[str, Parameters]:
        """(id, v) in order, like KeyQuery."""
        hits, parameters = self._hits(f"t.id, t.{order.sort.column} AS v")
        parts: list[str] = []
        given: Parameters = []
        for range_ in order.ranges("hit.v", "hit.id"):
            where = f"WHERE {range_.sql}" if range_ else ""
            parts.append(f"(SELECT id, v FROM hit {where} ORDER BY {order.by()} LIMIT {limit})")
            given += range_.parameters
        sql = f"{hits} SELECT id, v FROM ({' UNION ALL '.join(parts)}) keys ORDER BY {order.by()} LIMIT {limit}"
        return sql, [*parameters, *given]

    def count(self) -> tuple[str, Parameters]:
        hits, parameters = self._hits("t.id")
        return f"{hits} SELECT count(*) FROM hit", parameters

    def _hits(self, columns: str) -> tuple[str, Parameters]:
        ids, parameters = self.base
        where = f"WHERE {self.asked.sql}" if self.asked else ""
        sql = (
            f"WITH base AS MATERIALIZED ({ids}),"
            f" hit AS MATERIALIZED (SELECT {columns} FROM base JOIN {self.type.table} t ON t.id = base.id {where})"
        )
        return sql, [*parameters, *self.asked.parameters]
