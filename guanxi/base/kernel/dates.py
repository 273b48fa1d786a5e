"""Dates as people write them in lists. Year first is read; anything that could mean two days is refused."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .errors import Unreadable

EARLIEST_YEAR = 1880
_CLOCK_TIME = re.compile(r"(?<=[\d日])[\sT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|\s?[+-]\d{2}:?\d{2})?$")
_YEAR_FIRST = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"((?:18|19|20|21)\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_NO_DAY = re.compile(r"\d{4}\s*(([-/.]|年)\s*(\d{1,2}\s*月?)?)?")
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_FIGURES = {"〇": 0, "零": 0, "○": 0} | {figure: value for value, figure in enumerate("一二三四五六七八九", 1)}

_KNOWN_FAULTS = {"date_order": _YEAR_LAST, "date_serial": _SERIAL, "date_incomplete": _NO_DAY}
_SENTENCES: dict[str, Promise | str] = {
    "date_order": _("Day, month and year could be read in several orders. Write the year first."),
    "date_serial": _("A spreadsheet has turned this date into a figure. Write it as 2026-09-27."),
    "date_incomplete": _("The date is incomplete. Year, month and day are needed."),
    "date_word": _("This is not a date such as 2026-09-27."),
}


def read_date(text: str, *, today: date, may_be_future: bool = False) -> date:
    """The day written in `text`; raises `Unreadable` with a code. `today` bounds what has already happened."""
    plain = unicodedata.normalize("NFKC", text.translate({0x200B: None, 0xFEFF: None})).strip()
    if not plain:
        raise Unreadable(_("There is no date."), code="date_missing")
    year, month, day = _parts(_CLOCK_TIME.sub("", plain))
    found = day_or_refusal(year, month, day)
    if found > today and not may_be_future:
        raise Unreadable(_("This day has not come yet."), code="date_future")
    return found


def day_or_refusal(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unreadable(_("There is no such day in the calendar."), code="date_impossible") from None
    if not EARLIEST_YEAR <= year <= 2200:
        raise Unreadable(_("The year cannot be right."), code="date_year")
    return found


def _parts(plain: str) -> tuple[int, int, int]:
    found = _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found:
        return int(found.group(1)), int(found.group(2)), int(found.group(3))
    chinese = _CHINESE.fullmatch(plain)
    if chinese:
        return _chinese_year(chinese.group(1)), _up_to_99(chinese.group(2)), _up_to_99(chinese.group(3))
    code = next((code for code, form in _KNOWN_FAULTS.items() if form.fullmatch(plain)), "date_word")
    raise Unreadable(_SENTENCES[code], code=code)


def _chinese_year(figures: str) -> int:
    return int("".join(str(_FIGURES[figure]) for figure in figures))


def _up_to_99(figures: str) -> int:
    """十 10, 十二 12, 二十 20, 二十七 27. Anything else becomes 0, which is no day."""
    tens, ten, ones = figures.partition("十")
    if not ten:
        return _FIGURES[figures] if len(figures) == 1 else 0
    if not {tens, ones} <= {"", *_FIGURES}:
        return 0
    return 10 * _FIGURES.get(tens, 1) + _FIGURES.get(ones, 0)
