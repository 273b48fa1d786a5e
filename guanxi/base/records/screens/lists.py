"""The list of a record type: what is asked for in the address, as rows, a board or a calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest

from ..asked import Asked
from ..bulk.steps import steps_for
from ..criteria import CriteriaError
from ..criteria.wording import say
from ..habits import asked_by
from ..listing import Listed, list_page
from ..types import ListColumn, RecordType, tools_for
from ..views.bar import views_bar
from ..views.opening import Opened, open_list
from .boards import board_parts, lane_part
from .calendars import calendar_parts
from .cells import cell_maker
from .chips import chips_of
from .displays import displays_of

__all__ = ["as_table", "cell_maker", "list_context", "list_view"]


def list_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest) -> HttpResponse:
        opened = open_list(type_, request.GET, request.actor)
        asked = asked_by(request.actor, type_, request.GET, saved=opened.words)
        if asked.display == "board" and "lane" in request.GET:
            return lane_part(request, type_, asked)
        context = list_context(type_, replace(asked, view=opened.asked.view), request.actor, opened=opened)
        status = 422 if context["problem"] and not opened.view else 200
        return ui.page(request, "records/list.html", context, block="results", status=status)

    return view


def list_context(type_: RecordType, asked: Asked, actor: Actor, *, opened: Opened | None = None) -> dict[str, Any]:
    """`problem`: why the condition in the address, or its view, cannot be read; then there are no rows."""
    filters = [(f, f.options(actor)) for f in type_.all_filters]
    context: dict[str, Any] = {
        "type": type_,
        "asked": asked,
        "filters": filters,
        "chips": chips_of(type_, asked, filters, actor),
        "hidden": {
            key: value for key, value in asked.said().items() if key not in {"q", *(f.key for f in type_.all_filters)}
        },
        "displays": displays_of(type_, asked),
        "may_create": type_.create is not None and may(actor, type_.key, "create"),
        "is_narrowed": asked.is_narrowed,
        "clear": asked.address(type_, q="", where="", **{f.key: "" for f in type_.all_filters}),
        "tools": [(tool, tool.url(type_, asked)) for tool in tools_for(type_, actor)],
        "problem": " ".join(opened.broken) if opened else "",
        "views": views_bar(type_, asked, actor, left_out=opened.left_out if opened else []),
    }
    if context["problem"]:
        return context | row_parts(type_, asked, Listed([], 0, type_.sort(asked.sort)), actor)
    try:
        return context | shown(type_, asked, actor)
    except CriteriaError as error:
        nothing = row_parts(type_, asked, Listed([], 0, type_.sort(asked.sort)), actor)
        return context | nothing | {"problem": say(error.problem)}


def shown(type_: RecordType, asked: Asked, actor: Actor) -> dict[str, Any]:
    if asked.display == "board" and (parts := board_parts(type_, asked, actor)):
        return parts
    if asked.display == "calendar" and (parts := calendar_parts(type_, asked, actor)):
        return parts
    return row_parts(type_, asked, list_page(type_, asked, actor), actor)


def row_parts(type_: RecordType, asked: Asked, listed: Listed, actor: Actor) -> dict[str, Any]:
    steps = steps_for(type_.key, actor)
    return {
        "listed": listed,
        "too_broad": listed.too_broad,
        "steps": steps,
        "table": as_table(type_, asked, listed, actor, selectable=bool(steps)),
        "sorts": [(s, asked.address(type_, sort=s.key), s.key == listed.sort.key) for s in type_.sorts],
        "count_url": counting(type_.path) and asked.address(type_).replace(f"/{type_.path}", f"/{type_.path}/count", 1),
    }


@lru_cache(maxsize=256)
def counting(path: str) -> bool:
    """Whether this list counts exactly when it is asked to."""
    try:
        return bool(resolve(f"/{path}/count"))
    except Resolver404:
        return False


def as_table(type_: RecordType, asked: Asked, listed: Listed, actor: Actor, *, selectable: bool = False) -> ui.Table:
    shown = asked.shown_columns(type_)
    title = next(at for at, column in enumerate(shown) if column.key == type_.title_column)
    columns = [_column(type_, asked, listed, column) for column in shown]
    makers = [cell_maker(type_, column, actor) for column in shown]
    base = f"/{type_.path}/"
    rows = []
    for row in listed.rows:
        cells = [make(row, row[i + 4]) for i, make in enumerate(makers)]
        rows.append(ui.Row(key=row[0], cells=cells, url=f"{base}{row[0]}", label=cells[title]))
    paging = ui.Paging(
        newer=asked.address(type_, at=listed.newer) if listed.newer else "",
        older=asked.address(type_, at=listed.older) if listed.older else "",
        shown=len(rows),
    )
    return ui.Table(
        columns,
        rows,
        label=type_.plural,
        count=listed.count,
        paging=paging,
        selectable=selectable,
        glance=_("Show more of it") if rows else "",
    )


def _column(type_: RecordType, asked: Asked, listed: Listed, column: ListColumn) -> ui.Column:
    is_sorted = column.sort == listed.sort.key
    direction = ("descending" if listed.sort.descending else "ascending") if is_sorted and column.sort else ""
    return ui.Column(
        key=column.key,
        label=column.label,
        kind="badge" if column.tones else "text" if column.kind in ("choice", "phone", "yesno") else column.kind,
        sort=asked.address(type_, sort=column.sort) if column.sort else "",
        direction=direction,
        is_title=column.key == type_.title_column,
        is_minor=column.is_minor,
    )
