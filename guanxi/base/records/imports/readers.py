"""Cell readers shared by import kinds: the kernel's, in the shape a Column wants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import dates, money, names, phone, words
from guanxi.base.kernel.errors import Unreadable

from ..cells import FORMULA_SIGNS

_FIGURE = re.compile(r"[+-]?\d{1,18}(\.\d{1,12})?", re.ASCII)
MOST_WHOLE = 2**31 - 1
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_PERHAPS_FORMULA = frozenset((*FORMULA_SIGNS, *" \t\r\n\u00a0\u3000﹢﹣﹦﹫⁺₊⁻₋⁼₌"))


def name(cell: str, today: date) -> str:
    return names.read_name(cell)


def a_phone(cell: str, today: date) -> str:
    return phone.read_phone(cell)


def past_day(cell: str, today: date) -> date:
    return dates.read_date(cell, today=today)


def a_day(cell: str, today: date) -> date:
    return dates.read_date(cell, today=today, may_be_future=True)


def yes_no(cell: str, today: date) -> bool:
    return words.read_yes_no(cell)


def gender(cell: str, today: date) -> str:
    return words.read_gender(cell)


def amount(cell: str, today: date) -> Decimal:
    return money.read_money(cell)


def figure(cell: str, today: date) -> Decimal:
    plain = unicodedata.normalize("NFKC", cell).replace(",", "").replace(" ", "").strip()
    if not _FIGURE.fullmatch(plain):
        raise Unreadable(_("This is not a figure."), code="figure_form")
    return Decimal(plain)


def whole_figure(cell: str, today: date) -> Decimal:
    value = figure(cell, today)
    if value != value.to_integral_value() or abs(value) > MOST_WHOLE:
        raise Unreadable(_("Write a whole figure here."), code="figure_whole")
    return value


def text(longest: int) -> Callable[[str, date], str]:
    """Free text, kept as written but for control characters and blanks at the ends."""

    def read(cell: str, today: date) -> str:
        kept = _CONTROL.sub("", cell).strip()
        if not kept:
            raise Unreadable(_("This must not be empty."), code="text_missing")
        if len(kept) > longest:
            raise Unreadable(_("This text is too long."), code="text_long")
        return kept

    return read


def staff_key(cell: str, today: date) -> str:
    """How a colleague's name is compared; resolving it is the machine's work."""
    return names.name_key(cell)


def looks_like_formula(cell: str) -> bool:
    if cell[:1] not in _PERHAPS_FORMULA:
        return False
    kept = unicodedata.normalize("NFKC", cell).strip()
    return len(kept) > 1 and kept.startswith(FORMULA_SIGNS)
