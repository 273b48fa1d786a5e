"""What criteria may ask about the children of a record: activities of a customer, file forms, open duties.

A room registers the children it keeps in its `apps.py`, upward of the record they belong to.
"""

# ruff: noqa: S608 (the parts are ours alone; what users bring is a parameter)
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry
from guanxi.base.org.scopes import Scope, may, scope_of

from .criteria import Field, Kind, Relation
from .criteria.fields import Param


@dataclass(frozen=True)
class ChildRelation:
    """RELATIONS.add(ChildRelation("customer", "activity", Relation("activity", _("Contacts"),
        "activities_activity", "customer_id", FIELDS, kept="{r}.removed_at IS NULL")))

    `kind` is the record, `child` the kind whose `read` the reader needs. Without `owner` children are seen with the
    record; otherwise only those within the reader's scope of `child` count. Never give it a field that anybody sees
    masked: the answer would give it away.
    """

    kind: str
    child: str
    relation: Relation
    owner: str = ""
    unit: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.relation.key}"


RELATIONS: Registry[ChildRelation] = Registry("relations of criteria")


def choice_field(key: str, label: Any, choices: Sequence[tuple[str, Any]]) -> Field:
    """A field with the values and labels of a model's choices."""
    values, labels = tuple(str(value) for value, _label in choices), tuple(label for _value, label in choices)
    return Field(key, Kind.CHOICE, label, choices=values, labels=labels)


def relations_for(kind: str, actor: Actor) -> list[Relation]:
    """What `actor` may ask about children of `kind`."""
    return [_seen_by(one, actor) for one in RELATIONS if one.kind == kind and may(actor, one.child, "read")]


def _seen_by(one: ChildRelation, actor: Actor) -> Relation:
    scope = scope_of(actor, one.child)
    if not one.owner or scope.everything:
        return one.relation
    return replace(one.relation, within=_within(one, scope))


def _within(one: ChildRelation, scope: Scope) -> Callable[[str, Param], str]:
    def condition(alias: str, param: Param) -> str:
        parts = [f'{alias}."{one.owner}" = ANY({param(list(scope.staff_ids))})'] if scope.staff_ids else []
        if one.unit and scope.unit_ids:
            parts.append(f'{alias}."{one.unit}" = ANY({param(list(scope.unit_ids))})')
        if scope.reach_staff_id is not None:
            lent = (
                f"SELECT record_id FROM org_reach WHERE staff_id = {param(scope.reach_staff_id)}"
                f" AND kind = {param(one.child)} AND (until IS NULL OR until >= {param(clock.today())})"
            )
            parts.append(f"{alias}.id IN ({lent})")
        return f"({' OR '.join(parts) or 'FALSE'})"

    return condition
