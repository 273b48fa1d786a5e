"""Choosing the columns of a list: which, and in which order; kept for the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest

from ..asked import Asked
from ..habits import asked_by, choose_columns
from ..types import RecordType


def columns_view(type_: RecordType) -> Callable[..., HttpResponse]:
    """Opens in a drawer beside the list, or as a page of its own."""

    @sent_once
    def view(request: ActorRequest) -> HttpResponse:
        if request.method == "POST":
            return chosen(request, type_)
        asked = asked_by(request.actor, type_, request.GET)
        context = {"type": type_, "columns": offered(type_, asked), "asked": asked.address(type_).partition("?")[2]}
        return ui.page(request, "records/columns.html", context, block="drawer")

    return view


def offered(type_: RecordType, asked: Asked) -> list[tuple[Any, bool, bool]]:
    """(column, is shown, is the title): those shown first, in their order."""
    shown = asked.shown_columns(type_)
    keys = {column.key for column in shown}
    # A field that a declared column shows already is not offered a second time.
    declared = {str(type_.all_columns[key].label) for key in type_.usual_columns if key in type_.all_columns}
    rest = [
        column
        for key, column in type_.all_columns.items()
        if key not in keys and (key in type_.usual_columns or str(column.label) not in declared)
    ]
    return [(c, True, c.key == type_.title_column) for c in shown] + [(c, False, False) for c in rest]


def chosen(request: ActorRequest, type_: RecordType) -> HttpResponse:
    asked = Asked.of(type_, QueryDict(request.POST.get("asked", "")))
    keys = [] if "reset" in request.POST else request.POST.getlist("col")
    kept = choose_columns(type_, keys, actor=request.actor)
    ui.toast(request, _("The columns are kept for you.") if kept else _("The usual columns are back."))
    return ui.go(request, replace(asked, columns=kept).address(type_))
