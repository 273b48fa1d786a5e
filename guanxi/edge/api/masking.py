"""Personal fields for readers whose role may not reveal them, by the declaration the screens use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Invalid
from guanxi.base.kernel.phone import mask_phone
from guanxi.base.records.types import OWN_FIELDS, RECORD_TYPES


def masked(values: dict[str, Any], *, kind: str) -> dict[str, Any]:
    """Phones keep what recognises them; other personal fields become null. `masked` names those that hid something."""
    hidden = [f for f in RECORD_TYPES.get(kind).fields if f.is_personal and values.get(f.key)]
    values |= {f.key: mask_phone(values[f.key]) if f.kind == "phone" else None for f in hidden}
    own = values.get("own", {})
    personal = [f.key for f in OWN_FIELDS.of(kind) if f.is_personal and own.get(f.key)]
    if personal:
        values["own"] = own | dict.fromkeys(personal)
    return values | {"masked": [f.key for f in hidden] + [f"own.{key}" for key in personal]}


def refuse_masked(values: Mapping[str, Any], *, kind: str) -> None:
    """Whoever sees a field masked cannot mean to change it: what comes back would be the mask."""
    personal = {f.key: f.key for f in RECORD_TYPES.get(kind).fields if f.is_personal}
    personal |= {f.key: f"own.{f.key}" for f in OWN_FIELDS.of(kind) if f.is_personal}
    told = _("Your role sees this field masked, so it cannot change it.")
    if errors := {personal[key]: [told] for key in values if key in personal}:
        raise Invalid(errors)
