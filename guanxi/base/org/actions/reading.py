"""What people type into the forms of this room, read or refused field by field."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.kernel.names import read_name
from guanxi.base.kernel.phone import read_phone

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
# No letters and digits that are mistaken for each other when read out or copied by hand.
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class StaffEntry:
    name: str
    number: str
    phone: str
    joined_on: date
    email: str = ""


@dataclass(frozen=True)
class PostEntry:
    unit_id: int
    role_id: int
    starts_on: date
    superior_id: int | None = None
    ends_on: date | None = None
    is_main: bool = True


def one_time_password() -> str:
    """Three groups of four: 59 bits, easy to dictate."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(3))


def read_login(text: str) -> str:
    login = text.strip().lower()
    if not LOGIN.fullmatch(login):
        raise Invalid({"login": [_("Use 2 to 60 Latin letters, digits, dots, dashes and underscores.")]})
    return login


def read_entries(**readers: Callable[[], Any]) -> dict[str, Any]:
    """Reads them all before refusing, so that every fault is shown at once."""
    values: dict[str, Any] = {}
    errors: dict[str, list[Any]] = {}
    for name, read in readers.items():
        try:
            values[name] = read()
        except Unreadable as refused:
            errors[name] = [refused.message]
    if errors:
        raise Invalid(errors)
    return values


def staff_values(entry: StaffEntry) -> dict[str, Any]:
    return read_entries(
        name=lambda: within(read_name(entry.name), 60),
        number=lambda: within(required(entry.number), 30),
        phone=lambda: read_phone(entry.phone) if entry.phone.strip() else "",
        joined_on=lambda: entry.joined_on,
        email=lambda: read_email(entry.email),
    )


# One address and nothing else: no display name, no second address, no line break.
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?")


def read_email(text: str) -> str:
    address = text.strip()
    if address and (not EMAIL.fullmatch(address) or len(address) > 120):
        raise Unreadable(_("This is not an e-mail address; write it as name@example.com."), code="email")
    return address


def required(text: str) -> str:
    if not text.strip():
        raise Unreadable(_("This is needed."), code="needed")
    return text.strip()


def within(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Unreadable(_("At most %(count)s characters.") % {"count": longest}, code="too_long")
    return text


def differences(record: Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Sets what differs; field -> [from, to], ready for the trail."""
    changes = {}
    for name, value in values.items():
        before = getattr(record, name)
        if before != value:
            setattr(record, name, value)
            changes[name] = [_plain(before), _plain(value)]
    return changes


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
