"""What was removed: the page that asks, the bin, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest

from ..types import ListTool, RecordType

MOST = 200
BIN = ListTool(
    "bin",
    gettext_lazy("Bin"),
    lambda type_, asked: f"/{type_.path}/bin",
    lambda actor, type_: type_.has_bin and may(actor, type_.key, "delete"),
    icon="trash",
    order=90,
)


def bin_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest) -> HttpResponse:
        manager: Any = type_.model._default_manager
        rows = manager.filter(removed_at__isnull=False).visible_to(request.actor, "delete")
        found = [(record, type_.title(record)) for record in rows.order_by("-removed_at", "-id")[:MOST]]
        return ui.page(request, "records/bin.html", {"type": type_, "records": found})

    return view


def remove_view(type_: RecordType) -> Callable[..., HttpResponse]:
    @sent_once
    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        record = type_.access(request.actor, record_id, to="delete")
        title = type_.title(record)
        if request.method != "POST":
            return ui.page(request, "records/remove.html", {"type": type_, "record": record, "title": title})
        why = request.POST.get("why", "").replace("\x00", "")
        _once(request, f"{type_.key}:remove:{record_id}", lambda: _remove(type_, record_id, request, why))
        told, place = _("%(name)s is in the bin.") % {"name": title}, f"/{type_.path}/bin"
        ui.toast(request, told, href=place, link=_("Open the bin"))
        return ui.go(request, f"/{type_.path}")

    return view


def restore_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        _once(request, f"{type_.key}:restore:{record_id}", lambda: _restore(type_, record_id, request))
        ui.toast(request, _("Taken out of the bin."))
        return ui.go(request, f"/{type_.path}/{record_id}")

    return view


def _remove(type_: RecordType, record_id: int, request: ActorRequest, why: str) -> None:
    assert type_.remove is not None
    type_.remove(record_id, actor=request.actor, why=why)


def _restore(type_: RecordType, record_id: int, request: ActorRequest) -> None:
    assert type_.restore is not None
    type_.restore(record_id, actor=request.actor)


def _once(request: ActorRequest, name: str, perform: Callable[[], None]) -> None:
    payload = {key: value for key, value in request.POST.items() if key != "csrfmiddlewaretoken"}

    def run() -> dict[str, Any]:
        perform()
        return {}

    operations.once(request.POST.get("op_key", ""), actor=request.actor, name=name, payload=payload, perform=run)
