"""Reading the trail: who did what, when, from where. Of personal values the field is named here, never the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base import ui
from guanxi.base.audit import trail
from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.models import Account, Role, Staff, Unit
from guanxi.base.org.web import ActorRequest, needs
from guanxi.base.records.types import RECORD_TYPES

from ..rights import kind_labels
from .sending import day_or_none

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
}
NAMED = {"unit": Unit, "unit_id": Unit, "parent": Unit, "parent_id": Unit, "role": Role, "owner": Staff}


@dataclass(frozen=True)
class Line:
    """`changes` are (field, before, after)."""

    at: datetime
    sentence: str
    about: str
    url: str
    via: str
    address: str
    changes: list[tuple[str, Any, Any]]


@needs("audit", "read")
def read_trail(request: ActorRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:40] for name in ("who", "kind", "day", "before")}
    errors: dict[str, list[Any]] = {}
    try:
        entries = matching(request, asked)
    except Invalid as refused:
        entries, errors = Entry.objects.none(), refused.errors
    page = list(entries.order_by("-id")[: PAGE + 1])
    context = {
        "lines": told(page[:PAGE]),
        "asked": asked,
        "errors": errors,
        "people": [(str(i), name) for i, name in Staff.objects.order_by("pinyin").values_list("id", "name")],
        "kinds": sorted(kind_labels().items()),
        "paging": _paging(asked, page),
        "is_narrowed": any(asked[name] for name in ("who", "kind", "day")),
    }
    return ui.page(request, "ops/trail.html", context)


def matching(request: ActorRequest, asked: dict[str, str]) -> QuerySet[Entry]:
    entries = Entry.objects.all()
    if asked["who"].isdecimal():
        entries = entries.filter(staff_id=int(asked["who"]))
    if asked["kind"]:
        entries = entries.filter(kind=asked["kind"])
    if on := day_or_none(request.GET, "day"):
        entries = entries.filter(at__gte=clock.start_of(on), at__lt=clock.end_of(on))
    if asked["before"].isdecimal() and len(asked["before"]) < 16:
        entries = entries.filter(id__lt=int(asked["before"]))
    return entries


def _paging(asked: dict[str, str], page: Sequence[Entry]) -> ui.Paging:
    kept = {name: value for name, value in asked.items() if value and name != "before"}
    newest = "/settings/trail?" + urlencode(kept)
    older = "/settings/trail?" + urlencode(kept | {"before": page[PAGE - 1].pk}) if len(page) > PAGE else ""
    return ui.Paging(newer=newest if asked["before"] else "", older=older, shown=min(len(page), PAGE))


def latest_about(kind: str, subject_id: int, *, most: int = 8) -> list[Line]:
    return told(Entry.objects.filter(kind=kind, subject_id=subject_id).order_by("-id")[:most])


def told(entries: Iterable[Entry]) -> list[Line]:
    """A few queries for all names on the page, whatever its length."""
    listed = list(entries)
    names = _subject_names(listed)
    known = {model: _names_of(model, listed) for model in set(NAMED.values())}
    return [_line(entry, names, known) for entry in listed]


def _line(entry: Entry, names: dict[tuple[str, int], str], known: dict[Any, dict[int, str]]) -> Line:
    subject = (entry.kind, entry.subject_id or 0)
    label = str(kind_label(entry.kind))
    name = names.get(subject) or (f"#{entry.subject_id}" if entry.subject_id else "")
    changes = [
        (field_label(field), _value(field, pair[0], known), _value(field, pair[1], known))
        for field, pair in entry.changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]
    changes += [(field_label(field), _("hidden"), _("hidden")) for field in entry.personal]
    return Line(
        entry.at, trail.sentence_of(entry), f"{label} {name}".strip(), url_of(entry), entry.via, entry.address, changes
    )


def kind_label(kind: str) -> Any:
    return kind_labels_cached().get(kind, kind)


def kind_labels_cached() -> dict[str, Any]:
    # Labels are lazy texts, so one look at the registries serves every language.
    if not _labels:
        _labels.update(kind_labels())
    return _labels


_labels: dict[str, Any] = {}


def field_label(field: str) -> str:
    return str(FIELDS.get(field, field))


def _value(field: str, value: Any, known: dict[Any, dict[int, str]]) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    model = NAMED.get(field)
    return known[model].get(value, f"#{value}") if model and isinstance(value, int) else value


def _names_of(model: Any, entries: Sequence[Entry]) -> dict[int, str]:
    fields = [field for field, named in NAMED.items() if named is model]
    ids = {value for entry in entries for field in fields for value in _pair(entry, field) if isinstance(value, int)}
    return dict(model.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}


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
    """Only where the record still can be opened; whether this reader may is asked there."""
    if entry.subject_id is None:
        return ""
    places = {"staff": "settings/staff", "unit": "settings/units", "role": "settings/roles"}
    places |= {type_.key: type_.path for type_ in RECORD_TYPES}
    place = places.get(entry.kind)
    return f"/{place}/{entry.subject_id}" if place else ""
