"""Reading the trail: who did what, when, from where. Of personal values the field is named here, never the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base.audit import trail
from guanxi.base.audit.models import Entry, Item
from guanxi.base.org.models import Account, Post, Role, Staff, Unit
from guanxi.base.org.scopes import may
from guanxi.base.records.types import RECORD_TYPES
from guanxi.base.ui import current
from guanxi.core.documents.models import Label
from guanxi.core.rulebooks.models import CatchUp

from ..rights import kind_labels

PAGE = 50
FIELDS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "phone": gettext_lazy("Phone"),
    "number": gettext_lazy("Staff number"),
    "joined_on": gettext_lazy("Joined on"),
    "left_on": gettext_lazy("Left on"),
    "login": gettext_lazy("Login name"),
    "unit": gettext_lazy("Unit"),
    "unit_id": gettext_lazy("Unit"),
    "role": gettext_lazy("Role"),
    "superior": gettext_lazy("Superior"),
    "owner": gettext_lazy("Owner"),
    "parent_id": gettext_lazy("Lies below"),
    "starts_on": gettext_lazy("From"),
    "ends_on": gettext_lazy("Until"),
    "closed_on": gettext_lazy("Closed on"),
    "is_active": gettext_lazy("Open"),
    "reason": gettext_lazy("Reason"),
    "why": gettext_lazy("Reason"),
    "state": gettext_lazy("State"),
    "status": gettext_lazy("Status"),
    "language": gettext_lazy("Language"),
    "code": gettext_lazy("Code"),
    "region": gettext_lazy("Region"),
    "kind": gettext_lazy("Kind"),
    "version": gettext_lazy("Version"),
    "count": gettext_lazy("Count"),
    "purpose": gettext_lazy("Purpose"),
    "format": gettext_lazy("File"),
    "file": gettext_lazy("File"),
    "file_name": gettext_lazy("File name"),
    "audience": gettext_lazy("Made for"),
    "list": gettext_lazy("List"),
    "print_number": gettext_lazy("Print number"),
    "copy_number": gettext_lazy("Code of the copy"),
    "due_on": gettext_lazy("Deadline"),
    "assignee": gettext_lazy("Assignee"),
    "to": gettext_lazy("Recipient"),
    "given_to": gettext_lazy("Given to"),
    "note": gettext_lazy("Note"),
    "deceased_on": gettext_lazy("Died on"),
    "is_do_not_disturb": gettext_lazy("Do not disturb"),
    "may_write": gettext_lazy("May change records, not only read"),
    "year": gettext_lazy("Year"),
    "days": gettext_lazy("Days"),
    "result": gettext_lazy("Result"),
    "customer": gettext_lazy("Customer"),
    "borrower": gettext_lazy("Borrower"),
    "concerned": gettext_lazy("Person concerned"),
    "day": gettext_lazy("Day"),
    "counts": gettext_lazy("Figures"),
    "step": gettext_lazy("Step"),
    "refused": gettext_lazy("Refused"),
    "unit_ids": gettext_lazy("Units"),
    "effective_on": gettext_lazy("In force from"),
    "anchors_from": gettext_lazy("Count earlier events from"),
    "catch_up": gettext_lazy("Steps whose time is over"),
    "email": gettext_lazy("E-mail"),
    "leaves_on": gettext_lazy("Last working day"),
    "receiver": gettext_lazy("Receiver"),
    "received": gettext_lazy("Received"),
    "provider": gettext_lazy("Kind"),
    "address": gettext_lazy("Webhook address"),
    "secret": gettext_lazy("Secret of the signature"),
    "digest_at": gettext_lazy("Daily digest at"),
    "late_alerts": gettext_lazy("Late alerts"),
    "digest": gettext_lazy("Daily digest"),
    "late": gettext_lazy("Late alerts"),
}
NAMES_OF: dict[str, Any] = {
    "unit": gettext_lazy("Unit name"),
    "role": gettext_lazy("Role name"),
    "token": gettext_lazy("Token name"),
}
NAMED: dict[str, Any] = {
    "unit": Unit,
    "unit_id": Unit,
    "parent": Unit,
    "parent_id": Unit,
    "role": Role,
    "owner": Staff,
    "assignee": Staff,
    "receiver": Staff,
    "borrower": Staff,
    "concerned": Staff,
}
VALUES: dict[str, dict[str, Any]] = {
    "language": dict(settings.LANGUAGES),
    "catch_up": dict(CatchUp.choices),
    "file": dict(Label.choices),
}
VIA = {"api": gettext_lazy("API"), "system": gettext_lazy("By itself"), "command": gettext_lazy("Command line")}


@dataclass(frozen=True)
class Line:
    """`changes` are (field, before, after); `place` is the address it came from, or by which way."""

    at: datetime
    sentence: str
    about: str
    url: str
    place: str
    changes: list[tuple[str, Any, Any]]


def latest_about(kind: str, subject_id: int, *, most: int = 8) -> list[Line]:
    return told(Entry.objects.filter(kind=kind, subject_id=subject_id).order_by("-id")[:most])


def told(entries: Iterable[Entry]) -> list[Line]:
    """A few queries for all names on the page, whatever its length."""
    listed = list(entries)
    names = Names(
        kinds=kind_labels(),
        subjects=_subject_names(listed),
        known={model: _names_of(model, listed) for model in set(NAMED.values())} | {Post: _post_names(listed)},
        items=_item_counts(listed),
    )
    return [_line(entry, names) for entry in listed]


@dataclass(frozen=True)
class Names:
    """All that the entries of one page speak of, looked up together."""

    kinds: dict[str, Any]
    subjects: dict[tuple[str, int], str]
    known: dict[Any, dict[int, str]]
    items: dict[int, int]


def _line(entry: Entry, names: Names) -> Line:
    changes = [
        (
            field_label(entry.kind, field),
            _value(entry.kind, field, pair[0], names),
            _value(entry.kind, field, pair[1], names),
        )
        for field, pair in entry.changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]
    changes += [(field_label(entry.kind, field), _("hidden"), _("hidden")) for field in entry.personal]
    place = entry.address or str(VIA.get(entry.via, ""))
    return Line(entry.at, trail.sentence_of(entry), _about(entry, names), url_of(entry), place, changes)


def _about(entry: Entry, names: Names) -> str:
    """客户 #12, 员工 邱远, or how many a batch touched."""
    label = str(names.kinds.get(entry.kind, entry.kind))
    if entry.subject_id:
        return f"{label} {names.subjects.get((entry.kind, entry.subject_id)) or f'#{entry.subject_id}'}"
    count = names.items.get(entry.pk)
    return f"{label} × {count}" if count else label


