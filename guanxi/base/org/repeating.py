"""Forms sent twice: whoever presses again, or never saw the answer, gets the first answer and no second effect."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit import operations

from .web import ActorRequest

View = TypeVar("View", bound=Callable[..., Any])
APART = frozenset({"csrfmiddlewaretoken", "op_key"})
REFUSED = 400


class Refusal(Exception):
    """The view answered with no: what it began is undone, and the key stays free for the corrected form."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def sent_once(view: View) -> View:
    """Below what says who may open it. The effect and the way on are stored together, under the form's `op_key`."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get("op_key", "") if request.method == "POST" else ""
        if not key:
            return cast(HttpResponse, view(request, *args, **kwargs))
        try:
            return perform_once(cast(ActorRequest, request), key, lambda: view(request, *args, **kwargs))
        except Refusal as refusal:
            return refusal.response

    return cast(View, run)


def perform_once(request: ActorRequest, key: str, respond: Callable[[], HttpResponse]) -> HttpResponse:
    first: list[HttpResponse] = []
    payload = payload_of(request)

    def perform() -> dict[str, Any]:
        first.append(respond())
        if first[0].status_code >= REFUSED:
            raise Refusal(first[0])
        return {"to": way_on(first[0])}

    answer = operations.once(
        # What runs inside may have its own entry under the bare key; other rows ticked are another step.
        f"form:{operations.fingerprint_of(payload)[:16]}:{key}",
        actor=request.actor,
        name=f"form:{request.resolver_match.view_name if request.resolver_match else request.path}",
        payload=payload,
        perform=perform,
        goes_on_after_refusals=True,
    )
    return first[0] if first else again(request, answer.data["to"])


def payload_of(request: HttpRequest) -> dict[str, Any]:
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in APART}
    files = {name: [(f.name, f.size) for f in request.FILES.getlist(name)] for name in request.FILES}
    return {"path": request.path, "typed": typed, "files": files}


def way_on(response: HttpResponse) -> str:
    return response.get("Location") or response.get("HX-Redirect") or ""


def again(request: ActorRequest, to: str) -> HttpResponse:
    """Without a way on the page itself is loaded anew: it shows how things stand."""
    ui.toast(request, _("This was saved already."))
    if to or not ui.is_htmx(request):
        return ui.go(request, to or request.path)
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response
