"""A board on screen: lanes of cards, moved by hand, by menu or by key."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused, Stale
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui.pages import announce

from ..asked import Asked
from ..boards import COUNTED, Board, Lane, board_fields, board_page, lane_page, values_of
from ..types import Field, RecordType
from ..values import read_value
from .cells import cell_maker
from .displays import field_asked, ways_of

MOST_LINES = 3


@dataclass(frozen=True)
class Card:
    id: int
    url: str
    title: Any
    lines: Sequence[Any]
    version: int | None


@dataclass(frozen=True)
class ShownLane:
    """`all`: the list of what is in the lane, for who sees more there."""

    value: str
    label: Any
    count: str
    cards: Sequence[Card]
    more: str
    all: str


def board_parts(type_: RecordType, asked: Asked, actor: Actor) -> dict[str, Any]:
    fields = board_fields(type_)
    field = field_asked(fields, asked.by)
    if field is None:
        return {}
    board = board_page(type_, asked, actor, field)
    return {
        "board": board,
        "too_broad": board.too_broad,
        "lanes": shown_lanes(type_, asked, actor, board),
        "ways": ways_of(type_, asked, fields, field),
        "by_field": field,
        "may_move": may_move(type_, field, actor),
    }


def may_move(type_: RecordType, field: Field, actor: Actor) -> bool:
    has_version = any(f.name == "version" for f in type_.model._meta.concrete_fields)
    return bool(type_.change) and has_version and not field.is_fixed and may(actor, type_.key, "update")


def shown_lanes(type_: RecordType, asked: Asked, actor: Actor, board: Board) -> list[ShownLane]:
    make = card_maker(type_, asked, actor, board.field)
    return [shown_lane(type_, asked, board.field, lane, make) for lane in board.lanes]


def shown_lane(
    type_: RecordType, asked: Asked, field: Field, lane: Lane, make: Callable[[tuple[Any, ...]], Card]
) -> ShownLane:
    count = f"{COUNTED:,}+" if lane.count > COUNTED else f"{lane.count:,}"
    more = asked.address(type_, by=field.key, lane=lane.value or "-", after=lane.more) if lane.more else ""
    cards = [make(row) for row in lane.rows]
    return ShownLane(lane.value, lane.label, count, cards, more, all_of(type_, asked, field, lane))


def all_of(type_: RecordType, asked: Asked, field: Field, lane: Lane) -> str:
    if field.kind == "yesno":
        condition = f"{field.key} = {'yes' if lane.value == 'true' else 'no'}"
    else:
        condition = f'{field.key} = "{lane.value}"' if lane.value else f"{field.key} is empty"
    where = f"({asked.where}) and {condition}" if asked.where else condition
    return asked.address(type_, **{"as": "", "by": "", "where": where})


def card_maker(type_: RecordType, asked: Asked, actor: Actor, field: Field) -> Callable[[tuple[Any, ...]], Card]:
    columns = asked.shown_columns(type_)
    makers = [cell_maker(type_, column, actor) for column in columns]
    title = next(at for at, column in enumerate(columns) if column.key == type_.title_column)
    lines = [at for at, c in enumerate(columns) if at != title and c.key != field.key and not c.is_minor][:MOST_LINES]

    def make(row: tuple[Any, ...]) -> Card:
        cells = [text for at in lines if (text := makers[at](row, row[at + 4]))]
        return Card(row[0], f"/{type_.path}/{row[0]}", makers[title](row, row[title + 4]), cells, row[-1])

    return make


def lane_part(request: ActorRequest, type_: RecordType, asked: Asked) -> HttpResponse:
    """More cards of one lane, put behind those shown."""
    field = field_asked(board_fields(type_), asked.by)
    if field is None:
        raise Missing()
    # A dash stands for what is not set: an address leaves empty words out.
    value = "" if request.GET["lane"] == "-" else request.GET["lane"]
    lane = lane_page(type_, asked, request.actor, field, value, request.GET.get("after", ""))
    make = card_maker(type_, asked, request.actor, field)
    context = {
        "type": type_,
        "asked": asked,
        "by_field": field,
        "lane": shown_lane(type_, asked, field, lane, make),
        "lanes": [{"value": value, "label": label} for value, label in values_of(field)],
        "may_move": may_move(type_, field, request.actor),
    }
    return ui.page(request, "records/lane.html", context)


def move_view(type_: RecordType) -> Callable[..., HttpResponse]:
    """The card changes through the type's own action, with the version that the board showed."""

    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        field = next((f for f in board_fields(type_) if f.key == request.POST.get("field")), None)
        version = request.POST.get("version", "")
        if field is None or field.is_fixed or not version.isdecimal() or len(version) > 9:
            raise Missing()
        try:
            move(request, type_, record_id, field, int(version))
        except Stale:
            told = _("Somebody changed this record meanwhile, so it was not moved. The board now shows it as it is.")
            return back_to(request, type_, told, status=409)
        except Invalid as problem:
            told = " ".join(str(text) for texts in problem.errors.values() for text in texts)
            return back_to(request, type_, told, status=422)
        # A card dropped by mistake would go unnoticed in a long lane.
        place = dict(values_of(field)).get(request.POST.get("value", ""), "")
        return back_to(request, type_, _("Moved to “%(place)s”.") % {"place": place}, tone="done")

    return view


def move(request: ActorRequest, type_: RecordType, record_id: int, field: Field, version: int) -> None:
    assert type_.change is not None
    change = type_.change
    text = request.POST.get("value", "")
    if text not in {value for value, _label in values_of(field)}:
        raise Invalid({field.key: [_("Choose one of the values offered.")]})
    try:
        values = {field.key: read_value(field, text)}
    except Refused as problem:
        raise Invalid({field.key: [problem.message]}) from problem
    operations.once(
        request.POST.get("op_key", ""),
        actor=request.actor,
        name=f"{type_.key}:move:{record_id}",
        payload={"field": field.key, "value": text, "version": version},
        perform=lambda: {"id": change(record_id, values, version=version, actor=request.actor).pk},
    )


def back_to(
    request: ActorRequest, type_: RecordType, told: str, *, status: int = 204, tone: str = "late"
) -> HttpResponse:
    """The board is read again: where a card stands now follows from the record."""
    board = Asked.of(type_, QueryDict(request.POST.get("asked", ""))).address(type_)
    ui.toast(request, told, tone=tone)
    if not request.headers.get("HX-Request"):
        return ui.go(request, board)
    response = HttpResponse(status=status)
    response["HX-Location"] = json.dumps({"path": board, "target": "#list", "select": "#list", "swap": "outerHTML"})
    response["Cache-Control"] = "no-store"
    announce(request, response)
    return response
