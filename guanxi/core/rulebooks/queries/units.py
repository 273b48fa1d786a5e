"""Units as figures are narrowed and added up by: each with all below it."""

from __future__ import annotations

from dataclasses import dataclass, field

from guanxi.base.kernel import statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of

from ..models import Duty

ALL = "SELECT id, parent_id, name FROM org_unit ORDER BY id"
BELOW = """
WITH RECURSIVE tree AS (SELECT id FROM org_unit WHERE id = %s
  UNION SELECT u.id FROM org_unit u JOIN tree t ON u.parent_id = t.id) SELECT id FROM tree
"""


def units_below(unit_id: int) -> list[int]:
    """The unit and all below; none when there is no such unit."""
    return [row[0] for row in statements.rows(BELOW, [unit_id])]


@dataclass
class UnitLine:
    id: int
    name: str
    parent_id: int | None
    level: int = 0
    below: list[UnitLine] = field(default_factory=list)

    def all_ids(self) -> list[int]:
        return [self.id, *(one for unit in self.below for one in unit.all_ids())]

    def lines(self, level: int = 0) -> list[UnitLine]:
        self.level = level
        return [self, *(line for unit in self.below for line in unit.lines(level + 1))]


def unit_tree() -> list[UnitLine]:
    """All units from the top down; `level` says how deep each lies."""
    rows = {pk: UnitLine(pk, name, parent) for pk, parent, name in statements.rows(ALL)}
    tops: list[UnitLine] = []
    for unit in rows.values():
        above = rows.get(unit.parent_id or 0)
        (above.below if above else tops).append(unit)
    return [line for top in tops for line in top.lines()]


def sees_units(actor: Actor) -> bool:
    """Whether asking by unit says more than asking by person."""
    scope = scope_of(actor, Duty.KIND)
    return scope.everything or bool(scope.unit_ids) or len(scope.staff_ids) > 1
