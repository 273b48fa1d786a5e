"""Days counted from a day, in SQL. "Within N days" ends at 24:00 of day N (design: calendar)."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.durations import Duration, Unit
from .statement import Statement

# Every working day N working days after a day; after the end of the calendar five of seven days are taken to be.
LATER = """
SELECT a.day AS anchor, n.amount, b.day FROM org_calendarday a CROSS JOIN unnest(%(workday_amounts)s::int[]) n(amount)
JOIN org_calendarday b ON b.is_working AND b.number = a.number + n.amount
"""


def start_of(day: str) -> str:
    return f"(({day})::timestamp AT TIME ZONE 'Asia/Shanghai')"


def end_of(day: str) -> str:
    return start_of(f"{day} + 1")


def day_of(moment: str) -> str:
    return f"(({moment}) AT TIME ZONE 'Asia/Shanghai')::date"


def add_workdays(statement: Statement, durations: Iterable[Duration]) -> None:
    """The part `workdays`, needed by `later` when a duration counts working days."""
    amounts = sorted({duration.amount for duration in durations if duration.unit is Unit.WORKDAY})
    if amounts:
        statement.part("workdays", LATER, workday_amounts=amounts)


def later(anchor: str, duration: Duration) -> str:
    """The day that lies `duration` after the day `anchor`."""
    match duration.unit:
        case Unit.DAY:
            return f"({anchor} + {duration.amount:d})"
        case Unit.WEEK:
            return f"({anchor} + {duration.amount * 7:d})"
        case Unit.MONTH:
            return f"({anchor} + interval '{duration.amount:d} months')::date"
        case Unit.WORKDAY:
            known = f"(SELECT x.day FROM workdays x WHERE x.anchor = {anchor} AND x.amount = {duration.amount:d})"
            return f"COALESCE({known}, {anchor} + {-(-duration.amount * 7 // 5):d})"
