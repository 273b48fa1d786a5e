"""The reader's scope as one condition, for what is found by other means; lists never ask it (keys.py)."""

from __future__ import annotations

from guanxi.base.kernel import clock
from guanxi.base.org.scopes import Scope

from ..narrowing import NONE, Condition
from ..types import RecordType

# With a limit it is asked for each find; without, all that is lent would be read first.
REACHED = """COALESCE((SELECT TRUE FROM org_reach r WHERE r.staff_id = %s AND r.kind = %s AND r.record_id = t.id
  AND (r.until IS NULL OR r.until >= %s) LIMIT 1), FALSE)"""


def within_scope(type_: RecordType, scope: Scope) -> Condition:
    if scope.everything:
        return NONE
    if scope.is_nothing:
        return Condition("FALSE")
    sql = f"t.{type_.owner} = ANY(%s) OR t.{type_.unit} = ANY(%s)"
    parameters: list[object] = [list(scope.staff_ids), list(scope.unit_ids)]
    if scope.reach_staff_id is not None:
        sql = f"{sql} OR {REACHED}"
        parameters += [scope.reach_staff_id, type_.key, clock.today()]
    return Condition(f"({sql})", tuple(parameters))
