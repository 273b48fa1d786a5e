"""Saved views: keep what a list shows, change, share, open with it, delete."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, Stale
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest, signed_in

from ..asked import Asked
from ..types import RecordType
from .access import access_view, may_share, seen_views, type_of, types_read
from .actions import change_view, create_view, delete_view, make_default
from .bar import sharings
from .models import SavedView

LONGEST_WORDS = 20_000


def words_of(type_: RecordType, text: str) -> dict[str, str]:
    """What a list's address asks for, from the text the bar sends along: only what lists know."""
    query = dict(parse_qsl(text[:LONGEST_WORDS].removeprefix("?")))
    return {key: value for key, value in Asked.of(type_, query).said().items() if key != "view"}


@signed_in
@require_GET
def views(request: ActorRequest) -> HttpResponse:
    """All that the reader sees, list by list."""
    types = {type_.key: type_ for type_ in types_read(request.actor)}
    found = seen_views(request.actor, *types)
    context = {
        "groups": [
            (type_, [_row(view, type_, request) for view in found if view.kind == key]) for key, type_ in types.items()
        ]
    }
    return ui.page(request, "records/views.html", context)


def _row(view: SavedView, type_: RecordType, request: ActorRequest) -> dict[str, Any]:
    is_mine = view.owner_id == request.actor.staff_id
    return {
        "view": view,
        "href": f"/{type_.path}?view={view.pk}",
        "is_mine": is_mine,
        "is_default": view.is_default,
        "may_change": is_mine or may_share(request.actor),
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: ActorRequest) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    type_ = type_of(given.get("kind", ""), request.actor)
    entries = {key: given.get(key, "") for key in ("name", "sharing", "words", "default")}
    if request.method != "POST":
        # The builder sends what the list asks for as it is.
        entries["words"] = entries["words"] or urlencode(
            [(k, v) for k, v in given.items() if k not in {"kind", "name"}]
        )
        return _form_page(request, type_, entries)

    def perform() -> dict[str, Any]:
        view = create_view(
            type_,
            entries["name"],
            words_of(type_, entries["words"]),
            sharing=entries["sharing"] or "nobody",
            actor=request.actor,
        )
        if entries["default"]:
            make_default(type_, view.pk, actor=request.actor)
        return {"id": view.pk}

    try:
        answer = operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name="records:view:create",
            payload=entries | {"kind": type_.key},
            perform=perform,
        )
    except Invalid as problem:
        return _form_page(request, type_, entries, errors=problem.errors)
    ui.toast(request, _("The view is saved."))
    return ui.go(request, f"/{type_.path}?view={answer.data['id']}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit_view(request: ActorRequest, view_id: int) -> HttpResponse:
    view = access_view(request.actor, view_id, to="update")
    type_ = type_of(view.kind, request.actor)
    entries = {"name": view.name, "sharing": view.sharing, "version": str(view.version)}
    if request.method != "POST":
        return _form_page(request, type_, entries, view=view)
    entries = {key: request.POST.get(key, "") for key in entries}
    return _change(request, view, type_, entries, words=None)


@signed_in
@require_POST
def keep(request: ActorRequest, view_id: int) -> HttpResponse:
    """The view shows from now on what the list shows."""
    view = access_view(request.actor, view_id, to="update")
    type_ = type_of(view.kind, request.actor)
    entries = {"name": view.name, "sharing": view.sharing, "version": request.POST.get("version", "")}
    return _change(request, view, type_, entries, words=words_of(type_, request.POST.get("words", "")))


def _change(
    request: ActorRequest, view: SavedView, type_: RecordType, entries: dict[str, str], *, words: dict[str, str] | None
) -> HttpResponse:
    try:
        operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name=f"records:view:change:{view.pk}",
            payload=entries | {"words": words},
            perform=lambda: {
                "id": change_view(
                    view.pk,
                    name=entries["name"],
                    sharing=entries["sharing"],
                    version=number_of(entries["version"]),
                    words=words,
                    type_=type_,
                    actor=request.actor,
                ).pk
            },
        )
    except Invalid as problem:
        return _form_page(request, type_, entries, view=view, errors=problem.errors)
    except Stale as conflict:
        entries["version"] = str(conflict.version)
        said = _("Someone else changed this view meanwhile. Save again to keep what you entered.")
        return _form_page(request, type_, entries, view=view, errors={"": [said]}, status=409)
    ui.toast(request, _("The view is saved."))
    return ui.go(request, f"/{type_.path}?view={view.pk}")


@signed_in
@require_POST
@sent_once
def default(request: ActorRequest, view_id: int) -> HttpResponse:
    """Pressed again, the list opens with everything."""
    view = access_view(request.actor, view_id)
    wanted = None if request.POST.get("wanted") == "no" else view.pk
    make_default(type_of(view.kind, request.actor), wanted, actor=request.actor)
    ui.toast(request, _("The list opens with this view.") if wanted else _("The list opens with everything."))
    return ui.go(request, "/views")


@signed_in
@require_POST
@sent_once
def delete(request: ActorRequest, view_id: int) -> HttpResponse:
    delete_view(view_id, actor=request.actor)
    ui.toast(request, _("The view is deleted. The records it showed are untouched."))
    return ui.go(request, "/views")


def _form_page(
    request: ActorRequest,
    type_: RecordType,
    entries: dict[str, str],
    *,
    view: SavedView | None = None,
    errors: dict[str, list[Any]] | None = None,
    status: int = 0,
) -> HttpResponse:
    context = {
        "type": type_,
        "view": view,
        "entries": entries,
        "errors": errors or {},
        "sharings": sharings(request.actor),
        "op": request.POST.get("op_key", "") if errors and not status else "",
    }
    return ui.page(request, "records/view_form.html", context, status=status or (422 if errors else 200))


def number_of(text: str) -> int:
    """-1 for what is no version: then it is stale."""
    return int(text) if text.isdecimal() and len(text) < 9 else -1
