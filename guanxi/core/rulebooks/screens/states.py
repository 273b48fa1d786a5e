"""The states duties are listed and counted by: a rulebook's figure and the rows behind it are one condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock

from ..queries.months import Month as Month

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
# What a clause made happen in a month (queries/measures.Figures). All but the first and the last part the first among
# them; what was forgiven is part of what was late.
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
    ListState("forgiven", _("Forgiven"), "t.is_forgiven"),
)
# The stored list of a day: they may have been done since.
LATE_ON = (ListState("late_on", _("Late at the end of the day"), "TRUE"),)


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
