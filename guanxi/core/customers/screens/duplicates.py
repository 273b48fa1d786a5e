"""Looking up whether somebody is known already."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.web import ActorRequest, needs

from ..duplicates import MOST_AN_HOUR, Known, look_up


@needs("customer", "create")
@require_http_methods(["GET", "HEAD", "POST"])
def duplicates(request: ActorRequest) -> HttpResponse:
    """The answer stands on the page that asked; a number never gets into an address."""
    typed = {key: request.POST.get(key, "").replace("\x00", "").strip()[:120] for key in ("phone", "name")}
    known: list[Known] | None = None
    errors: dict[str, list[Any]] = {}
    status = 200
    if request.method == "POST":
        try:
            known = look_up(**typed, actor=request.actor)
        except Invalid as problem:
            errors, status = problem.errors, 422
        except Refused as problem:
            errors, status = {"": [problem.message]}, problem.status
    context = {"typed": typed, "known": known, "errors": errors, "most": MOST_AN_HOUR}
    return ui.page(request, "customers/duplicates.html", context, status=status)
