"""Key pages: which records come next, in any scope, without walking what the reader may not see (stack.md C1).

The plain query has a case of seconds where LATERAL over index-only scans takes a millisecond: a unit whose rows are
all old. So each owner and each unit gives its own first keys from its own index, and only the winners are joined back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Refused
from guanxi.base.org.scopes import Scope

from .types import RecordType, Sort

CAP = 10_000
REACHED = """t.id IN (
  SELECT record_id FROM org_reach WHERE staff_id = %s AND kind = %s AND (until IS NULL OR until >= %s))"""
Parameters = list[Any]


@dataclass(frozen=True)
class Cursor:
    """The key beside which a page begins. `back` reads towards the first page."""

    value: Any
    id: int
    back: bool = False

    def encode(self) -> str:
        text = json.dumps([self.value, self.id, self.back], default=str, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor | None:
        """None for anything that is not one of ours: the list then starts at its first page."""
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            value, record_id, back = json.loads(plain)
            # A lone half of a character can be written in JSON and nowhere else.
            str(value).encode()
            return cls(value, int(record_id), bool(back))
        except (ValueError, TypeError, OverflowError, RecursionError, Refused):
            return None


@dataclass(frozen=True)
class Narrowing:
    """Conditions on `t` beyond the scope, with their parameters."""

    sql: str = ""
    parameters: tuple[Any, ...] = ()


@dataclass
class KeyQuery:
    """SQL that yields (id, v) in order; parameters in the order of their places."""

    type: RecordType
    scope: Scope
    sort: Sort
    cursor: Cursor | None = None
    narrowing: Narrowing = field(default_factory=Narrowing)
    limit: int = 51

    @property
    def back(self) -> bool:
        return bool(self.cursor and self.cursor.back)

    @property
    def order(self) -> str:
        """Over `v` and `id`; reversed when reading back."""
        down = self.sort.descending != self.back
        nulls = ""
        if self.sort.nullable:
            nulls = " NULLS FIRST" if self.back else " NULLS LAST"
        return f"v {'DESC' if down else 'ASC'}{nulls}, id {'DESC' if down else 'ASC'}"

    def build(self) -> tuple[str, Parameters]:
        branches = self._branches()
        parameters = [p for _, given in branches for p in given]
        union = " UNION ".join(f"({sql})" for sql, _ in branches)
        if len(branches) == 1:
            return branches[0][0], parameters
        return f"SELECT id, v FROM ({union}) keys ORDER BY {self.order} LIMIT {self.limit}", parameters

    def _branches(self) -> list[tuple[str, Parameters]]:
        if self.scope.everything:
            return [self._first("", [])]
        found: list[tuple[str, Parameters]] = []
        if self.scope.staff_ids:
            found.append(self._lateral(self.type.owner, self.scope.staff_ids))
        if self.scope.unit_ids:
            found.append(self._lateral(self.type.unit, self.scope.unit_ids))
        if self.scope.reach_staff_id is not None:
            found.append(self._reached(self.scope.reach_staff_id))
        return found or [self._first("FALSE", [])]

    def _lateral(self, column: str, ids: Sequence[int]) -> tuple[str, Parameters]:
        inner, parameters = self._first(f"t.{column} = who.id", [])
        sql = f"SELECT k.id, k.v FROM unnest(%s::bigint[]) AS who(id) CROSS JOIN LATERAL ({inner}) k"
        return f"{sql} ORDER BY {self.order} LIMIT {self.limit}", [list(ids), *parameters]

    def _reached(self, staff_id: int) -> tuple[str, Parameters]:
        inner, parameters = self._first(
            REACHED,
            [staff_id, self.type.key, clock.today()],
        )
        return inner, parameters

    def _first(self, where: str, given: Parameters) -> tuple[str, Parameters]:
        """The first keys under one condition; a nullable sort is read in two ranges so that each is an index range."""
        ranges = self._ranges()
        parts, parameters = [], []
        for condition, values in ranges:
            conditions = [c for c in (where, self.type.kept, self.narrowing.sql, condition) if c]
            parts.append(
                f"SELECT t.id, t.{self.sort.column} AS v FROM {self.type.table} t"
                f" WHERE {' AND '.join(conditions)} ORDER BY {self._order_in_table()} LIMIT {self.limit}"
            )
            parameters += [*given, *self.narrowing.parameters, *values]
        if len(parts) == 1:
            return parts[0], parameters
        union = " UNION ALL ".join(f"({part})" for part in parts)
        return f"SELECT id, v FROM ({union}) ranges ORDER BY {self.order} LIMIT {self.limit}", parameters

    def _order_in_table(self) -> str:
        return self.order.replace("v ", f"t.{self.sort.column} ", 1).replace(", id", ", t.id")

    def _ranges(self) -> list[tuple[str, Parameters]]:
        if self.cursor is None:
            return [("", [])]
        column = f"t.{self.sort.column}"
        sign = "<" if self.sort.descending != self.back else ">"
        value, record_id = self.cursor.value, self.cursor.id
        if value is not None:
            beside: list[tuple[str, Parameters]] = [(f"({column}, t.id) {sign} (%s, %s)", [value, record_id])]
            return [*beside, (f"{column} IS NULL", [])] if self.sort.nullable and not self.back else beside
        among_nulls: list[tuple[str, Parameters]] = [(f"{column} IS NULL AND t.id {sign} %s", [record_id])]
        return [*among_nulls, (f"{column} IS NOT NULL", [])] if self.back else among_nulls


def count_query(type_: RecordType, scope: Scope, narrowing: Narrowing, cap: int = CAP) -> tuple[str, Parameters]:
    """How many the reader sees, up to one more than `cap`. A row in several branches counts once; never an OR."""
    conditions: list[tuple[str, Parameters]] = []
    if scope.everything:
        conditions = [("TRUE", [])]
    else:
        if scope.staff_ids:
            conditions.append((f"t.{type_.owner} = ANY(%s)", [list(scope.staff_ids)]))
        if scope.unit_ids:
            conditions.append((f"t.{type_.unit} = ANY(%s)", [list(scope.unit_ids)]))
        if scope.reach_staff_id is not None:
            conditions.append((REACHED, [scope.reach_staff_id, type_.key, clock.today()]))
    parts, parameters = [], []
    for condition, given in conditions or [("FALSE", [])]:
        where = " AND ".join(c for c in (condition, type_.kept, narrowing.sql) if c)
        parts.append(f"(SELECT t.id FROM {type_.table} t WHERE {where} LIMIT {cap + 1})")
        parameters += [*given, *narrowing.parameters]
    return f"SELECT count(*) FROM ({' UNION '.join(parts)}) seen", parameters
