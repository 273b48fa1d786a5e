"""What an edit really changes. The one place that tells declared columns from own fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from .own_fields import keeping
from .own_fields.keeping import is_own_key
from .types import OWN_FIELDS, Field

Change = list[Any]


def writable(kind: str, values: Mapping[str, Any], declared: Collection[str]) -> dict[str, Any]:
    """Of `values` those that a person may write: the declared ones and the type's own fields."""
    own = {field.key for field in OWN_FIELDS.of(kind)} if any(map(is_own_key, values)) else set()
    return {name: value for name, value in values.items() if name in declared or name in own}


def as_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """For a new record: own fields together under `own`."""
    own: dict[str, Any] = {}
    for name, value in values.items():
        if is_own_key(name):
            own = keeping.put(own, name, value)
    declared = {name: value for name, value in values.items() if not is_own_key(name)}
    return declared | {"own": own} if own else declared


def present(record: Model, name: str) -> Any:
    """What the record holds under this name; an own field as it is kept."""
    return record.own.get(name) if is_own_key(name) else getattr(record, name)


def differing(record: Model, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `wanted` that the record does not hold already."""
    return {name: value for name, value in wanted.items() if present(record, name) != _as_kept(name, value)}


def apply_changes(record: Model, wanted: Mapping[str, Any]) -> dict[str, Change]:
    """Sets the values that differ and returns field -> [from, to], ready for the trail."""
    changes: dict[str, Change] = {}
    for name, value in differing(record, wanted).items():
        changes[name] = [plain(present(record, name)), plain(_as_kept(name, value))]
        if is_own_key(name):
            record.own = keeping.put(record.own, name, value)
        else:
            setattr(record, name, value)
    return changes


def personal_among(kind: str, names: Iterable[str]) -> set[str]:
    """The own fields among `names` whose values are personal: the trail keeps those apart."""
    wanted = set(names)
    return {field.key for field in OWN_FIELDS.of(kind) if field.is_personal and field.key in wanted}


def missing_own(kind: str, values: Mapping[str, Any]) -> list[Field]:
    """Own fields that a new record must have and `values` leaves empty."""
    return [f for f in OWN_FIELDS.of(kind) if f.required and keeping.kept(values.get(f.key)) is None]


def _as_kept(name: str, value: Any) -> Any:
    return keeping.kept(value) if is_own_key(name) else value


def plain(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
