"""The way of a step for many records: rows ticked, entries, preview, progress, result. One address shows them all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations, trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest, signed_in

from ..cells import harmless
from ..criteria import CriteriaError
from ..screens.forms import INPUT_KINDS
from ..selection import Selection
from ..types import RECORD_TYPES, RecordType
from ..views.opening import open_list
from . import actions, shown
from .access import access_bulk_run
from .models import BulkItem, BulkRun
from .problems import say
from .running import parts_of, values_of
from .steps import steps_for

BOM = "\ufeff"
LEFT_OUT = (BulkItem.REFUSED, BulkItem.SAME)
KINDS = INPUT_KINDS | {"staff": "person", "unit": "select"}


@signed_in
@require_POST
@sent_once
def begin(request: ActorRequest) -> HttpResponse:
    """From the list: the rows ticked, or all that match what its address asks."""
    type_ = RECORD_TYPES.find(request.POST.get("kind", ""))
    steps = steps_for(type_.key, request.actor) if type_ else []
    step = next((s for s in steps if s.key == request.POST.get("step")), None)
    if type_ is None or step is None:
        raise Missing()
    opened = open_list(type_, QueryDict(request.POST.get("asked", "")), request.actor)
    asked, back = opened.asked, opened.asked.address(type_)
    if opened.broken:
        # The list shows nothing then; without what its view names that is gone, all of them would be meant.
        ui.toast(request, " ".join(opened.broken), tone="late")
        return ui.go(request, back)
    try:
        everything = Selection.of(type_, asked, request.actor, verb=step.verb) if request.POST.get("all") else None
        chosen = ticked(request) if everything is None else everything
        run = actions.choose_records(step, type_, chosen, asked=back, actor=request.actor)
        if not step.fields(request.actor):
            actions.look_at(run.pk, {}, actor=request.actor)
    except (Invalid, CriteriaError) as problem:
        text = problem.errors[""][0] if isinstance(problem, Invalid) else str(problem)
        ui.toast(request, text, tone="late")
        return ui.go(request, back)
    return ui.go(request, reverse("records:bulk-run", args=[run.pk]))


def ticked(request: ActorRequest) -> list[int]:
    return [int(text) for text in request.POST.getlist("pick") if text.isdecimal() and len(text) < 18][: actions.MOST]


@signed_in
@require_GET
def bulk_runs(request: ActorRequest) -> HttpResponse:
    """The way back to what goes on in the background, and to what can still be taken back."""
    return ui.page(request, "records/bulk_runs.html", {"table": shown.runs_table(request.actor)})


@signed_in
@require_GET
def bulk_run(request: ActorRequest, run_id: int) -> HttpResponse:
    run = access_bulk_run(request.actor, run_id)
    if run.has_ended and ui.is_htmx(request):
        # The watching progress bar learns here that the result is ready.
        return ui.go(request, request.path)
    if run.state == BulkRun.CHOSEN and (not run.is_checked or request.GET.get("step") == "entries"):
        return entries_page(request, run)
    return run_page(request, run)


@signed_in
@require_POST
@sent_once
def preview(request: ActorRequest, run_id: int) -> HttpResponse:
    run = access_bulk_run(request.actor, run_id)
    try:
        actions.look_at(run.pk, request.POST.dict(), actor=request.actor)
    except Invalid as problem:
        return entries_page(request, run, typed=request.POST.dict(), errors=problem.errors)
    return ui.go(request, reverse("records:bulk-run", args=[run.pk]))


@signed_in
@require_POST
def confirm(request: ActorRequest, run_id: int) -> HttpResponse:
    perform_once(request, f"bulk:confirm:{run_id}", lambda: actions.confirm(run_id, actor=request.actor))
    return ui.go(request, reverse("records:bulk-run", args=[run_id]))


@signed_in
@require_POST
def undo(request: ActorRequest, run_id: int) -> HttpResponse:
    perform_once(request, f"bulk:undo:{run_id}", lambda: actions.take_back(run_id, actor=request.actor))
    return ui.go(request, reverse("records:bulk-run", args=[run_id]))


@signed_in
@require_POST
@sent_once
def stop(request: ActorRequest, run_id: int) -> HttpResponse:
    run = actions.stop(run_id, actor=request.actor)
    ui.toast(request, _("Stopped. What was finished stays.") if run.has_ended else _("Stopping."))
    return ui.go(request, reverse("records:bulk-run", args=[run_id]))


@signed_in
@require_GET
def refused(request: ActorRequest, run_id: int) -> StreamingHttpResponse:
    run = fetch_refused(run_id, actor=request.actor)
    _step, type_ = parts_of(run)
    response = StreamingHttpResponse(refused_csv(run, type_, request.actor), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="left-out-{run.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@action("records:bulk:refused_fetched", gettext_lazy("%(who)s downloaded which records a step left out."))
def fetch_refused(run_id: int, *, actor: Actor) -> BulkRun:
    """Names leave the system here, so it is in the trail."""
    run = access_bulk_run(actor, run_id)
    trail.record(BulkRun.KIND, run.pk, actor=actor, changes={"step": [None, run.step]})
    return run


def refused_csv(run: BulkRun, type_: RecordType, actor: Actor) -> Iterator[str]:
    yield BOM + _line([str(type_.label), _("Reason"), _("Address")])
    outcomes = (*LEFT_OUT, BulkItem.KEPT)
    for title, reason, record_id in shown.refused_rows(run, type_, actor, outcomes=outcomes):
        yield _line([title, reason, f"/{type_.path}/{record_id}"])


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()


def perform_once(request: ActorRequest, name: str, perform: Any) -> None:
    key = request.POST.get("op_key", "")
    operations.once(key, actor=request.actor, name=name, payload={}, perform=lambda: {"id": perform().pk})


def entries_page(
    request: ActorRequest,
    run: BulkRun,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, list[Any]] | None = None,
) -> HttpResponse:
    step, type_ = parts_of(run)
    fields = list(step.fields(request.actor))
    context = {
        "run": run,
        "step": step,
        "type": type_,
        "back": run.asked or f"/{type_.path}",
        "fields": fields,
        "kinds": KINDS,
        "typed": run.typed if typed is None else typed,
        "errors": errors or {},
        "labels": {f.key: f.label for f in fields},
    }
    return ui.page(request, "records/bulk_entries.html", context, status=422 if errors else 200)


def run_page(request: ActorRequest, run: BulkRun) -> HttpResponse:
    step, type_ = parts_of(run)
    left_out = (BulkItem.KEPT,) if run.is_undo else LEFT_OUT
    changed = BulkItem.UNDONE if run.is_undo else BulkItem.CHANGED
    context = {
        "run": run,
        "step": step,
        "type": type_,
        "back": run.asked or f"/{type_.path}",
        "figures": shown.figures(run),
        "sentence": sentence_of(run, request.actor),
        "sample": None
        if run.is_under_way
        else shown.sample(run, type_, request.actor, outcome=changed if run.has_ended else BulkItem.WAITING),
        "left_out": [
            row[:2]
            for row in shown.refused_rows(run, type_, request.actor, outcomes=left_out, most=shown.REFUSED_SHOWN)
        ],
        "left_out_count": run.items.filter(outcome__in=left_out).count(),
        "may_undo": actions.may_undo(run),
        "waiting": run.items.filter(outcome=BulkItem.WAITING).count() if run.state == BulkRun.CHOSEN else 0,
        "problem": say(run.problem),
        "at_once": actions.AT_ONCE,
    }
    return ui.page(request, "records/bulk.html", context)


def sentence_of(run: BulkRun, actor: Actor) -> Any:
    step, _type = parts_of(run)
    try:
        return step.sentence(values_of(list(step.fields(actor)), run.typed))
    except Refused:
        return ""
