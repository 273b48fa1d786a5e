"""What a list is narrowed by, sorted by how it can be answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Parameters = list[Any]


@dataclass(frozen=True)
class Condition:
    """SQL over `t` with its parameters; empty for none."""

    sql: str = ""
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        sql = " AND ".join(part for part in (self.sql, other.sql) if part)
        return Condition(sql, self.parameters + other.parameters)

    def __bool__(self) -> bool:
        return bool(self.sql)


NONE = Condition()


@dataclass(frozen=True)
class Narrowing:
    """`sql` with `parameters`: conditions that have to look into each record, so they run on short lists alone.

    `keyed`: conditions on columns that the list indexes carry. `found`: what the search index or a number finds.
    """

    sql: str = ""
    parameters: tuple[Any, ...] = ()
    keyed: Condition = field(default=NONE)
    found: Condition = field(default=NONE)

    @property
    def rest(self) -> Condition:
        return Condition(self.sql, self.parameters)

    @property
    def indexed(self) -> Condition:
        return self.keyed & self.found

    @property
    def whole(self) -> Condition:
        return self.keyed & self.found & self.rest
