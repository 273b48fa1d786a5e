"""Pages made for paper: the card of a record, and a list as seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui import formats

from ..criteria import CriteriaError
from ..exports.described import company_name, described, in_one_line, wish_of
from ..exports.rows import Rows, Value
from ..labels import LABELS
from ..screens.cards import fact_sections
from ..selection import Selection
from ..types import RecordType
from .actions import print_card, print_list

MOST_ROWS = 1000
# More columns than this stand on the paper sideways.
UPRIGHT = 7
NUMBERS = ("number", "money")


def list_print_view(type_: RecordType) -> Callable[..., HttpResponse]:
    @require_GET
    def view(request: ActorRequest) -> HttpResponse:
        wish = wish_of(request, type_)
        asked = wish.asked
        if wish.broken:
            # The list itself says what is wrong with its conditions.
            return ui.go(request, asked.address(type_))
        try:
            rows = Rows(Selection.of(type_, asked, request.actor), asked, request.actor)
        except CriteriaError:
            return ui.go(request, asked.address(type_))
        shown = list(islice(chain.from_iterable(rows), MOST_ROWS))
        total = rows.selection.count(most=MOST_ROWS) if len(shown) == MOST_ROWS else len(shown)
        number = print_list(type_, asked, len(shown), actor=request.actor)
        context = {
            "title": type_.plural,
            "back": asked.address(type_),
            "sub": in_one_line(described(type_, asked, request.actor)),
            "columns": [(c.label, c.kind in NUMBERS) for c in rows.columns],
            "rows": [[on_paper(v, c.kind) for v, c in zip(row, rows.columns, strict=True)] for row in shown],
            "is_capped": total > MOST_ROWS,
            "is_wide": len(rows.columns) > UPRIGHT,
            **marks(request, number, level=LABELS.of(type_.key)),
        }
        return ui.page(request, "records/print_list.html", context)

    return view


def card_print_view(type_: RecordType) -> Callable[..., HttpResponse]:
    @require_GET
    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        record = type_.access(request.actor, record_id)
        number = print_card(type_, record_id, actor=request.actor)
        context = {
            "title": type_.title(record),
            "sub": type_.subtitle(record),
            "back": f"/{type_.path}/{record_id}",
            "badges": [text for text, _tone in type_.badges(record)],
            "sections": fact_sections(type_, record, request.actor),
            "kind_label": type_.label,
            **marks(request, number, level=LABELS.of(type_.key)),
        }
        return ui.page(request, "records/print_card.html", context)

    return view


def marks(request: ActorRequest, number: str, *, level: str = "") -> dict[str, Any]:
    """Who, when, which paper and how secret: in the head, in the foot and across the page."""
    words = {"who": request.actor.label, "when": formats.moment(clock.now()), "number": number}
    return {
        "company": company_name(),
        "number": number,
        "printed": _("Printed by %(who)s, %(when)s") % words,
        "mark": " ".join(part for part in (level, _("%(who)s %(when)s %(number)s") % words) if part),
        "level": level,
    }


def on_paper(value: Value, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return formats.day(value)
    if kind == "money" and isinstance(value, Decimal | int):
        return formats.money(value)
    return str(value)
