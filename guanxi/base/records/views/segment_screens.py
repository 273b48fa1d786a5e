"""Segments (客群): groups of records with a name and a purpose, kept as criteria."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused, Stale
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, signed_in
from guanxi.base.ui.tables import counted

from ..asked import Asked
from ..conditions import understood
from ..criteria import CriteriaError
from ..selection import Selection
from ..types import RecordType
from .access import access_segment, may_share, type_of, types_read
from .actions import change_segment, create_segment, delete_segment
from .building import builder_context
from .models import Segment
from .opening import said_with_place
from .patience import within_seconds
from .screens import number_of
from .sentences import sentence

MOST_SHOWN = 200
ENTRIES = ("name", "purpose", "where", "version")


@signed_in
@require_GET
def segments(request: ActorRequest) -> HttpResponse:
    types = {type_.key: type_ for type_ in types_read(request.actor)}
    rows = Segment.objects.filter(kind__in=types).order_by("kind", "name")[:MOST_SHOWN]
    context = {
        "rows": [_row(request, segment, types[segment.kind]) for segment in rows],
        "may_change": may_share(request.actor),
        "types": list(types.values()),
    }
    return ui.page(request, "records/segments.html", context)


def _row(request: ActorRequest, segment: Segment, type_: RecordType) -> dict[str, Any]:
    try:
        found = understood(type_, segment.criteria, request.actor)
        said, problem = sentence(found.asked, found.fields), ""
    except CriteriaError as unreadable:
        said, problem = segment.criteria, said_with_place(unreadable)
    words = {"where": f"segment({segment.pk})"}
    return {
        "segment": segment,
        "type": type_,
        "said": said,
        "problem": problem,
        "href": f"/{type_.path}?{urlencode(words | {'view': 'all'})}",
        "export": f"/{type_.path}/export?{urlencode(words)}" if may(request.actor, type_.key, "export") else "",
    }


@signed_in
@require_GET
def count(request: ActorRequest, segment_id: int) -> HttpResponse:
    """A part of the page: each figure is fetched by itself, so that a slow one holds up no other."""
    segment = access_segment(request.actor, segment_id)
    type_ = type_of(segment.kind, request.actor)
    asked = Asked.of(type_, {"where": f"segment({segment.pk})"})
    try:
        with within_seconds():
            said = counted(Selection.of(type_, asked, request.actor).count(most=10_000))
    except CriteriaError:
        said = "–"
    except Refused as slow:
        said = str(slow.message)
    return ui.page(request, "records/segment_count.html", {"said": said})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_segment(request: ActorRequest) -> HttpResponse:
    if not may_share(request.actor):
        raise NotAllowed()
    given = request.POST if request.method == "POST" else request.GET
    type_ = type_of(given.get("kind", ""), request.actor)
    entries = {key: given.get(key, "") for key in ENTRIES}
    if request.method != "POST":
        return _form_page(request, type_, entries)
    try:
        answer = operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name="records:segment:create",
            payload=entries | {"kind": type_.key},
            perform=lambda: {
                "id": create_segment(
                    type_,
                    name=entries["name"],
                    purpose=entries["purpose"],
                    criteria=entries["where"],
                    actor=request.actor,
                ).pk
            },
        )
    except Invalid as problem:
        return _form_page(request, type_, entries, errors=problem.errors)
    ui.toast(request, _("The segment is saved."), href=f"/segments/{answer.data['id']}", link=_("Look at it"))
    return ui.go(request, "/segments")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit_segment(request: ActorRequest, segment_id: int) -> HttpResponse:
    segment = access_segment(request.actor, segment_id, to="update")
    type_ = type_of(segment.kind, request.actor)
    entries = {
        "name": segment.name,
        "purpose": segment.purpose,
        "where": segment.criteria,
        "version": str(segment.version),
    }
    if request.method != "POST":
        return _form_page(request, type_, entries, segment=segment)
    entries = {key: request.POST.get(key, "") for key in ENTRIES}
    try:
        operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name=f"records:segment:change:{segment.pk}",
            payload=entries,
            perform=lambda: {
                "id": change_segment(
                    segment.pk,
                    type_=type_,
                    name=entries["name"],
                    purpose=entries["purpose"],
                    criteria=entries["where"],
                    version=number_of(entries["version"]),
                    actor=request.actor,
                ).pk
            },
        )
    except Invalid as problem:
        return _form_page(request, type_, entries, segment=segment, errors=problem.errors)
    except Stale as conflict:
        entries["version"] = str(conflict.version)
        said = _("Someone else changed this segment meanwhile. Save again to keep what you entered.")
        return _form_page(request, type_, entries, segment=segment, errors={"": [said]}, status=409)
    ui.toast(request, _("The segment is saved."))
    return ui.go(request, "/segments")


@signed_in
@require_POST
@sent_once
def delete(request: ActorRequest, segment_id: int) -> HttpResponse:
    delete_segment(segment_id, actor=request.actor)
    ui.toast(request, _("The segment is deleted. The records in it are untouched."))
    return ui.go(request, "/segments")


def _form_page(
    request: ActorRequest,
    type_: RecordType,
    entries: dict[str, str],
    *,
    segment: Segment | None = None,
    errors: dict[str, list[Any]] | None = None,
    status: int = 0,
) -> HttpResponse:
    context = {
        **builder_context(type_, entries["where"], request.actor),
        "segment": segment,
        "entries": entries,
        "errors": errors or {},
        "op": request.POST.get("op_key", "") if errors and not status else "",
    }
    return ui.page(request, "records/segment_form.html", context, status=status or (422 if errors else 200))
