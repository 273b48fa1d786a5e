"""Paper that somebody outside gets: first the page that asks for whom, then the paper, without who did not agree."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, signed_in

from ..asked import Asked
from ..exports import shown
from ..exports.asking import NOBODY_AGREED, words_of
from ..exports.described import wish_of
from ..outsiders import INSIDE, OUTSIDERS, THIRD, Recipient, may_go, narrowed, read_recipient
from ..selection import Selection
from ..types import RECORD_TYPES, RecordType
from .screens import card_on_paper, list_on_paper

ENTRIES = ("recipient", "recipient_name", "processor")
DID_NOT_AGREE = _("This customer did not agree that data are given to others.")
PAPER = {"heading": _("Paper for somebody outside"), "submit": _("Make the paper")}
Errors = dict[str, list[Any]]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def list_outside(request: ActorRequest, kind: str) -> HttpResponse:
    type_ = type_of(request, kind)
    wish = wish_of(request, type_)
    if wish.broken:
        return ui.go(request, wish.asked.address(type_))
    whole = Selection.of(type_, wish.asked, request.actor)
    if request.method != "POST":
        return _ask_for_list(request, type_, wish.asked, whole, {})
    try:
        recipient = recipient_of(request)
        if OUTSIDERS.is_asked(type_.model, recipient) and not narrowed(whole, recipient).count(most=1):
            raise Invalid({"recipient": [NOBODY_AGREED]})
    except Invalid as problem:
        return _ask_for_list(request, type_, wish.asked, whole, problem.errors)
    return list_on_paper(request, type_, wish.asked, recipient)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def card_outside(request: ActorRequest, kind: str, record_id: int) -> HttpResponse:
    type_ = type_of(request, kind)
    record = type_.access(request.actor, record_id)
    if request.method != "POST":
        return _ask_for_card(request, type_, record, {})
    try:
        recipient = recipient_of(request)
        if not may_go(type_.model, record_id, recipient):
            raise Invalid({"recipient": [DID_NOT_AGREE]})
    except Invalid as problem:
        return _ask_for_card(request, type_, record, problem.errors)
    return card_on_paper(request, type_, record, recipient)


def type_of(request: ActorRequest, kind: str) -> RecordType:
    type_ = RECORD_TYPES.find(kind)
    if type_ is None:
        raise Missing()
    if not may(request.actor, kind, "read"):
        raise NotAllowed()
    return type_


def recipient_of(request: ActorRequest) -> Recipient:
    """Raises Invalid. Paper that stays in the house is printed elsewhere."""
    kind, name, registered = (str(request.POST.get(entry, "")) for entry in ENTRIES)
    recipient, errors = read_recipient("" if kind == INSIDE else kind, name, registered)
    if errors:
        raise Invalid(errors)
    return recipient


def _ask_for_list(
    request: ActorRequest, type_: RecordType, asked: Asked, whole: Selection, errors: Errors
) -> HttpResponse:
    count = whole.count(most=settings.EXPORT_MAX_ROWS)
    words = urlencode(words_of(type_, asked))
    more = {
        "title": type_.plural,
        "count": count,
        "is_card": False,
        "shares": shown.shares_of(whole, count),
        "action": f"{reverse('records:paper-list', args=[type_.key])}?{words}",
        "back": asked.address(type_),
    }
    return ask_page(request, PAPER | more, errors)


def _ask_for_card(request: ActorRequest, type_: RecordType, record: Any, errors: Errors) -> HttpResponse:
    more = {
        "title": type_.title(record),
        **of_one(type_.model, record.pk),
        "action": reverse("records:paper-card", args=[type_.key, record.pk]),
        "back": f"/{type_.path}/{record.pk}",
    }
    return ask_page(request, PAPER | more, errors)


def of_one(model: type[Model], record_id: int) -> dict[str, Any]:
    """Whether a single record may go to a third party."""
    goes = int(may_go(model, record_id, Recipient(THIRD)))
    return {
        "count": 1,
        "is_card": True,
        "shares": {"goes": goes, "left": 1 - goes} if OUTSIDERS.agreed(model) is not None else None,
    }


def ask_page(request: ActorRequest, more: dict[str, Any], errors: Errors) -> HttpResponse:
    typed = {entry: str(request.POST.get(entry, "")) for entry in ENTRIES}
    offered = shown.recipients()
    offered["recipients"] = [one for one in offered["recipients"] if one[0] != INSIDE]
    context = {"typed": typed, "errors": errors, **offered, **more}
    return ui.page(request, "records/print_outside.html", context, status=422 if errors else 200)
