"""Months as figures are counted by: a duty belongs to the month of its last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from guanxi.base.kernel import clock


@dataclass(frozen=True, order=True)
class Month:
    first: date

    @classmethod
    def of(cls, text: str) -> Month | None:
        """From "2026-11"; None for anything else, and for months whose neighbours the calendar does not have."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls(first) if 1900 <= first.year < 2200 else None

    @classmethod
    def current(cls) -> Month:
        return cls(clock.today().replace(day=1))

    @property
    def text(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> Month:
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def after(self) -> Month:
        return Month((self.first + timedelta(days=32)).replace(day=1))

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """A deadline is the 24:00 of its day, so the first bound is out and the last is in."""
        return clock.start_of(self.first), clock.start_of(self.after.first)

    def last(self, count: int) -> list[Month]:
        """So many months up to this one, the oldest first."""
        months = [self]
        while len(months) < count:
            months.append(months[-1].before)
        return months[::-1]
