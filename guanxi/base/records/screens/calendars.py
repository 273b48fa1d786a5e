"""A month on screen: weeks from Monday, with holidays; on a phone the days that hold something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from guanxi.base.kernel import clock, lunar
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import CalendarDay
from guanxi.base.ui import formats

from ..asked import Asked
from ..calendars import COUNTED, Day, calendar_fields, calendar_page, moved
from ..types import Field, RecordType
from .cells import cell_maker
from .displays import field_asked, ways_of


@dataclass(frozen=True)
class ShownDay:
    on: date
    long: str
    note: str
    is_off: bool
    is_other: bool
    is_today: bool
    entries: list[tuple[str, Any]]
    left: str
    all: str


def calendar_parts(type_: RecordType, asked: Asked, actor: Actor) -> dict[str, Any]:
    fields = calendar_fields(type_)
    field = field_asked(fields, asked.by)
    if field is None:
        return {}
    month = calendar_page(type_, asked, actor, field)
    known = {d.day: d for d in CalendarDay.objects.filter(day__range=(month.days[0].on, month.days[-1].on))}
    make = entry_maker(type_, asked, actor)
    weeks = [[shown_day(type_, asked, field, day, known, month.first, make) for day in week] for week in month.weeks]
    return {
        "calendar": month,
        "too_broad": month.too_broad,
        "weeks": weeks,
        "weekdays": [name() for name in formats.WEEKDAYS],
        "ways": ways_of(type_, asked, fields, field),
        "by_field": field,
        "month_name": f"{month.first:%Y-%m}",
        "turns": {
            "before": asked.address(type_, month=f"{moved(month.first, by=-1):%Y-%m}"),
            "after": asked.address(type_, month=f"{moved(month.first, by=1):%Y-%m}"),
            "now": asked.address(type_, month=""),
        },
    }


def entry_maker(type_: RecordType, asked: Asked, actor: Actor) -> Callable[[tuple[Any, ...]], tuple[str, Any]]:
    columns = asked.shown_columns(type_)
    at = next(at for at, column in enumerate(columns) if column.key == type_.title_column)
    make = cell_maker(type_, columns[at], actor)
    return lambda row: (f"/{type_.path}/{row[0]}", make(row, row[at + 4]))


def shown_day(
    type_: RecordType,
    asked: Asked,
    field: Field,
    day: Day,
    known: dict[date, CalendarDay],
    first: date,
    make: Callable[[tuple[Any, ...]], tuple[str, Any]],
) -> ShownDay:
    company_day = known.get(day.on)
    left = day.count - len(day.rows)
    return ShownDay(
        on=day.on,
        long=formats.long_day(day.on),
        note=note_of(day.on, company_day),
        is_off=company_day is not None and not company_day.is_working,
        is_other=day.on.month != first.month,
        is_today=day.on == clock.today(),
        entries=[make(row) for row in day.rows],
        left=f"{left}+" if day.count >= COUNTED else str(left) if left else "",
        all=list_of(type_, asked, field, day.on),
    )


def note_of(on: date, known: CalendarDay | None) -> str:
    """The holiday's name; in Chinese else the lunar day, as on every wall calendar."""
    if known and known.name and not known.is_working:
        return _(known.name)
    if not (translation.get_language() or "").startswith("zh"):
        return ""
    text = str(lunar.lunar_of(on))
    return text[:-2] if text.endswith("初一") else text[-2:]


def list_of(type_: RecordType, asked: Asked, field: Field, on: date) -> str:
    after = on + timedelta(days=1)
    condition = f"{field.key} >= {on} and {field.key} < {after}" if field.kind == "moment" else f"{field.key} = {on}"
    where = f"({asked.where}) and {condition}" if asked.where else condition
    return asked.address(type_, **{"as": "", "by": "", "month": "", "where": where})
