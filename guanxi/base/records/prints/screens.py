"""Pages made for paper: the card of a record, and a list as seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui import formats

from ..asked import Asked
from ..criteria import CriteriaError
from ..exports.asking import words_of
from ..exports.described import company_name, described, in_one_line, wish_of
from ..exports.rows import Rows, Value
from ..labels import LABELS
from ..outsiders import NOBODY_ELSE, OUTSIDERS, Recipient, narrowed
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
        return list_on_paper(request, type_, asked)

    return view


def list_on_paper(
    request: ActorRequest, type_: RecordType, asked: Asked, recipient: Recipient = NOBODY_ELSE
) -> HttpResponse:
    try:
        whole = Selection.of(type_, asked, request.actor)
    except CriteriaError:
        return ui.go(request, asked.address(type_))
    rows = Rows(narrowed(whole, recipient), asked, request.actor)
    shown = list(islice(chain.from_iterable(rows), MOST_ROWS))
    total = rows.selection.count(most=MOST_ROWS) if len(shown) == MOST_ROWS else len(shown)
    left_out = without(whole, rows.selection) if OUTSIDERS.is_asked(type_.model, recipient) else 0
    number = print_list(type_, asked, len(shown), recipient=recipient, left_out=left_out, actor=request.actor)
    context = {
        "title": type_.plural,
        "back": asked.address(type_),
        "outside": "" if recipient.name else outside(reverse("records:paper-list", args=[type_.key]), type_, asked),
        "sub": in_one_line(described(type_, asked, request.actor)),
        "columns": [(c.label, c.kind in NUMBERS) for c in rows.columns],
        "rows": [[on_paper(v, c.kind) for v, c in zip(row, rows.columns, strict=True)] for row in shown],
        "is_capped": total > MOST_ROWS,
        "is_wide": len(rows.columns) > UPRIGHT,
        **marks(request, number, level=LABELS.of(type_.key), given_to=recipient.name),
    }
    return ui.page(request, "records/print_list.html", context)


def without(whole: Selection, going: Selection) -> int:
    """How many rows the recipient does not get."""
    most = settings.EXPORT_MAX_ROWS
    return whole.count(most=most) - going.count(most=most)


def outside(address: str, type_: RecordType, asked: Asked) -> str:
    """The way to the same list for somebody who does not belong to the company."""
    return f"{address}?{urlencode(words_of(type_, asked))}"


def card_print_view(type_: RecordType) -> Callable[..., HttpResponse]:
    @require_GET
    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        return card_on_paper(request, type_, type_.access(request.actor, record_id))

    return view


def card_on_paper(
    request: ActorRequest, type_: RecordType, record: Any, recipient: Recipient = NOBODY_ELSE
) -> HttpResponse:
    number = print_card(type_, record.pk, recipient=recipient, actor=request.actor)
    context = {
        "title": type_.title(record),
        "sub": type_.subtitle(record),
        "back": f"/{type_.path}/{record.pk}",
        "outside": "" if recipient.name else reverse("records:paper-card", args=[type_.key, record.pk]),
        "badges": [text for text, _tone in type_.badges(record)],
        "sections": fact_sections(type_, record, request.actor),
        "kind_label": type_.label,
        **marks(request, number, level=LABELS.of(type_.key), given_to=recipient.name),
    }
    return ui.page(request, "records/print_card.html", context)


def marks(request: ActorRequest, number: str, *, level: str = "", given_to: str = "") -> dict[str, Any]:
    """Who, when, which paper, how secret and for whom: in the head, in the foot and across the page."""
    words = {"who": request.actor.label, "when": formats.moment(clock.now()), "number": number}
    printed = _("Printed by %(who)s, %(when)s") % words
    return {
        "company": company_name(),
        "number": number,
        "printed": " · ".join([printed, *([_("for %(name)s") % {"name": given_to}] if given_to else [])]),
        "mark": " ".join(part for part in (level, _("%(who)s %(when)s %(number)s") % words, given_to) if part),
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
