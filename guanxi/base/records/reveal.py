"""Who may read personal values in the clear."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import reached, scope_of

from .narrowing import Condition
from .types import RecordType

LENT = """EXISTS (SELECT 1 FROM org_reach r WHERE r.staff_id = %s AND r.kind = %s AND r.record_id = t.id
  AND r.level = 'work' AND (r.until IS NULL OR r.until >= %s))"""


def may_reveal(actor: Actor, kind: str, owner_id: int | None, unit_id: int | None) -> bool:
    """True when the role reveals this kind for this owner or unit."""
    scope = scope_of(actor, kind, "reveal")
    return scope.everything or owner_id in scope.staff_ids or unit_id in scope.unit_ids


def reveals(actor: Actor, kind: str, record: Any, owner: str = "owner_id", unit: str = "unit_id") -> bool:
    """Also for records lent to the actor to work on: who is asked to call somebody must see the number."""
    if may_reveal(actor, kind, getattr(record, owner), getattr(record, unit)):
        return True
    return bool(lent_among(actor, kind, [record.pk]))


def lent_among(actor: Actor, kind: str, ids: Collection[int]) -> set[int]:
    """Which of these are within reach at the level `work`: the team's, and those of duties handed over."""
    if not actor.staff_id or not ids:
        return set()
    return set(reached(kind, actor.staff_id).filter(level="work", record_id__in=ids))


def lent_to(actor: Actor, kind: str) -> set[int]:
    """All of them, which may be very many: for files and bulk work, never for a page."""
    return set(reached(kind, actor.staff_id).filter(level="work")) if actor.staff_id else set()


def revealed(type_: RecordType, actor: Actor) -> Condition:
    """The same as a condition over `t`."""
    scope = scope_of(actor, type_.key, "reveal")
    sql = f"(t.{type_.owner} = ANY(%s) OR t.{type_.unit} = ANY(%s) OR {LENT})"
    staff, units = list(scope.staff_ids), list(scope.unit_ids)
    return Condition(sql, (staff, units, actor.staff_id, type_.key, clock.today()))
