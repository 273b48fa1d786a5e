"""What is kept about whom, how long, and what people are told of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from guanxi.base import ui
from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Unit
from guanxi.base.org.web import ActorRequest, needs, public
from guanxi.base.records.cells import writable

from ..keeping import due
from ..models import ConsentPurpose, PersonRequest, Processor, Wording
from ..shown import Line, lines, told


@needs("privacy", "read")
@require_safe
def inventory(request: ActorRequest) -> HttpResponse:
    if request.GET.get("as") == "csv":
        return _as_csv(actor=request.actor)
    found = list(lines())
    groups = [(about, _tables(group)) for about, group in groupby(found, lambda line: line.about)]
    context = {"groups": groups, "count": len(found), "classes": due()}
    return ui.page(request, "privacy/inventory.html", context)


def _tables(found: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    return [(table, list(group)) for table, group in groupby(found, lambda line: line.table)]


@action("privacy:inventory:exported", _("%(who)s exported the inventory of personal data."))
def _as_csv(*, actor: Actor) -> HttpResponse:
    trail.record(PersonRequest.KIND, None, actor=actor)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [_("Whose"), _("Table"), _("Field"), _("Sort"), _("What for"), _("Basis"), _("Kept"), _("Sensitive")]
    )
    for line in lines():
        labels = [line.labels[name] for name in ("sort", "purpose", "basis", "kept")]
        cells = [line.about, line.table, line.field, *labels, _("yes") if line.held.is_sensitive else ""]
        writer.writerow([writable(str(cell)) for cell in cells])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="inventory.csv"'
    return response


@public
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """For everybody, without signing in: what the inventory says about customers, and how to ask."""
    company = Unit.objects.filter(parent=None).order_by("id").first()
    purposes = ConsentPurpose.objects.filter(is_active=True).order_by("id")
    newest = {w.purpose_id: w for w in Wording.objects.order_by("number")}
    context = {
        "company": company.name if company else "",
        "told": told(),
        "purposes": [(p, newest[p.pk]) for p in purposes if p.pk in newest],
        "processors": Processor.objects.kept().order_by("kind", "name"),
        "version": 1 + sum(w.number - 1 for w in newest.values()),
        "changed_at": max((w.made_at for w in newest.values()), default=None),
    }
    return ui.page(request, "privacy/notice.html", context)
