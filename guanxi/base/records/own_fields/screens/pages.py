"""Settings: the own fields of each record type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.org.web import ActorRequest, needs

from ...types import RECORD_TYPES, RecordType
from ..actions import (
    change_own_field,
    create_own_field,
    move_own_field,
    remove_own_field,
    restore_own_field,
    type_with_own_fields,
)
from ..models import MOST, MOST_SEARCHABLE, FieldKind, OwnField
from ..provider import said
from .sending import OWN_GROUP, read_entry

BLANK_CHOICES = 5
TONES = {"building": "plain", "ready": "done", "failed": "late"}


def types_with_own_fields() -> list[RecordType]:
    return [type_ for type_ in RECORD_TYPES if type_.has_own_fields]


@needs("field", "update")
def own_fields(request: ActorRequest) -> HttpResponse:
    types = types_with_own_fields()
    type_ = next((t for t in types if t.key == request.GET.get("of")), types[0] if types else None)
    if type_ is None:
        raise Missing()
    rows = list(OwnField.objects.filter(kind=type_.key).order_by("position", "id"))
    active = [row for row in rows if row.is_active]
    context = {
        "type": type_,
        "tabs": [
            {"label": t.plural, "href": f"/settings/fields?of={t.key}", "current": t.key == type_.key} for t in types
        ],
        "active": active,
        "removed": [row for row in rows if not row.is_active],
        "places": places_of(type_, rows),
        "labels": {row.pk: said(row.label, row.label_en) for row in rows},
        "tones": TONES,
        "searchable": sum(row.is_searchable for row in active),
        "most": MOST,
        "most_searchable": MOST_SEARCHABLE,
    }
    return ui.page(request, "records/own_fields.html", context)


def places_of(type_: RecordType, rows: list[OwnField]) -> dict[int, Any]:
    sections = {section.key: section.label for section in type_.sections}
    unnamed = _("Further details")
    return {
        row.pk: sections.get(row.section) or (said(row.group, row.group_en) if row.group else unnamed) for row in rows
    }


@needs("field", "update")
def new_own_field(request: ActorRequest, kind: str) -> HttpResponse:
    type_ = type_with_own_fields(kind)
    field_kind = request.POST.get("field_kind") or request.GET.get("field_kind", "")
    if field_kind not in FieldKind.values:
        return ui.page(request, "records/own_field_kinds.html", {"type": type_, "kinds": kinds_explained()})
    row = OwnField(kind=kind, field_kind=field_kind, is_personal=field_kind == FieldKind.PHONE)
    if request.method != "POST":
        return field_form(request, type_, row)
    return _saved(
        request,
        type_,
        row,
        f"field:create:{kind}",
        lambda: create_own_field(kind, field_kind, read_entry(request.POST), actor=request.actor),
    )


@needs("field", "update")
def edit_own_field(request: ActorRequest, field_id: int) -> HttpResponse:
    row = OwnField.objects.filter(id=field_id).first()
    if row is None:
        raise Missing()
    type_ = type_with_own_fields(row.kind)
    if request.method != "POST":
        return field_form(request, type_, row)
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return _saved(
        request,
        type_,
        row,
        f"field:change:{field_id}",
        lambda: change_own_field(field_id, read_entry(request.POST), version=version, actor=request.actor),
    )


def _saved(
    request: ActorRequest, type_: RecordType, row: OwnField, name: str, perform: Callable[[], OwnField]
) -> HttpResponse:
    apart = ("csrfmiddlewaretoken", "op_key")
    payload = {key: request.POST.getlist(key) for key in request.POST if key not in apart}
    try:
        operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name=name,
            payload=payload,
            perform=lambda: {"id": perform().pk},
        )
    except Invalid as problem:
        return field_form(request, type_, row, errors=problem.errors)
    except Refused as problem:
        return field_form(request, type_, row, errors={"": [problem.message]}, status=problem.status)
    ui.toast(request, _("Saved."))
    return ui.go(request, f"/settings/fields?of={type_.key}")


def field_form(
    request: ActorRequest,
    type_: RecordType,
    row: OwnField,
    *,
    errors: dict[str, list[Any]] | None = None,
    status: int = 422,
) -> HttpResponse:
    typed: Any = read_entry(request.POST) if errors is not None else row
    groups = OwnField.objects.filter(kind=type_.key, section="").exclude(group="").values_list("group", flat=True)
    context = {
        "type": type_,
        "row": row,
        "typed": typed,
        "place": typed.section or OWN_GROUP,
        "sections": [*((s.key, s.label) for s in type_.sections), (OWN_GROUP, _("A group of its own"))],
        "groups": sorted(set(groups)),
        "choices": choices_shown(request, row, is_typed=errors is not None),
        "kind_label": FieldKind(row.field_kind).label,
        "may_be_searchable": row.field_kind != FieldKind.LONGTEXT,
        "errors": errors or {},
        "title": said(row.label, row.label_en) if row.pk else _("New own field"),
        "version": request.POST.get("version") if errors is not None else row.version if row.pk else None,
    }
    return ui.page(request, "records/own_field.html", context, status=status if errors else 200)


def choices_shown(request: ActorRequest, row: OwnField, *, is_typed: bool) -> list[dict[str, Any]]:
    """What is there or was typed, and blank rows for more."""
    if is_typed:
        read = read_entry(request.POST).choices
        shown = [{"key": c.key, "label": c.label, "label_en": c.label_en, "is_active": c.is_active} for c in read]
    else:
        shown = list(row.choices)
    blank = {"key": "", "label": "", "label_en": "", "is_active": True}
    return [*shown, *([blank] * BLANK_CHOICES)] if row.field_kind == FieldKind.CHOICE else []


def kinds_explained() -> list[tuple[str, Any, str]]:
    explained = {
        FieldKind.TEXT: _("One line of up to 200 characters."),
        FieldKind.LONGTEXT: _("Several lines, up to 2,000 characters. Cannot be searched."),
        FieldKind.NUMBER: _("A figure, with or without decimals."),
        FieldKind.MONEY: _("An amount with two decimals."),
        FieldKind.DATE: _("A day of the calendar."),
        FieldKind.YESNO: _("Yes, no, or not yet answered."),
        FieldKind.CHOICE: _("One of the values that you name. Boards can be grouped by it."),
        FieldKind.PHONE: _("A phone number; masked for those who may not see it."),
    }
    return [(key, label, explained[FieldKind(key)]) for key, label in FieldKind.choices]


@needs("field", "update")
@require_POST
def move(request: ActorRequest, field_id: int) -> HttpResponse:
    return _pressed(
        request, field_id, lambda: move_own_field(field_id, up=request.POST.get("to") == "up", actor=request.actor)
    )


@needs("field", "update")
@require_POST
def remove(request: ActorRequest, field_id: int) -> HttpResponse:
    answer = _pressed(request, field_id, lambda: remove_own_field(field_id, actor=request.actor))
    ui.toast(request, _("Removed. What records hold in it is kept."))
    return answer


@needs("field", "update")
@require_POST
def restore(request: ActorRequest, field_id: int) -> HttpResponse:
    return _pressed(request, field_id, lambda: restore_own_field(field_id, actor=request.actor))


def _pressed(request: ActorRequest, field_id: int, perform: Callable[[], None]) -> HttpResponse:
    def once() -> dict[str, Any]:
        perform()
        return {}

    try:
        operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name=f"field:press:{request.path}",
            payload={"to": request.POST.get("to", "")},
            perform=once,
        )
    except Invalid as problem:
        raise Refused(" ".join(str(text) for texts in problem.errors.values() for text in texts)) from problem
    row = OwnField.objects.filter(id=field_id).only("kind").first()
    return ui.go(request, f"/settings/fields?of={row.kind}" if row else "/settings/fields")
