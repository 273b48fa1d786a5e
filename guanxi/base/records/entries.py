"""Values as an action takes them: checked against the fields of the declaration, whoever brings them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.org.models import Staff, Unit

from .types import Field, RecordType
from .values import read_value

# What stands where nothing was entered; NULL elsewhere.
EMPTY = {"text": "", "longtext": "", "phone": "", "choice": "", "yesno": False}
TAKEN: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "longtext": (str,),
    "phone": (str,),
    "choice": (str,),
    "yesno": (bool,),
    "number": (int, float, Decimal),
    "money": (Decimal, int),
    "date": (date,),
    "moment": (datetime,),
    "staff": (Staff,),
    "unit": (Unit,),
}


def checked(type_: RecordType, values: Mapping[str, Any]) -> dict[str, Any]:
    """What may be written of `values`, by field; the rest is left out. Raises Invalid."""
    found: dict[str, Any] = {}
    errors: dict[str, list[Any]] = {}
    for entry in type_.typed_in:
        if entry.key in values:
            try:
                found[entry.key] = checked_value(entry, values[entry.key])
            except Unreadable as problem:
                errors[entry.key] = [problem.message]
    if errors:
        raise Invalid(errors)
    return found


def checked_value(entry: Field, value: Any) -> Any:
    """Texts are read as if typed; other values must be of the field's kind."""
    if isinstance(value, str):
        value = read_value(entry, value.strip())
    if value is None or value == "":
        if entry.required:
            raise Unreadable(_("Please fill this in."))
        return EMPTY.get(entry.kind)
    if entry.kind == "date" and isinstance(value, date) and not entry.may_be_future and value > clock.today():
        raise Unreadable(_("This day lies in the future."))
    if not isinstance(value, TAKEN.get(entry.kind, (str,))):
        raise Unreadable(_("This entry cannot be read."))
    if entry.between and not is_count_within(value, entry.between):
        least, most = entry.between
        raise Unreadable(_("Enter a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return value


def is_count_within(value: Any, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= value <= bounds[1] and value == int(value)


def require_complete(type_: RecordType, record: Any) -> None:
    told = _("Please fill this in.")
    missing = [f.key for f in type_.typed_in if f.required and f.value_of(record) in (None, "")]
    if missing:
        raise Invalid({key: [told] for key in missing})
