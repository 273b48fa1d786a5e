"""Phone numbers as people write them, read into one form or refused. Nothing is guessed.

Canonical: mobiles `13812345678`, landlines `010-88886666` (with extension `010-88886666-12`),
service numbers `400-810-8888`, foreign numbers `+85223456789`.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from .errors import Unreadable

# Copied from contact lists, numbers carry invisible direction marks and every kind of dash.
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー－﹣~～_"), "-")
_FILLER = re.compile(r"[\s\-().·]")
_COUNTRY = re.compile(r"(?:\+|00)86(?!\d{0,6}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0?)(10|2\d|[3-9]\d{2})([2-9]\d{6,7})")
_SERVICE = re.compile(r"([48]00)(\d{3})(\d{4})")
_FOREIGN = re.compile(r"(?:\+|00)([1-9]\d{7,14})")
_EXTENSION = re.compile(r"(?<=\d)\s*(?:转|轉|分机|分機|ext\.?|[#x])\s*(\d{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"^(\(?0\d{2,3}\)?[\s-]*\d{7,8})-(\d{1,6})$")
_SPREADSHEET = re.compile(r"\d+\.?\d*E\+?\d+|\d{6,}\.0+", re.IGNORECASE)


def read_phone(text: str) -> str:
    """The canonical form; raises `Unreadable` with a code (`phone_missing`, `phone_length`, ...) otherwise."""
    plain = unicodedata.normalize("NFKC", text.translate(_DASHES).translate(_INVISIBLE)).strip()
    if not plain:
        raise Unreadable(_("There is no phone number."), code="phone_missing")
    if _SPREADSHEET.fullmatch(plain):
        raise Unreadable(_("A spreadsheet has turned this phone number into a figure."), code="phone_damaged")
    plain, extension = _without_extension(plain)
    digits = _FILLER.sub("", plain)
    return _canonical(digits, extension) or _refuse(digits)


def _without_extension(plain: str) -> tuple[str, str]:
    found = _EXTENSION.search(plain)
    if found:
        return plain[: found.start()], found.group(1)
    dashed = _DASHED_EXTENSION.match(plain)
    return (dashed.group(1), dashed.group(2)) if dashed else (plain, "")


def _canonical(digits: str, extension: str) -> str:
    national, had_country = _COUNTRY.subn("", digits, count=1) if digits[:1] in "+0" else (digits, 0)
    if _MOBILE.fullmatch(national) and not extension:
        return national
    landline = _LANDLINE.fullmatch(national)
    if landline and (landline.group(1) or had_country):
        return "-".join(filter(None, [f"0{landline.group(2)}", landline.group(3), extension]))
    service = _SERVICE.fullmatch(national)
    if service and not extension:
        return "-".join(service.groups())
    foreign = _FOREIGN.fullmatch(digits)
    return f"+{foreign.group(1)}" if foreign and not foreign.group(1).startswith("86") and not extension else ""


def _refuse(digits: str) -> str:
    if not digits.lstrip("+").isdigit():
        raise Unreadable(_("This is not one phone number."), code="phone_text")
    if digits.startswith("1") and len(digits) != 11:
        raise Unreadable(_("A mobile number has 11 digits."), code="phone_length")
    raise Unreadable(_("This is neither a mobile number nor a landline with its area code."), code="phone_form")


def mask_phone(phone: str) -> str:
    """For readers who may not reveal: `138****5678`, `010-****6666`, `+852****6789`."""
    if not phone:
        return ""
    area, dash, rest = phone.partition("-")
    if dash and len(rest) >= 7:
        number, _dash, extension = rest.partition("-")
        return f"{area}-****{number[-4:]}" + ("-**" if extension else "")
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else f"{phone[:4]}****{phone[-4:]}"


def digits_of(text: str) -> str:
    """The digits alone, for searching by a full number or its end."""
    if text.isascii() and text.isdigit():
        return text
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
