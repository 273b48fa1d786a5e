"""Who may read personal values in the clear."""

from __future__ import annotations

from typing import Any

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import reached, scope_of


def may_reveal(actor: Actor, kind: str, owner_id: int | None, unit_id: int | None) -> bool:
    """True when the role reveals this kind for this owner or unit."""
    scope = scope_of(actor, kind, "reveal")
    return scope.everything or owner_id in scope.staff_ids or unit_id in scope.unit_ids


def reveals(actor: Actor, kind: str, record: Any, owner: str = "owner_id", unit: str = "unit_id") -> bool:
    """Also for records lent to the actor to work on: who is asked to call somebody must see the number."""
    if may_reveal(actor, kind, getattr(record, owner), getattr(record, unit)):
        return True
    return record.pk in lent_to(actor, kind)


def lent_to(actor: Actor, kind: str) -> set[int]:
    """Records within reach at the level `work`: the team's, and those of duties handed over. One query a request."""
    key = f"lent:{kind}"
    if key not in actor.memo:
        rows = reached(kind, actor.staff_id).filter(level="work") if actor.staff_id else []
        actor.memo[key] = set(rows)
    return actor.memo[key]
