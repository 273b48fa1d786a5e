"""`visible_to(actor)`: the one filter between a person and a table."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NotAllowed

from .scopes import scope_of

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """For models with `KIND` and, when they differ from owner/unit, `SCOPE_OWNER`, `SCOPE_UNIT`, `SCOPE_RECORD`
    (lookups, so that a child can point to its parent's) and `SCOPE_KIND` (the parent's kind)."""

    def visible_to(self, actor: Actor, verb: str = "read") -> ScopedQuerySet[M]:
        model = self.model
        kind = getattr(model, "SCOPE_KIND", model.KIND)
        scope = scope_of(actor, kind, verb)
        if scope.everything:
            return self
        if scope.is_nothing:
            return self.none()
        return self.filter(
            scope.condition(
                kind=kind,
                owner=getattr(model, "SCOPE_OWNER", "owner_id"),
                unit=getattr(model, "SCOPE_UNIT", "unit_id"),
                record=getattr(model, "SCOPE_RECORD", "id"),
            )
        )

    def access(self, actor: Actor, record_id: int, *, to: str = "read", lock: bool = False) -> M:
        """The record, or Missing: not there and not yours look the same. NotAllowed when it may be read, not `to`."""
        rows = self.visible_to(actor, to)
        if lock:
            rows = rows.select_for_update(of=("self",))
        record = rows.filter(id=record_id).first()
        if record is None:
            self._explain(actor, record_id, to)
        assert record is not None
        return record

    def _explain(self, actor: Actor, record_id: int, to: str) -> None:
        if to != "read" and self.visible_to(actor).filter(id=record_id).exists():
            raise NotAllowed()
        raise Missing()
