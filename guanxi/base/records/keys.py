"""Key pages: which records come next, in any scope, without walking what the reader may not see (stack.md C1).

The plain query has a case of seconds where LATERAL over index-only scans takes a millisecond: a unit whose rows are
all old. So each owner, each unit and what is lent gives its own first keys from its own index, and only the winners
are joined back. Short lists under conditions no index answers are gathered whole instead (gathering.py).
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

from .narrowing import NONE, Condition, Narrowing, Parameters
from .types import RecordType, Sort

__all__ = ["CAP", "Cursor", "KeyQuery", "Narrowing", "Order", "count_query", "find_query", "scope_parts"]

CAP = 10_000
# Up to so many ids are remembered from the count; of a search all that are counted.
FEW, FEW_FOUND = 1_000, CAP
LENT = "t.staff_id = %s AND t.is_kept AND (t.until IS NULL OR t.until >= %s)"
REACHED = """t.id IN (
  SELECT record_id FROM org_reach WHERE staff_id = %s AND kind = %s AND (until IS NULL OR until >= %s))"""


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
class Order:
    """A sort order read from one place, forwards or back."""

    sort: Sort
    cursor: Cursor | None = None

    @property
    def back(self) -> bool:
        return bool(self.cursor and self.cursor.back)

    def by(self, value: str = "v", record_id: str = "id") -> str:
        """Reversed when reading back. Which expressions hold value and id depends on where it is asked."""
        down = "DESC" if self.sort.descending != self.back else "ASC"
        nulls = ""
        if self.sort.nullable:
            nulls = " NULLS FIRST" if self.back else " NULLS LAST"
        return f"{value} {down}{nulls}, {record_id} {down}"

    def ranges(self, value: str, record_id: str) -> list[Condition]:
        """What lies beyond the cursor; a nullable sort is read in two ranges so that each is an index range."""
        if self.cursor is None:
            return [NONE]
        sign = "<" if self.sort.descending != self.back else ">"
        at, at_id = self.cursor.value, self.cursor.id
        if at is not None:
            beside = Condition(f"({value}, {record_id}) {sign} (%s, %s)", (at, at_id))
            return [beside, Condition(f"{value} IS NULL")] if self.sort.nullable and not self.back else [beside]
        among_nulls = Condition(f"{value} IS NULL AND {record_id} {sign} %s", (at_id,))
        return [among_nulls, Condition(f"{value} IS NOT NULL")] if self.back else [among_nulls]


@dataclass
class KeyQuery:
    """SQL that yields (id, v) in order; parameters in the order of their places."""

    type: RecordType
    scope: Scope
    sort: Sort
    cursor: Cursor | None = None
    narrowing: Narrowing = field(default_factory=Narrowing)
    limit: int = 51

    def __post_init__(self) -> None:
        self.at = Order(self.sort, self.cursor)

    @property
    def back(self) -> bool:
        return self.at.back

    @property
    def order(self) -> str:
        return self.at.by()

    def build(self) -> tuple[str, Parameters]:
        branches = self._branches()
        parameters = [p for _, given in branches for p in given]
        union = " UNION ".join(f"({sql})" for sql, _ in branches)
        if len(branches) == 1:
            return branches[0][0], parameters
        return f"SELECT id, v FROM ({union}) keys ORDER BY {self.order} LIMIT {self.limit}", parameters

    def _branches(self) -> list[tuple[str, Parameters]]:
        if self.scope.everything:
            return [self._first(NONE)]
        found: list[tuple[str, Parameters]] = []
        if self.scope.staff_ids:
            found.append(self._lateral(self.type.owner, self.scope.staff_ids))
        if self.scope.unit_ids:
            found.append(self._lateral(self.type.unit, self.scope.unit_ids))
        if self.scope.reach_staff_id is not None:
            found.append(self._lent(self.scope.reach_staff_id))
        return found or [self._first(Condition("FALSE"))]

    def _lateral(self, column: str, ids: Sequence[int]) -> tuple[str, Parameters]:
        inner, parameters = self._first(Condition(f"t.{column} = who.id"))
        sql = f"SELECT k.id, k.v FROM unnest(%s::bigint[]) AS who(id) CROSS JOIN LATERAL ({inner}) k"
        return f"{sql} ORDER BY {self.order} LIMIT {self.limit}", [list(ids), *parameters]

    def _lent(self, staff_id: int) -> tuple[str, Parameters]:
        """From the table that keeps what is lent in the order of the records, unless more is asked than it knows."""
        if self.type.lent and self.narrowing.whole == self.narrowing.keyed:
            # Lent twice for two reasons, it is one record; DISTINCT over the index order stops at the limit.
            return self._first(Condition(LENT, (staff_id, clock.today())), table=self.type.lent, distinct="DISTINCT ")
        return self._first(_reached(self.type, staff_id))

    def _first(self, where: Condition, *, table: str = "", distinct: str = "") -> tuple[str, Parameters]:
        """The first keys under one condition."""
        value = f"t.{self.sort.column}"
        kept = NONE if table else Condition(self.type.kept)
        parts: list[str] = []
        parameters: Parameters = []
        for range_ in self.at.ranges(value, "t.id"):
            condition = where & kept & self.narrowing.whole & range_
            parts.append(
                f"SELECT {distinct}t.id, {value} AS v FROM {table or self.type.table} t"
                f" WHERE {condition.sql} ORDER BY {self.at.by(value, 't.id')} LIMIT {self.limit}"
            )
            parameters += condition.parameters
        if len(parts) == 1:
            return parts[0], parameters
        union = " UNION ALL ".join(f"({part})" for part in parts)
        return f"SELECT id, v FROM ({union}) ranges ORDER BY {self.order} LIMIT {self.limit}", parameters


def _reached(type_: RecordType, staff_id: int) -> Condition:
    return Condition(REACHED, (staff_id, type_.key, clock.today()))


def scope_parts(type_: RecordType, scope: Scope, narrowing: Narrowing, most: int) -> tuple[str, Parameters]:
    """Ids of what the reader sees, at most `most` + 1 from each way of seeing. Never an OR: that walks the table."""
    parts: list[str] = []
    parameters: Parameters = []
    for table, condition in _ways(type_, scope, narrowing):
        asked = condition & narrowing.whole
        # Lent twice for two reasons, it is one record: in the order of an index DISTINCT stops at the limit.
        ids = f"DISTINCT t.{type_.sorts[0].column}, t.id" if table == type_.lent else "t.id"
        parts.append(f"(SELECT id FROM (SELECT {ids} FROM {table} t WHERE {asked.sql} LIMIT {most + 1}) way)")
        parameters += asked.parameters
    return " UNION ".join(parts), parameters


def _ways(type_: RecordType, scope: Scope, narrowing: Narrowing) -> list[tuple[str, Condition]]:
    kept = Condition(type_.kept)
    if scope.everything:
        return [(type_.table, kept)]
    ways = []
    if scope.staff_ids:
        ways.append((type_.table, Condition(f"t.{type_.owner} = ANY(%s)", (list(scope.staff_ids),)) & kept))
    if scope.unit_ids:
        ways.append((type_.table, Condition(f"t.{type_.unit} = ANY(%s)", (list(scope.unit_ids),)) & kept))
    if scope.reach_staff_id is not None:
        if type_.lent and narrowing.whole == narrowing.keyed:
            ways.append((type_.lent, Condition(LENT, (scope.reach_staff_id, clock.today()))))
        else:
            ways.append((type_.table, _reached(type_, scope.reach_staff_id) & kept))
    return ways or [(type_.table, Condition("FALSE"))]


def count_query(type_: RecordType, scope: Scope, narrowing: Narrowing, cap: int = CAP) -> tuple[str, Parameters]:
    """How many the reader sees, up to one more than `cap`. A row seen in several ways counts once."""
    ids, parameters = scope_parts(type_, scope, narrowing, cap)
    return f"SELECT count(*) FROM (SELECT id FROM ({ids}) ways LIMIT {cap + 1}) seen", parameters


def find_query(type_: RecordType, scope: Scope, narrowing: Narrowing) -> tuple[str, Parameters]:
    """The capped count, and the ids themselves when they are few: what took long to find is not looked for twice."""
    ids, parameters = scope_parts(type_, scope, narrowing, CAP)
    most = FEW_FOUND if narrowing.found else FEW
    few = f"CASE WHEN count(*) <= {most} THEN coalesce(array_agg(id), ARRAY[]::bigint[]) END"
    return f"SELECT count(*), {few} FROM (SELECT id FROM ({ids}) ways LIMIT {CAP + 1}) seen", parameters
