"""Values of own fields as the JSON column holds them: dates as ISO text, figures as numbers, nothing for nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

KEY = re.compile(r"f[1-9]\d{0,17}", re.ASCII)


def is_own_key(name: str) -> bool:
    return KEY.fullmatch(name) is not None


def kept(value: Any) -> Any:
    """As JSON keeps it; None for what is not kept at all."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


def loaded(kind: str, value: Any) -> Any:
    """What pages and actions work with. A value that does not fit its kind stays as it is."""
    if value is None:
        return None if kind in ("date", "money", "number") else ""
    if kind in ("money", "number") and isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if kind == "date" and isinstance(value, str):
        return _day(value)
    return value


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def put(own: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The values with this one; an empty one leaves no trace."""
    rest = {name: other for name, other in own.items() if name != key}
    stored = kept(value)
    return rest if stored is None else {**rest, key: stored}


def typed_sql(key: str, kind: str) -> str:
    """The value over `t` in the type its kind has in a table. Only values of the right JSON type are converted."""
    text = f"(t.own->>'{key}')"
    if kind in ("number", "money"):
        return f"(CASE WHEN jsonb_typeof(t.own->'{key}') = 'number' THEN {text}::numeric END)"
    if kind == "date":
        return f"(CASE WHEN {text} ~ '^\\d{{4}}-\\d\\d-\\d\\d$' THEN {text}::date END)"
    if kind == "yesno":
        return f"(CASE WHEN jsonb_typeof(t.own->'{key}') = 'boolean' THEN {text}::boolean END)"
    return text
