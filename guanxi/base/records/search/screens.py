"""The search box: results by group, what was opened and searched lately before anything is typed."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.base import ui
from guanxi.base.org.web import ActorRequest, signed_in

from . import recent
from .shown import opened_hits
from .sources import groups_for

LONGEST = 80
SEARCHES_SHOWN = 5


@signed_in
def search(request: ActorRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    context = {"query": text, "groups": groups_for(request.actor, text) if text else []}
    context |= {"opened": [], "searches": []}
    if not text:
        context["opened"] = opened_hits(request.actor)
        context["searches"] = recent.searches_of(request.actor, most=SEARCHES_SHOWN)
    context["said"] = said(text, sum(len(group.hits) for group in context["groups"]), context)
    return ui.page(request, "records/search.html", context, block="results")


def said(text: str, count: int, context: dict[str, object]) -> str:
    """For those who hear the page."""
    if not text:
        return _("Records opened lately and searches made lately.") if context["opened"] or context["searches"] else ""
    return _("Results: %(count)s.") % {"count": count} if count else _("Nothing was found.")


@signed_in
@require_POST
def remember(request: ActorRequest) -> HttpResponse:
    """A search that led somewhere; sent beside the way there."""
    recent.searched(request.actor, request.POST.get("q", "").replace("\x00", "").strip()[:LONGEST])
    return HttpResponse(status=204)
