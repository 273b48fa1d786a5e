"""The builder of criteria with its live answer, and why a record is in a view or segment or not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, Refused
from guanxi.base.org.web import ActorRequest, signed_in

from ..asked import LONGEST_WHERE, Asked
from ..conditions import criteria_fields, understood
from ..criteria import CriteriaError
from ..screens.lists import as_table
from ..types import RecordType
from . import builder
from .access import access_segment, access_view, may_share, type_at
from .explaining import explain
from .models import Segment
from .opening import said_with_place, views_of
from .patience import within_seconds
from .preview import Preview, preview


@signed_in
@require_GET
def criteria(request: ActorRequest, path: str) -> HttpResponse:
    """One address for the page and for the answer beside it; without scripts the text is sent like any form."""
    type_ = type_at(path, request.actor)
    text = request.GET.get("where", "").replace("\x00", " ")
    context = builder_context(type_, text, request.actor, others=_others(type_, request))
    return ui.page(request, "records/criteria.html", context, block="answer")


def _others(type_: RecordType, request: ActorRequest) -> dict[str, str]:
    """What else the list asks for: kept while its criteria are changed."""
    return Asked.of(type_, request.GET).said(where="")


def builder_context(
    type_: RecordType, text: str, actor: Actor, *, others: dict[str, str] | None = None
) -> dict[str, Any]:
    found = preview(type_, text, actor)
    fields = found.understood.fields if found.understood else criteria_fields(type_, actor)
    others = others or {}
    return {
        "type": type_,
        "text": text,
        "longest": LONGEST_WHERE,
        "preview": found,
        "table": _table(type_, found, actor),
        "tree": builder.plain(found.understood.asked, fields) if found.understood else None,
        "catalogue": builder.catalogue(fields, type_.key, actor),
        "others": others,
        "list_href": _address(type_, others | {"where": text}),
        "words": urlencode({key: value for key, value in (others | {"where": text}).items() if key != "view"}),
        "may_share": may_share(actor),
    }


def _address(type_: RecordType, words: dict[str, str]) -> str:
    said = urlencode({key: value for key, value in words.items() if value})
    return f"/{type_.path}?{said}" if said else f"/{type_.path}?view=all"


def _table(type_: RecordType, found: Preview, actor: Actor) -> ui.Table | None:
    """The first few, without ways on: the list has those."""
    if found.listed is None:
        return None
    table = as_table(type_, found.asked, found.listed, actor)
    table.paging, table.glance = ui.Paging(), ""
    for column in table.columns:
        column.sort = ""
    return table


@signed_in
@require_GET
def why(request: ActorRequest, path: str, record_id: int) -> HttpResponse:
    """Of one view, one segment or a text; without any, the choice of them."""
    type_ = type_at(path, request.actor)
    record = type_.access(request.actor, record_id)
    chosen, name, text = _asked_about(type_, request)
    context: dict[str, Any] = {
        "type": type_,
        "record": record,
        "title": type_.title(record),
        "chosen": chosen,
        "name": name,
        "text": text,
        "views": [view for view in views_of(type_, request.actor) if view.words.get("where")],
        "segments": list(Segment.objects.filter(kind=type_.key).order_by("name")[: builder.MOST_OFFERED]),
        "explained": None,
        "problem": "",
    }
    if text:
        try:
            found = understood(type_, text, request.actor)
            with within_seconds():
                context["explained"] = explain(type_, found, record, request.actor)
        except CriteriaError as unreadable:
            context["problem"] = said_with_place(unreadable)
        except Refused as slow:
            context["problem"] = slow.message
    return ui.page(request, "records/why.html", context)


def _asked_about(type_: RecordType, request: ActorRequest) -> tuple[str, str, str]:
    """What was chosen, what it is called, and its criteria."""
    if text := request.GET.get("where", "").replace("\x00", " ").strip():
        return "", _("these criteria"), text[:LONGEST_WHERE]
    kind, _sign, number = request.GET.get("of", "").partition("-")
    if kind not in ("view", "segment") or not number.isdecimal() or len(number) > 17:
        return "", "", ""
    find = access_view if kind == "view" else access_segment
    found = find(request.actor, int(number))
    if found.kind != type_.key:
        raise Missing()
    text = found.criteria if isinstance(found, Segment) else found.words.get("where", "")
    return f"{kind}-{number}", found.name, text
