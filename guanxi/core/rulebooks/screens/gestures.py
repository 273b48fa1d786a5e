"""What is common to the gestures: each is a form in a row of a list, and the same form on a page of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.audit.operations import Answer
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.models import Staff
from guanxi.base.org.web import ActorRequest

from ..models import Duty
from .rows import one_row

CHANGED = "duties-changed"


def is_in_row(request: ActorRequest, duty_id: int) -> bool:
    """The form stands (or shall stand) in the row of a list, which says so by the place it wants the answer in."""
    return request.headers.get("HX-Target", "") in (f"duty-{duty_id}", f"duty-{duty_id}-form")


def gesture_page(
    request: ActorRequest, duty: Duty, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A form asked for lands in the row's place for it; an answer to it replaces the row; else it is a page."""
    in_row = is_in_row(request, duty.pk)
    wants_form = in_row and request.method == "GET"
    values = {
        "row": one_row(duty.pk, actor=request.actor),
        "in_row": in_row,
        "next": next_of(request, duty),
        "duty": duty,
        **context,
    }
    block = ("form" if wants_form else "row") if in_row else None
    return ui.page(request, template, values, block=block, status=status)


def row_again(request: ActorRequest, duty: Duty) -> HttpResponse:
    """The row as it stands now, e.g. with its new deadline; on a page of its own, back to where one came from."""
    if not is_in_row(request, duty.pk):
        return ui.go(request, next_of(request, duty))
    values = {"row": one_row(duty.pk, actor=request.actor)}
    return tell_changed(ui.page(request, "rulebooks/one_row.html", values, block="row"))


def row_leaves(
    request: ActorRequest, duty: Duty, *, others: list[int] | None = None, goes_to: str = ""
) -> HttpResponse:
    """Nothing comes in the row's place. `others` are rows that leave with it, if they are on the page."""
    if not is_in_row(request, duty.pk):
        return ui.go(request, goes_to or next_of(request, duty))
    response = ui.page(request, "rulebooks/one_row.html", {"others": others or []}, block="gone")
    return tell_changed(response)


def tell_changed(response: HttpResponse) -> HttpResponse:
    told = json.loads(response.headers.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps({**told, CHANGED: True})
    return response


def next_of(request: ActorRequest, duty: Duty) -> str:
    """Where the page goes on to: the address it was opened from, if that is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else f"/duties/{duty.pk}"


def once(
    request: ActorRequest, name: str, perform: Callable[[], dict[str, Any]], *, same_within: timedelta | None = None
) -> Answer:
    payload = {k: v for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "next", "op_key")}
    key = request.POST.get("op_key", "")
    return operations.once(
        key, actor=request.actor, name=name, payload=payload, perform=perform, same_within=same_within
    )


def number_of(text: str) -> int:
    """Raises Missing for what is no id."""
    if not text.isdecimal() or len(text) > 18:
        raise Missing()
    return int(text)


def staff_of(text: str) -> Staff | None:
    return Staff.objects.filter(id=int(text)).first() if text.isdecimal() and len(text) <= 18 else None
