"""Field values between people and the database: read what was typed, write what is stored, show what may be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Unreadable
from guanxi.base.kernel.money import read_money
from guanxi.base.kernel.phone import mask_phone, read_phone
from guanxi.base.org.models import Staff, Unit
from guanxi.base.ui import formats

from .types import Field, RecordType

HIDDEN = "••••"
EMPTY_IS_NONE = frozenset({"date", "money", "number", "staff", "unit", "yesno"})
MOST_DIGITS = 15
FIGURE = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)


@dataclass
class Read:
    """What a form gave: values ready for an action, the texts as typed, and what could not be read."""

    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[Any]] = field(default_factory=dict)


def read_form(type_: RecordType, data: Mapping[str, str]) -> Read:
    """Fields absent from `data` are left alone, except unticked boxes that the form says it showed."""
    read = Read()
    for entry in type_.typed_in:
        shown = entry.key in data or (entry.kind == "yesno" and f"{entry.key}_shown" in data)
        if not shown:
            continue
        text = str(data.get(entry.key, "")).strip()
        read.typed[entry.key] = text
        try:
            read.values[entry.key] = read_value(entry, text)
        except Unreadable as problem:
            read.errors[entry.key] = [problem.message]
    return read


def read_value(entry: Field, text: str) -> Any:
    """Raises Unreadable with the sentence for the person who typed it."""
    if "\x00" in text:
        raise Unreadable(_("This text holds a character that cannot be stored."))
    if entry.kind == "yesno" and (text or not entry.is_own):
        return text in ("on", "true", "1", "yes")
    if not text:
        if entry.required:
            raise Unreadable(_("Please fill this in."))
        return None if entry.kind in EMPTY_IS_NONE else ""
    return READERS.get(entry.kind, _read_text)(entry, text)


def _read_text(entry: Field, text: str) -> str:
    if len(text) > entry.max_length:
        raise Unreadable(
            _("This is longer than %(limit)s characters (it has %(length)s).")
            % {"limit": entry.max_length, "length": len(text)}
        )
    return text


def _read_choice(entry: Field, text: str) -> str:
    if text not in {str(value) for value, _label in entry.offered()}:
        raise Unreadable(_("Choose one of the values offered."))
    return text


def _read_number(entry: Field, text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not FIGURE.fullmatch(plain):
        raise Unreadable(_("Enter a number such as 1280 or 12.5."))
    figure = Decimal(plain.replace(",", ""))
    if len(figure.as_tuple().digits) > MOST_DIGITS:
        raise Unreadable(_("A number has at most 15 digits."))
    return figure


def _read_id(model: type[Any], text: str) -> Any:
    found = model.objects.filter(id=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if found is None:
        raise Unreadable(_("Choose one of the values offered."))
    return found


READERS: dict[str, Any] = {
    "longtext": lambda entry, text: _read_text(entry, text.replace("\r\n", "\n")),
    "choice": _read_choice,
    "phone": lambda entry, text: read_phone(text),
    "date": lambda entry, text: read_date(text, today=clock.today(), may_be_future=entry.may_be_future),
    "money": lambda entry, text: read_money(text),
    "number": _read_number,
    "staff": lambda entry, text: _read_id(Staff, text),
    "unit": lambda entry, text: _read_id(Unit, text),
}


def written(value: Any) -> str:
    """As an input holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Staff | Unit):
        return str(value.pk)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def shown(entry: Field, value: Any, *, may_reveal: bool = True) -> Any:
    """As a page shows it; personal values are masked for readers who may not reveal them."""
    if value is None or value == "":
        return ""
    if entry.is_personal and not may_reveal:
        return mask_phone(value) if entry.kind == "phone" else HIDDEN
    if entry.kind == "choice":
        return {str(v): label for v, label in entry.options()}.get(str(value), value)
    if entry.kind == "yesno":
        return _("Yes") if value else _("No")
    if entry.kind == "number" and isinstance(value, Decimal):
        return f"{value:,f}"
    return _shown_by_type(value)


def _shown_by_type(value: Any) -> Any:
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal):
        return formats.money(value)
    return value
