"""`3 days`, `2 workdays`, `due - 1 day`, as written in English or Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Duration:
    """Counted from a day: "within 3 days" includes day 3 and ends at its 24:00. Negative is before."""

    amount: int
    unit: Unit = Unit.DAY

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if abs(self.amount) == 1 else 's'}"


MOST = 3660
_WORDS = {
    "day": Unit.DAY, "天": Unit.DAY, "日": Unit.DAY,
    "workday": Unit.WORKDAY, "working day": Unit.WORKDAY, "工作日": Unit.WORKDAY, "个工作日": Unit.WORKDAY,
    "week": Unit.WEEK, "周": Unit.WEEK,
    "month": Unit.MONTH, "个月": Unit.MONTH,
}  # fmt: skip
SAME_DAY = ("same day", "当天", "当日")
_UNITS = "days?|workdays?|working days?|weeks?|months?|天|日|工作日|个工作日|周|个月"
DURATION_PATTERN = rf"^(same day|当天|当日|\d{{1,4}} ?({_UNITS}))$"
RUNG_PATTERN = r"^raised$|^due( ?[+-] ?\d{1,4} ?(days?|weeks?|天|日|周))?$"
_DURATION = re.compile(r"(\d{1,4})\s*(\D+)")
_RUNG = re.compile(r"due(?:\s*([+-])\s*(.+))?")


def read_duration(text: str) -> Duration | None:
    """No days at all are the day itself; of working days there must be one, for the day may be a holiday."""
    if text.strip().lower() in SAME_DAY:
        return Duration(0)
    found = _DURATION.fullmatch(text.strip())
    if not found:
        return None
    word = found.group(2).strip().lower()
    unit = _WORDS.get(word) or _WORDS.get(word.removesuffix("s"))
    amount = int(found.group(1))
    if not unit or amount > MOST or (not amount and unit is Unit.WORKDAY):
        return None
    return Duration(amount, unit if amount else Unit.DAY)


def read_rung(text: str) -> Duration | None:
    """`due`, `due + 3 days`: how far from the day something is due."""
    found = _RUNG.fullmatch(text.strip())
    if not found:
        return None
    if not found.group(1):
        return Duration(0)
    distance = read_duration(found.group(2))
    if distance is None or distance.unit not in {Unit.DAY, Unit.WEEK}:
        return None
    return Duration(-distance.amount if found.group(1) == "-" else distance.amount, distance.unit)
