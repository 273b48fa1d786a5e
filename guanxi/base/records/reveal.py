"""Who may read personal values in the clear."""

from __future__ import annotations

from typing import Any

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of


def may_reveal(actor: Actor, kind: str, owner_id: int | None, unit_id: int | None) -> bool:
    """True when the role reveals this kind for this owner or unit."""
    scope = scope_of(actor, kind, "reveal")
    return scope.everything or owner_id in scope.staff_ids or unit_id in scope.unit_ids


def reveals(actor: Actor, kind: str, record: Any, owner: str = "owner_id", unit: str = "unit_id") -> bool:
    return may_reveal(actor, kind, getattr(record, owner), getattr(record, unit))
