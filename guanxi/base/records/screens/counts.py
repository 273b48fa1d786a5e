"""How many records a list has exactly, on demand: lists themselves stop counting at ten thousand."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import escape
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.org.web import ActorRequest

from ..asked import Asked
from ..criteria import CriteriaError
from ..criteria.wording import say
from ..listing import exact_count
from ..types import RecordType


def count_view(type_: RecordType) -> Callable[..., HttpResponse]:
    """A part of the list; whoever comes without the script goes to the list."""

    def view(request: ActorRequest) -> HttpResponse:
        asked = Asked.of(type_, request.GET)
        if not ui.is_htmx(request):
            return HttpResponseRedirect(asked.address(type_))
        try:
            count = exact_count(type_, asked, request.actor)
        except CriteriaError as error:
            return _part(say(error.problem), status=422)
        if count is None:
            return _part(_("Narrow the list first; then it can be counted."), status=422)
        return _part(_("%(count)s records") % {"count": f"{count:,}"})

    return view


def _part(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(escape(text), status=status, headers={"Cache-Control": "no-store"})
