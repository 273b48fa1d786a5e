"""The list of a record type: what is asked for in the address, as a ui table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from markupsafe import Markup

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.phone import mask_phone
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui import formats

from ..asked import Asked
from ..listing import Listed, list_page
from ..reveal import may_reveal
from ..types import ListColumn, RecordType

BADGE = Markup('<span class="badge is-{}">{}</span>')


def list_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest) -> HttpResponse:
        asked = Asked.of(type_, request.GET)
        listed = list_page(type_, asked, request.actor)
        context = {
            "type": type_,
            "asked": asked,
            "listed": listed,
            "table": as_table(type_, asked, listed, request.actor),
            "filters": [(f, f.options(request.actor)) for f in type_.filters],
            "may_create": type_.create is not None and may(request.actor, type_.key, "create"),
            "is_narrowed": asked.is_narrowed,
        }
        return ui.page(request, "records/list.html", context)

    return view


def as_table(type_: RecordType, asked: Asked, listed: Listed, actor: Actor) -> ui.Table:
    shown = asked.shown_columns(type_)
    columns = [_column(type_, asked, listed, column) for column in shown]
    cells = [cell_maker(type_, column, actor) for column in shown]
    rows = [
        ui.Row(key=row[0], cells=[make(row, row[i + 4]) for i, make in enumerate(cells)], url=f"/{type_.path}/{row[0]}")
        for row in listed.rows
    ]
    paging = ui.Paging(
        newer=asked.address(type_, at=listed.newer) if listed.newer else "",
        older=asked.address(type_, at=listed.older) if listed.older else "",
        shown=len(rows),
    )
    return ui.Table(columns, rows, label=type_.plural, count=listed.count, paging=paging)


def _column(type_: RecordType, asked: Asked, listed: Listed, column: ListColumn) -> ui.Column:
    is_sorted = column.sort == listed.sort.key
    direction = ("descending" if listed.sort.descending else "ascending") if is_sorted and column.sort else ""
    return ui.Column(
        key=column.key,
        label=column.label,
        kind="badge" if column.tones else "text" if column.kind in ("choice", "phone", "yesno") else column.kind,
        sort=asked.address(type_, sort=column.sort) if column.sort else "",
        direction=direction,
        is_title=column.is_title,
        is_minor=column.is_minor,
    )


def cell_maker(type_: RecordType, column: ListColumn, actor: Actor) -> Callable[[tuple[Any, ...], Any], Any]:
    """Made once per column, run once per row."""
    if column.kind == "phone":
        return lambda row, value: value if may_reveal(actor, type_.key, row[2], row[3]) else mask_phone(value or "")
    if column.tones:
        choices = column.choices.items()
        badges = {value: BADGE.format(column.tones.get(value, "plain"), label) for value, label in choices}
        return lambda row, value: badges.get(value, value or "")
    if column.choices:
        labels = {value: str(label) for value, label in column.choices.items()}
        return lambda row, value: labels.get(value, value or "")
    makers: dict[str, Callable[[Any], str]] = {"date": formats.day, "moment": formats.near, "money": formats.money}
    if make := makers.get(column.kind):
        return lambda row, value: make(value) if value is not None else ""
    return lambda row, value: value or ""
