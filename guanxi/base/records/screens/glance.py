"""A look at one record from its row in the list: its facts, and what rooms add."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from guanxi.base import ui
from guanxi.base.org.web import ActorRequest

from ..types import GLANCES, RecordType
from .cards import fact_sections, shown_panels


def glance_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        record = type_.access(request.actor, record_id)
        pairs = [pair for _section, pairs in fact_sections(type_, record, request.actor) for pair in pairs]
        context = {
            "type": type_,
            "record": record,
            "title": type_.title(record),
            "pairs": [pair for pair in pairs if pair[1] not in ("", None)],
            "panels": shown_panels(type_, record, request.actor, registry=GLANCES),
        }
        return ui.page(request, "records/glance.html", context, block="glance")

    return view
