"""Answers: a whole page, one block of it for htmx, or a way on."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template import engines
from django.utils.cache import patch_vary_headers

from guanxi.base.ui import current, toasts


def is_htmx(request: HttpRequest) -> bool:
    """True when a part of a page is asked for; going back in history asks for the whole one."""
    asks = request.headers.get("HX-Request") == "true"
    return asks and "HX-Boosted" not in request.headers and "HX-History-Restore-Request" not in request.headers


def render(template: str, context: dict[str, Any] | None = None, *, block: str | None = None) -> str:
    """Like Django's render_to_string, for one named block too (imports at the top of the template are run)."""
    compiled: Any = engines["jinja2"].get_template(template).template
    if block is None:
        text: str = compiled.render(context or {})
        return text
    state = compiled.new_context(dict(context or {}))
    # Running to the first piece of output executes the imports and links the blocks of the parents.
    next(compiled.root_render_func(state), None)
    return "".join(state.blocks[block][0](state))


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    block: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """`block` is what htmx gets; everyone else, and every template without it, gets the whole page."""
    # Each page hands out the token, so that a part loaded later can still post.
    get_token(request)
    values = {"request": request, **(context or {})}
    with current.serving(request):
        part = block if block and is_htmx(request) else None
        response = HttpResponse(render(template, values, block=part), status=status)
        if part:
            announce(request, response)
    return kept_private(response)


def announce(request: HttpRequest, response: HttpResponse) -> None:
    """A part has no place for toasts, so they travel in a header (ASCII, hence JSON's escapes)."""
    waiting = toasts.taken_from(request)
    if waiting:
        response["HX-Trigger"] = json.dumps({"toasts": waiting})


def kept_private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """On to `url` after success; htmx is told to load it as a page."""
    if not is_htmx(request):
        return kept_private(HttpResponseRedirect(url))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return kept_private(response)
