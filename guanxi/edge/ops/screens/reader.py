"""The auditor's page: the whole trail by who, what, which record and when, page by key, and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.base import ui
from guanxi.base.audit import trail
from guanxi.base.audit.models import Entry, Seal, Unsealed
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.models import Staff
from guanxi.base.org.web import ActorRequest, needs
from guanxi.base.records.cells import harmless

from ..auditing import export_trail
from ..rights import kind_labels
from .sending import day_or_none
from .trail import PAGE, told

ASKED = ("who", "kind", "action", "record", "since", "until", "before")
ROWS_AT_ONCE = 1000


@needs("audit", "read")
@require_GET
def read_trail(request: ActorRequest) -> HttpResponse:
    asked, errors = asked_of(request.GET), {}
    try:
        entries = matching(request.GET, asked)
    except Invalid as refused:
        entries, errors = Entry.objects.none(), refused.errors
    waits = Exists(Unsealed.objects.filter(entry_id=OuterRef("id")))
    page = list(entries.annotate(waits=waits).order_by("-id")[: PAGE + 1])
    shown = page[:PAGE]
    context = {
        "lines": list(zip(told(shown), [not entry.waits for entry in shown], strict=True)),
        "asked": asked,
        "errors": errors,
        "people": [(str(i), name) for i, name in Staff.objects.order_by("pinyin").values_list("id", "name")],
        "kinds": sorted(kind_labels().items()),
        "actions": action_labels(),
        "paging": _paging(asked, page),
        "is_narrowed": any(value for name, value in asked.items() if name != "before"),
        "seal": Seal.objects.order_by("-number").values("number", "at", "digest", "total").first(),
        "words": urlencode({name: value for name, value in asked.items() if value and name != "before"}),
        "free": settings.EXPORT_WITHOUT_PERMIT,
    }
    return ui.page(request, "ops/trail.html", context)


def asked_of(given: QueryDict) -> dict[str, str]:
    asked = {name: given.get(name, "").replace("\0", "").strip()[:80] for name in ASKED}
    # One day, as links from elsewhere ask for it.
    day = given.get("day", "").strip()[:10]
    return asked | ({"since": day, "until": day} if day else {})


def matching(given: QueryDict, asked: dict[str, str]) -> QuerySet[Entry]:
    """Conditions that an index answers each: by person, by record, by action; days lie together in the table."""
    entries = Entry.objects.all()
    for name, field in (("who", "staff_id"), ("record", "subject_id")):
        if number := _number(asked[name], name):
            entries = entries.filter(**{field: number})
    for name, field in (("kind", "kind"), ("action", "name")):
        if asked[name]:
            entries = entries.filter(**{field: asked[name]})
    days = QueryDict(mutable=True)
    days.update({"since": asked["since"], "until": asked["until"]})
    if since := day_or_none(days, "since"):
        entries = entries.filter(at__gte=clock.start_of(since))
    if until := day_or_none(days, "until"):
        entries = entries.filter(at__lt=clock.end_of(until))
    if before := _number(asked["before"], "before"):
        entries = entries.filter(id__lt=before)
    return entries


def _number(text: str, name: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Invalid({name: [_("Enter the number of the record, such as 12.")]})
    return int(text)


def action_labels() -> list[tuple[str, str]]:
    names = [(name.key, str(name.sentence) % {"who": "…", "count": "…"}) for name in trail.NAMES]
    return sorted(names, key=lambda pair: pair[1])


def _paging(asked: dict[str, str], page: Sequence[Entry]) -> ui.Paging:
    kept = {name: value for name, value in asked.items() if value and name != "before"}
    newest = "/settings/trail?" + urlencode(kept)
    older = "/settings/trail?" + urlencode(kept | {"before": page[PAGE - 1].pk}) if len(page) > PAGE else ""
    return ui.Paging(newer=newest if asked["before"] else "", older=older, shown=min(len(page), PAGE))


@needs("audit", "read")
@require_POST
def export(request: ActorRequest) -> StreamingHttpResponse:
    """As filtered; more rows than are free want somebody's permission (records/exports asks the same of lists)."""
    asked = asked_of(request.POST)
    entries = matching(request.POST, asked | {"before": ""})
    purpose = request.POST.get("purpose", "")
    words = {name: value for name, value in asked.items() if value}
    last = export_trail(entries, words, purpose=purpose, actor=request.actor)
    response = StreamingHttpResponse(_file(entries.filter(id__lte=last)), content_type="text/csv; charset=utf-8")
    name = f"trail-{clock.today():%Y%m%d}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _file(entries: QuerySet[Entry]) -> Iterator[bytes]:
    """With a mark at the beginning, by which spreadsheets know the encoding. Personal values are no part of it."""
    heads = [_("Number"), _("When"), _("Who"), _("What"), _("From where"), _("Record"), _("Changes")]
    yield b"\xef\xbb\xbf" + _lines([heads])
    below = entries
    while rows := list(below.order_by("-id")[:ROWS_AT_ONCE]):
        lines = told(rows)
        yield _lines([_cells(entry, line) for entry, line in zip(rows, lines, strict=True)])
        below = entries.filter(id__lt=rows[-1].pk)


def _cells(entry: Entry, line: Any) -> list[str]:
    changes = json.dumps(entry.changes, ensure_ascii=False) if entry.changes else ""
    at = entry.at.astimezone(clock.ZONE).isoformat(timespec="seconds")
    return [str(entry.pk), at, entry.who, line.sentence, line.place, line.about, changes]


def _lines(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
