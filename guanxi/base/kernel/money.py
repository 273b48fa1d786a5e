"""Amounts in yuan as people write them, read into a Decimal with two places."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from .errors import Unreadable

_CENT = Decimal("0.01")
_MOST = Decimal("9999999999.99")
_FORM = re.compile(
    r"(?:¥|RMB|CNY|人民币)?\s*(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d+(?:\.\d{1,4})?)\s*(?P<ten_thousand>万)?"
    r"\s*(?:元整?|圆整?|块|RMB|CNY)?",
    re.IGNORECASE,
)
_OTHER_CURRENCY = re.compile(r"[$€£₩]|USD|EUR|HKD|美元|美金|欧元|港[币元]", re.IGNORECASE)


def read_money(text: str) -> Decimal:
    """`￥5,600`, `12800元`, `1,980.00`, `1.28万` are read; estimates, other currencies and negatives are refused."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("。", ".")
    if not plain:
        raise Unreadable(_("There is no amount."), code="money_missing")
    found = _FORM.fullmatch(plain)
    if not found:
        raise _why_not(plain)
    amount = Decimal(found["figure"].replace(",", "")) * (10_000 if found["ten_thousand"] else 1)
    return _in_cents(amount)


def _in_cents(amount: Decimal) -> Decimal:
    if amount > _MOST:
        raise Unreadable(_("The amount is too large."), code="money_large")
    if amount != amount.quantize(_CENT):
        raise Unreadable(_("An amount has at most two decimal places."), code="money_places")
    return amount.quantize(_CENT)


def _why_not(plain: str) -> Unreadable:
    if _OTHER_CURRENCY.search(plain):
        return Unreadable(_("Only amounts in yuan can be read."), code="money_currency")
    if plain.startswith(("-", "(")):
        return Unreadable(_("An amount cannot be negative."), code="money_negative")
    return Unreadable(_("This is not an amount such as 12,800.00."), code="money_form")
