"""Figures of a workbook as the text its owner saw, and what cannot be trusted any more. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite

# What happened to a cell; readers.DAMAGES says it in words.
DIGITS, ERROR, FORMULA, DAY, LOST, LONG = (
    "cell_digits",
    "cell_error",
    "cell_formula",
    "cell_day",
    "cell_lost",
    "cell_long",
)
# A spreadsheet keeps fifteen digits and writes noughts for the rest.
EXACT_DIGITS = 15
FIRST_INEXACT = 10**EXACT_DIGITS
LAST_DAY = 2_958_465
DAY_SECONDS = 86_400
# Day 60 is 29 February 1900, which never was.
NEVER = 60
_BUILT_IN = (
    dict.fromkeys([14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58], "date")
    | dict.fromkeys([18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56], "time")
    | {22: "date", 46: "duration", 9: "percent", 10: "percent"}
)
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
Read = tuple[str, str]


def kind_of(number_format: int, codes: Mapping[int, str]) -> str:
    """`date`, `time`, `duration`, `percent`, `zeros:6`, or empty for plain figures."""
    if number_format in codes:
        return kind_of_code(codes[number_format])
    return _BUILT_IN.get(number_format, "")


def kind_of_code(code: str) -> str:
    shown = _NOT_SHOWN.sub("", code.split(";")[0]).casefold()
    if _ELAPSED.search(shown):
        return "duration"
    if "general" in shown or "e+" in shown or "e-" in shown:
        return ""
    if "y" in shown or "d" in shown or ("m" in shown and not set("hs") & set(shown)):
        return "date"
    if set("hs") & set(shown):
        return "time"
    if "%" in shown:
        return "percent"
    return f"zeros:{len(shown)}" if len(shown) > 1 and set(shown) == {"0"} else ""


class Figures:
    """`is_1904`: how workbooks from old Macintoshes count days."""

    def __init__(self, *, is_1904: bool = False) -> None:
        self.is_1904 = is_1904

    def read(self, stored: str, kind: str) -> Read:
        """The text, and the damage or nothing."""
        try:
            value = float(stored)
        except ValueError:
            return stored, LOST
        if not isfinite(value):
            return stored, LOST
        if kind in ("date", "time", "duration"):
            return self._moment(value, kind, stored)
        if abs(value) >= FIRST_INEXACT:
            return plain(Decimal(stored)), DIGITS
        return _shown(Decimal(f"{value:.{EXACT_DIGITS}g}"), kind), ""

    def _moment(self, value: float, kind: str, stored: str) -> Read:
        seconds = round(value * DAY_SECONDS)
        days, rest = divmod(seconds, DAY_SECONDS)
        if value < 0 or days > LAST_DAY:
            return stored, DAY
        if kind == "duration":
            return _clock(seconds), ""
        if kind == "time" and days == 0:
            return _clock(rest), ""
        day = self._day(days)
        if day is None:
            return stored, DAY
        return (f"{day} {_clock(rest)}" if rest else str(day)), ""

    def _day(self, days: int) -> date | None:
        if self.is_1904:
            return date(1904, 1, 1) + timedelta(days)
        if days in (0, NEVER):
            return None
        return date(1899, 12, 30 if days > NEVER else 31) + timedelta(days)


def plain(value: Decimal) -> str:
    """Without exponent and without noughts behind the point."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _shown(value: Decimal, kind: str) -> str:
    if kind == "percent":
        return f"{plain(value * 100)}%"
    text = plain(value)
    width = int(kind.removeprefix("zeros:")) if kind.startswith("zeros:") else 0
    return text.zfill(width) if text.isdigit() else text


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
