"""One box on every page: all searchable record types, within the reader's rights."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, signed_in

from ..asked import Asked
from ..listing import list_page
from ..types import RECORD_TYPES, RecordType
from .lists import cell_maker

MOST = 8


@signed_in
def search(request: ActorRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:80]
    types = [t for t in RECORD_TYPES if t.searchable and may(request.actor, t.key, "read")]
    groups = [{"label": t.plural, "hits": hits(t, query, request.actor)} for t in types] if query else []
    context = {"groups": [g for g in groups if g["hits"]], "query": query}
    return ui.page(request, "records/search.html", context, block="results")


def hits(type_: RecordType, query: str, actor: Actor) -> list[dict[str, Any]]:
    asked = Asked(q=query)
    listed = list_page(type_, asked, actor, size=MOST)
    columns = asked.shown_columns(type_)
    found = []
    for row in listed.rows:
        cells = [cell_maker(type_, column, actor)(row, row[i + 4]) for i, column in enumerate(columns)]
        rest = [str(cell) for cell, column in zip(cells[1:], columns[1:], strict=True) if cell and not column.tones]
        found.append({"url": f"/{type_.path}/{row[0]}", "title": cells[0], "sub": " · ".join(rest[:2]), "hint": ""})
    return found
