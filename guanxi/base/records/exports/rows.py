"""The rows of a file: what the list shows, with the types a spreadsheet keeps, masked as on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.phone import mask_phone
from guanxi.base.org.scopes import Scope, scope_of

from ..asked import Asked
from ..cells import writable
from ..keys import REACHED, Narrowing
from ..outsiders import NOBODY_ELSE, Recipient, narrowed
from ..reveal import may_reveal
from ..selection import Selection
from ..types import ListColumn, RecordType
from ..values import HIDDEN

Value = str | int | float | Decimal | bool | date | datetime | None
Make = Callable[[Any], Value]


def selection_for(type_: RecordType, asked: Asked, actor: Actor, recipient: Recipient = NOBODY_ELSE) -> Selection:
    """What the role exports of what the person sees: a wide right to export never shows more than the list does. Of
    that, what the recipient may get."""
    found = Selection.of(type_, asked, actor, verb="export")
    seen = scope_of(actor, type_.key)
    mine = found if seen.everything else replace(found, narrowing=_within(type_, seen, found.narrowing))
    return narrowed(mine, recipient)


def _within(type_: RecordType, seen: Scope, narrowing: Narrowing) -> Narrowing:
    reached = REACHED if seen.reach_staff_id is not None else "FALSE"
    reach = [seen.reach_staff_id, type_.key, clock.today()] if seen.reach_staff_id is not None else []
    sql = f"(t.{type_.owner} = ANY(%s) OR t.{type_.unit} = ANY(%s) OR {reached})"
    parameters = [list(seen.staff_ids), list(seen.unit_ids), *reach]
    both = " AND ".join(part for part in (narrowing.sql, sql) if part)
    return replace(narrowing, sql=both, parameters=(*narrowing.parameters, *parameters))


class Rows:
    """`columns` as the list shows them; iterating gives pages of rows. One statement for the keys of a page, one for
    its values, however many columns."""

    def __init__(self, selection: Selection, asked: Asked, actor: Actor, *, for_machines: bool = False) -> None:
        type_ = selection.type
        self.type, self.selection, self.actor = type_, selection, actor
        self.columns = asked.shown_columns(type_)
        self._makers = [maker(column, for_machines) for column in self.columns]
        self._personal = [c.is_personal or c.kind == "phone" for c in self.columns]

    def __iter__(self) -> Iterator[list[list[Value]]]:
        for ids in self.selection.pages():
            yield [self._row(row) for row in self._fetch(ids)]

    def _fetch(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        type_ = self.type
        columns = ", ".join(column.sql for column in self.columns)
        sql = (
            f"SELECT t.{type_.owner}, t.{type_.unit}, {columns}"  # noqa: S608 (declared parts alone; ids are a parameter)
            f" FROM unnest(%s::bigint[]) WITH ORDINALITY AS k(id, place)"
            f" JOIN {type_.table} t ON t.id = k.id {type_.joins} ORDER BY k.place"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(ids)])
            return list(cursor.fetchall())

    def _row(self, row: tuple[Any, ...]) -> list[Value]:
        shows = may_reveal(self.actor, self.type.key, row[0], row[1])
        pairs = zip(row[2:], self.columns, self._makers, self._personal, strict=True)
        return [
            masked(column, value) if personal and not shows else make(value) for value, column, make, personal in pairs
        ]


def masked(column: ListColumn, value: Any) -> str | None:
    if value is None or value == "":
        return None
    return mask_phone(str(value)) if column.kind == "phone" else HIDDEN


def maker(column: ListColumn, for_machines: bool) -> Make:
    """For one column, made once. Programs get stored keys and ISO texts, people the words of their language."""
    if column.choices and not for_machines:
        labels = {value: writable(str(label)) for value, label in column.choices.items()}
        return lambda value: labels.get(str(value), text(value)) if value is not None else None
    return {"date": day, "moment": moment, "number": number, "money": number, "yesno": yes_no(for_machines)}.get(
        column.kind, text
    )


def text(value: Any) -> str | None:
    return None if value is None else writable(str(value))


def day(value: Any) -> Value:
    """Own fields keep days as ISO text; a moment shown as a day is a day of the company."""
    if isinstance(value, datetime):
        return clock.local_date(value)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return text(value)
    return value if isinstance(value, date) else text(value)


def moment(value: Any) -> Value:
    """In company time, without a zone: spreadsheets know none."""
    return value.astimezone(clock.ZONE).replace(tzinfo=None) if isinstance(value, datetime) else text(value)


def number(value: Any) -> Value:
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            return text(value)
    return value if isinstance(value, int | float | Decimal) else text(value)


def yes_no(for_machines: bool) -> Make:
    yes, no = ("true", "false") if for_machines else (_("Yes"), _("No"))
    return lambda value: None if value is None or value == "" else yes if value in (True, "true") else no
