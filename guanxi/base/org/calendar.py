"""The company's working days. Official data where announced; weekdays, marked provisional, where not."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
from django.db import connection

from .models import CalendarDay

RENUMBER = """
UPDATE org_calendarday c SET number = n.number FROM (
  SELECT day, count(*) FILTER (WHERE is_working) OVER (ORDER BY day) AS number FROM org_calendarday
) n WHERE n.day = c.day AND c.number <> n.number
"""


def fill_calendar(first_year: int, last_year: int) -> None:
    """Adds missing days and takes official data for provisional ones; days edited by hand stay. Safe to repeat."""
    start = date(first_year, 1, 1)
    days = [start + timedelta(days=i) for i in range((date(last_year, 12, 31) - start).days + 1)]
    fresh = [_official(day) or _provisional(day) for day in days]
    CalendarDay.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)
    for known in CalendarDay.objects.filter(is_provisional=True, day__range=(days[0], days[-1])):
        if official := _official(known.day):
            official.save(force_update=True)
    renumber()


def renumber() -> None:
    with connection.cursor() as cursor:
        cursor.execute(RENUMBER)


def _official(day: date) -> CalendarDay | None:
    try:
        is_working = chinese_calendar.is_workday(day)
        name = chinese_calendar.get_holiday_detail(day)[1] or ""
    except NotImplementedError:
        return None
    return CalendarDay(day=day, is_working=is_working, name=str(name), number=0)


def _provisional(day: date) -> CalendarDay:
    return CalendarDay(day=day, is_working=day.weekday() < 5, is_provisional=True, number=0)
