"""The card of one record: facts in sections, and the panels other rooms register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest

from ..reveal import reveals
from ..search import recent
from ..types import BUTTONS, PANELS, Button, Field, Panel, RecordType, panels_for
from ..values import shown


def card_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        record = type_.access(request.actor, record_id)
        recent.opened(request.actor, type_.key, record_id)
        context = {
            "type": type_,
            "record": record,
            "title": type_.title(record),
            "subtitle": type_.subtitle(record),
            "badges": type_.badges(record),
            "sections": fact_sections(type_, record, request.actor),
            "panels": shown_panels(type_, record, request.actor),
            "buttons": [b for b in offered(type_) if b.applies(request.actor, record)],
            "may_edit": type_.change is not None and type_.is_open(record) and may(request.actor, type_.key, "update"),
        }
        return ui.page(request, "records/card.html", context)

    return view


def fact_sections(type_: RecordType, record: Any, actor: Actor) -> list[tuple[Any, list[tuple[Any, ...]]]]:
    """Sections with at least one filled value; the first always."""
    may_see = reveals(actor, type_.key, record, type_.owner, type_.unit)
    found = []
    known = {entry.key: entry for entry in type_.all_fields}
    for index, section in enumerate(type_.all_sections):
        fields = [known[key] for key in section.fields]
        pairs = [_pair(entry, shown(entry, entry.value_of(record), may_reveal=may_see)) for entry in fields]
        if index == 0 or any(pair[1] not in ("", None) for pair in pairs):
            found.append((section, pairs))
    return found


def _pair(entry: Field, value: Any) -> tuple[Any, ...]:
    return (entry.label, value, "whole") if entry.kind == "longtext" else (entry.label, value)


def shown_panels(
    type_: RecordType, record: Any, actor: Actor, *, registry: Registry[Panel] = PANELS
) -> list[dict[str, Any]]:
    found = []
    for panel in panels_for(type_.key, registry):
        context = panel.context(actor, record)
        if context is not None:
            found.append({"panel": panel, "html_template": panel.template, "context": context})
    return found


def offered(type_: RecordType) -> list[Button]:
    return [*(b for b in BUTTONS if b.kind == type_.key), *type_.buttons]
