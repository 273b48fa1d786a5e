"""What an edit really changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

Change = list[Any]


def apply_changes(record: Model, wanted: Mapping[str, Any]) -> dict[str, Change]:
    """Sets the values that differ and returns field -> [from, to], ready for the trail."""
    changes: dict[str, Change] = {}
    for name, value in wanted.items():
        before = getattr(record, name)
        if before != value:
            setattr(record, name, value)
            changes[name] = [plain(before), plain(value)]
    return changes


def plain(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
