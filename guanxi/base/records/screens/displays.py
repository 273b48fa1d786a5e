"""The ways one list can be shown: rows, a board for each choice, a month for each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ..asked import Asked
from ..boards import board_fields
from ..calendars import calendar_fields
from ..types import Field, RecordType


@dataclass(frozen=True)
class Display:
    key: str
    label: Any
    icon: str
    href: str
    is_current: bool


def displays_of(type_: RecordType, asked: Asked) -> list[Display]:
    """Only those the type can be shown as."""
    ways = [("list", _("List"), "list", True)]
    ways.append(("board", _("Board"), "drawer", bool(board_fields(type_))))
    ways.append(("calendar", _("Calendar"), "calendar", bool(calendar_fields(type_))))
    return [
        Display(key, label, icon, address_as(type_, asked, key), asked.display == key)
        for key, label, icon, is_there in ways
        if is_there
    ]


def address_as(type_: RecordType, asked: Asked, display: str) -> str:
    return asked.address(type_, **{"as": "" if display == "list" else display, "by": "", "month": ""})


def field_asked(fields: list[Field], key: str) -> Field | None:
    """The one named, or the first."""
    return next((f for f in fields if f.key == key), fields[0] if fields else None)


def ways_of(type_: RecordType, asked: Asked, fields: list[Field], chosen: Field) -> list[tuple[Any, str, bool]]:
    """(label, address, is current) of each field a board or calendar can go by."""
    return [(f.label, asked.address(type_, by=f.key), f.key == chosen.key) for f in fields]
