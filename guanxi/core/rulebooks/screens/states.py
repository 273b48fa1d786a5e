"""The states duties are listed and counted by: a rulebook's figure and the rows behind it are one condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock

DAYS_AHEAD = 7


@dataclass(frozen=True)
class ListState:
    """`sql` is a condition on `t` with the parameters of `moments()`; `newest_first` for what is over."""

    key: str
    label: Any
    sql: str
    newest_first: bool = False


NOT_PAST = "NOT t.is_caught_up"
OPEN = f"t.state = 'open' AND {NOT_PAST}"
# What somebody has to do, as the tabs of the list.
WORK = (
    ListState("overdue", _("Overdue"), f"{OPEN} AND t.due_at <= %(now)s"),
    ListState("today", _("Due today"), f"{OPEN} AND t.due_at > %(now)s AND t.due_at <= %(tonight)s"),
    ListState("coming", _("Coming"), f"{OPEN} AND t.due_at > %(tonight)s"),
    ListState("done", _("Done"), "t.state = 'done'", newest_first=True),
    ListState("withdrawn", _("Withdrawn"), "t.state = 'withdrawn'", newest_first=True),
    ListState("caught_up", _("Caught up"), "t.state = 'open' AND t.is_caught_up"),
)
# What a clause made happen in a month. The last five part the first among them.
MADE = (
    ListState("raised", _("Raised"), "TRUE"),
    ListState("in_time", _("Done in time"), f"t.state = 'done' AND {NOT_PAST} AND NOT t.settled_late"),
    ListState("still_open", _("Open"), f"{OPEN} AND t.due_at > %(now)s"),
    ListState(
        "late",
        _("Late"),
        f"{NOT_PAST} AND ((t.state = 'done' AND t.settled_late) OR (t.state = 'open' AND t.due_at <= %(now)s))",
    ),
    ListState("withdrawn", _("Withdrawn"), "t.state = 'withdrawn'"),
    ListState("past", _("Caught up"), "t.is_caught_up AND t.state <> 'withdrawn'"),
)


def moments() -> dict[str, datetime]:
    today = clock.today()
    return {
        "now": clock.now(),
        "morning": clock.start_of(today),
        "tonight": clock.end_of(today),
        "week": clock.end_of(today + timedelta(days=DAYS_AHEAD)),
    }


def state_of(key: str, among: Sequence[ListState]) -> ListState:
    return next((state for state in among if state.key == key), among[0])


@dataclass(frozen=True)
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
