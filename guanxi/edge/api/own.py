"""Fields the company added itself: one object `own`, by their keys."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.records.entries import checked_value
from guanxi.base.records.types import OWN_FIELDS


def own_told(kind: str, record: Any) -> dict[str, Any]:
    """Every field there is; null where nothing was entered."""
    values = {f.key: f.value_of(record) for f in OWN_FIELDS.of(kind)}
    return {key: None if value == "" else value for key, value in values.items()}


def own_given(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Beside the declared values, as forms hand them to actions. Raises Invalid."""
    values = dict(given)
    sent = values.pop("own", None) or {}
    fields = {f.key: f for f in OWN_FIELDS.of(kind) if not f.is_fixed}
    errors: dict[str, list[Any]] = {}
    for key, value in sent.items():
        if key not in fields:
            errors[f"own.{key}"] = [_("There is no such field here.")]
            continue
        try:
            values[key] = checked_value(fields[key], value)
        except Unreadable as problem:
            errors[f"own.{key}"] = [problem.message]
    if errors:
        raise Invalid(errors)
    return values