def _item_counts(entries: Sequence[Entry]) -> dict[int, int]:
    heads = [entry.pk for entry in entries if entry.subject_id is None]
    rows = Item.objects.filter(entry_id__in=heads).values_list("entry_id").annotate(count=Count("id"))
    return dict(rows) if heads else {}


def field_label(kind: str, field: str) -> str:
    type_ = RECORD_TYPES.find(kind)
    declared = {entry.key: entry.label for entry in type_.fields} if type_ else {}
    named = NAMES_OF.get(kind) if field == "name" else None
    return str(declared.get(field) or named or FIELDS.get(field, field))


def _value(kind: str, field: str, value: Any, names: Names) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if (model := Post if field == "superior" else NAMED.get(field)) and isinstance(value, int):
        return names.known[model].get(value, f"#{value}")
    if isinstance(value, list):
        return _(", ").join(names.known[Unit].get(i, f"#{i}") if field == "unit_ids" else str(i) for i in value)
    return words_for(kind, field).get(value, value) if isinstance(value, str) else value


def words_for(kind: str, field: str) -> dict[str, Any]:
    """What the stored keys of a field are called: its choices, wherever they are declared."""
    if field in VALUES:
        return VALUES[field]
    type_ = RECORD_TYPES.find(kind)
    options = [dict(entry.options()) for entry in type_.fields if entry.key == field] if type_ else []
    if options and options[0]:
        return options[0]
    models = [model for model in apps.get_models() if getattr(model, "KIND", "") == kind]
    declared = [f for model in models for f in model._meta.concrete_fields if f.name == field and f.choices]
    return {str(key): label for key, label in declared[0].flatchoices} if declared else {}


def _names_of(model: Any, entries: Sequence[Entry]) -> dict[int, str]:
    fields = [field for field, named in NAMED.items() if named is model]
    ids = {value for entry in entries for field in fields for value in _pair(entry, field) if isinstance(value, int)}
    return dict(model.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}


def _post_names(entries: Sequence[Entry]) -> dict[int, str]:
    ids = {value for entry in entries for value in _pair(entry, "superior") if isinstance(value, int)}
    return dict(Post.objects.filter(id__in=ids).values_list("id", "staff__name")) if ids else {}


def _pair(entry: Entry, field: str) -> list[Any]:
    pair = entry.changes.get(field)
    return pair if isinstance(pair, list) else []


def _subject_names(entries: Sequence[Entry]) -> dict[tuple[str, int], str]:
    """Of the organisation only: a customer's name is not the trail's to show."""
    names: dict[tuple[str, int], str] = {}
    for kind, model, field in (
        ("staff", Staff, "name"),
        ("unit", Unit, "name"),
        ("role", Role, "name"),
        ("account", Account, "login"),
    ):
        ids = {entry.subject_id for entry in entries if entry.kind == kind and entry.subject_id}
        rows = model.objects.filter(id__in=ids).values_list("id", field) if ids else []
        names |= {(kind, i): str(name) for i, name in rows}
    return names


def url_of(entry: Entry) -> str:
    """Only where the reader's role opens such records; whether it opens this one is asked there."""
    reader = current.actor()
    if entry.subject_id is None or reader is None or not may(reader, entry.kind, "read"):
        return ""
    places = {"staff": "settings/staff", "unit": "settings/units", "role": "settings/roles"}
    places |= {type_.key: type_.path for type_ in RECORD_TYPES}
    place = places.get(entry.kind)
    return f"/{place}/{entry.subject_id}" if place else ""
