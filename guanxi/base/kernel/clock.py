"""The one place that knows what time it is, so that tests can move it.

Company time is Asia/Shanghai. SQL takes `now` as a parameter from here, never `now()` of the server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

_shift = timedelta(seconds=float(os.environ.get("GUANXI_CLOCK_SHIFT", "0")))
_fixed: datetime | None = None


def now() -> datetime:
    return (_fixed or datetime.now(ZONE)) + _shift


def today() -> date:
    return now().date()


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def end_of(day: date) -> datetime:
    """24:00 of the day, which is where "within N days" ends (requirements README, day counting)."""
    return start_of(day + timedelta(days=1))


def local_date(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """The clock stands still at `moment` within the block; `advance` moves it on."""
    global _fixed, _shift
    before = (_fixed, _shift)
    _fixed, _shift = moment.astimezone(ZONE), timedelta()
    try:
        yield
    finally:
        _fixed, _shift = before


def advance(**step: float) -> None:
    """Move the clock, e.g. `advance(days=3)`. For tests inside `standing_at`."""
    global _shift
    _shift += timedelta(**step)
