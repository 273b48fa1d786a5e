"""Creating and editing one record. Sent twice it is saved once; saved meanwhile by another, the person decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, Stale
from guanxi.base.org.web import ActorRequest

from ..reveal import reveals
from ..types import Field, RecordType
from ..values import Read, read_form, shown, written

INPUT_KINDS = {"longtext": "textarea", "phone": "tel", "yesno": "checkbox", "choice": "select", "money": "text"}


def new_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest) -> HttpResponse:
        if request.method != "POST":
            return form_page(request, type_, typed=defaults_of(type_) | dict(request.GET.items()))
        read = read_form(type_, request.POST)
        if read.errors:
            return form_page(request, type_, typed=read.typed, errors=read.errors)
        try:
            answer = operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"{type_.key}:create",
                payload=read.typed,
                same_within=operations.WAY_BACK,
                perform=lambda: {"id": type_.create(read.values, actor=request.actor).pk},  # type: ignore[misc]  # only types with create get this view
            )
        except Invalid as problem:
            return form_page(request, type_, typed=read.typed, errors=problem.errors)
        ui.toast(request, _("This was saved already.") if answer.repeated else _("Saved."))
        return ui.go(request, f"/{type_.path}/{answer.data['id']}")

    return view


def edit_view(type_: RecordType) -> Callable[..., HttpResponse]:
    def view(request: ActorRequest, record_id: int) -> HttpResponse:
        record = type_.access(request.actor, record_id, to="update")
        if request.method != "POST":
            return form_page(request, type_, record=record, typed=typed_of(type_, record))
        read = without_masked(type_, request, record, read_form(type_, request.POST))
        read = without_untouched(type_, record, read)
        version = request.POST.get("version", "")
        if read.errors or not version.isdecimal() or len(version) > 9:
            return form_page(request, type_, record=record, typed=read.typed, errors=read.errors)
        try:
            operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"{type_.key}:change:{record_id}",
                payload=read.typed | {"version": version},
                perform=lambda: {
                    "id": type_.change(record_id, read.values, version=int(version), actor=request.actor).pk  # type: ignore[misc]  # as above
                },
            )
        except Invalid as problem:
            return form_page(request, type_, record=record, typed=read.typed, errors=problem.errors)
        except Stale as conflict:
            return conflict_page(request, type_, record_id, read, conflict)
        ui.toast(request, _("Saved."))
        return ui.go(request, f"/{type_.path}/{record_id}")

    return view


def without_masked(type_: RecordType, request: ActorRequest, record: Any, read: Read) -> Read:
    """Whoever sees a masked value cannot have changed it: what came back for it is left alone."""
    if reveals(request.actor, type_.key, record, type_.owner, type_.unit):
        return read
    for entry in type_.typed_in:
        if entry.is_personal:
            read.values.pop(entry.key, None)
            read.errors.pop(entry.key, None)
    return read


def without_untouched(type_: RecordType, record: Any, read: Read) -> Read:
    """Own fields are required of new records only, and old choices may stay: what was untouched is let be."""
    for entry in type_.typed_in:
        if entry.is_own and read.typed.get(entry.key) == as_typed(entry, entry.value_of(record)):
            read.values.pop(entry.key, None)
            read.errors.pop(entry.key, None)
    return read


def defaults_of(type_: RecordType) -> dict[str, str]:
    """What an empty form begins with: the defaults of the model."""
    fields = [type_.model._meta.get_field(f.key) for f in type_.typed_in if not f.is_own]
    return {field.name: written(field.get_default()) for field in fields if field.has_default()}


def typed_of(type_: RecordType, record: Any) -> dict[str, str]:
    return {f.key: as_typed(f, f.value_of(record)) for f in type_.typed_in}


def as_typed(entry: Field, value: Any) -> str:
    """An own yes or no may also be unanswered, so it is a choice of two, not a box."""
    if entry.is_own and entry.kind == "yesno":
        return "" if value in (None, "") else "yes" if value else "no"
    return written(value)


def form_page(
    request: ActorRequest,
    type_: RecordType,
    *,
    record: Any = None,
    typed: dict[str, str],
    errors: dict[str, list[Any]] | None = None,
    conflict: dict[str, Any] | None = None,
    version: int | None = None,
    title: str = "",
    back: str = "",
    back_label: str = "",
    status: int = 0,
) -> HttpResponse:
    may_see = record is None or reveals(request.actor, type_.key, record, type_.owner, type_.unit)
    fields = {f.key: f for f in type_.typed_in}
    context = {
        "type": type_,
        "record": record,
        "typed": typed,
        "errors": errors or {},
        "labels": {f.key: f.label for f in type_.all_fields},
        "sections": [(s, [fields[key] for key in s.fields if key in fields]) for s in type_.all_sections],
        "kinds": INPUT_KINDS,
        "may_see": may_see,
        "masked": {} if may_see else {f.key: shown(f, typed.get(f.key), may_reveal=False) for f in type_.typed_in},
        "conflict": conflict,
        "version": version or getattr(record, "version", None),
        "title": title or (type_.title(record) if record else type_.new_label),
        "back": back or (f"/{type_.path}/{record.pk}" if record else f"/{type_.path}"),
        "back_label": back_label or (type_.title(record) if record else type_.plural),
        "op": request.POST.get("op_key", "") if errors else "",
    }
    return ui.page(request, "records/form.html", context, status=status or (422 if errors else 200))


def conflict_page(
    request: ActorRequest, type_: RecordType, record_id: int, read: Read, conflict: Stale
) -> HttpResponse:
    """The second of two editors sees what changed meanwhile and decides field by field; saving again then holds."""
    record = type_.access(request.actor, record_id, to="update")
    rows = [
        {
            "name": key,
            "label": type_.field(key).label,
            "mine": shown(type_.field(key), mine),
            "theirs": shown(type_.field(key), theirs),
            "theirs_raw": as_typed(type_.field(key), theirs),
        }
        for key, (theirs, mine) in conflict.theirs.items()
    ]
    return form_page(
        request,
        type_,
        record=record,
        typed=typed_of(type_, record) | read.typed,
        conflict={"rows": rows, "changed_by": conflict.changed_by},
        version=conflict.version,
        status=409,
    )
