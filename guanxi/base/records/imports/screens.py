"""The way of a file: upload, columns, questions, progress, result. One address shows the step a run is at."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, NotAllowed
from guanxi.base.org.web import ActorRequest, signed_in

from . import shown, uploads
from .access import access_run, kinds_for, runs_of
from .actions import choose_columns, fetch_refused, start_import, stop_import, upload_file
from .decoding import ENCODINGS, NotReadable
from .kinds import KINDS
from .models import ImportRun
from .people import REFUSE
from .report import refused_csv

NEWEST = 30


@csrf_exempt
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: ActorRequest) -> HttpResponse:
    """Exempt only because the size is looked at before the body is read; `_upload` below asks for the token itself."""
    if not kinds_for(request.actor):
        raise NotAllowed()
    if request.method != "POST":
        return _imports_page(request)
    if uploads.announces_too_much(request):
        uploads.read_away(request)
        return _imports_page(request, errors={"file": [_too_large()]})
    return _upload(request, uploads.limit(request))


@csrf_protect
def _upload(request: ActorRequest, handler: uploads.LimitedUpload) -> HttpResponse:
    kind = next((kind for kind in kinds_for(request.actor) if kind.key == request.POST.get("kind")), None)
    file = request.FILES.get("file")
    if handler.is_too_large:
        return _imports_page(request, errors={"file": [_too_large()]})
    if kind is None or file is None:
        return _imports_page(request, errors={"file": [_("Choose a file first.")]})
    try:
        answer = operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name="import:upload",
            payload={"name": file.name, "size": file.size, "kind": kind.key},
            perform=lambda: {
                "id": upload_file(
                    file.file, name=file.name or "", size=file.size or 0, kind=kind, actor=request.actor
                ).pk
            },
        )
    except NotReadable as refused:
        return _imports_page(request, errors={"file": [refused.message]})
    return ui.go(request, reverse("records:import", args=[answer.data["id"]]))


def _too_large() -> str:
    return _("The file is larger than %(limit)s MB. Split it into several files.") % {
        "limit": settings.IMPORT_MAX_BYTES // 1024 // 1024
    }


def _imports_page(request: ActorRequest, *, errors: dict[str, list[Any]] | None = None) -> HttpResponse:
    kinds = kinds_for(request.actor)
    context = {
        "kinds": kinds,
        "kind_options": [(kind.key, kind.label) for kind in kinds],
        "runs": shown.runs_table(list(runs_of(request.actor)[:NEWEST])),
        "errors": errors or {},
        "limit": settings.IMPORT_MAX_BYTES,
    }
    return ui.page(request, "records/imports.html", context, status=422 if errors else 200)


@signed_in
@require_GET
def one_import(request: ActorRequest, run_id: int) -> HttpResponse:
    run = access_run(request.actor, run_id)
    if run.state == ImportRun.UPLOADED or (run.state == ImportRun.MAPPED and request.GET.get("step") == "columns"):
        return _columns_page(request, run, encoding=request.GET.get("as", ""))
    if run.state == ImportRun.MAPPED:
        return _questions_page(request, run)
    if run.has_ended and ui.is_htmx(request):
        # The watching progress bar learns here that the result is ready.
        return ui.go(request, request.path)
    return ui.page(request, "records/import_result.html", shown.result(run))


@signed_in
@require_POST
def columns(request: ActorRequest, run_id: int) -> HttpResponse:
    asked = {
        name.removeprefix("map-"): int(value)
        for name, value in request.POST.items()
        if name.startswith("map-") and str(value).isdecimal() and len(str(value)) < 18
    }
    encoding = request.POST.get("encoding", "")
    try:
        run = choose_columns(run_id, asked, encoding=encoding, actor=request.actor)
    except Invalid as problem:
        run = access_run(request.actor, run_id)
        return _columns_page(request, run, encoding=encoding, asked=asked, errors=problem.errors)
    except NotReadable as refused:
        run = access_run(request.actor, run_id)
        return _columns_page(request, run, encoding=encoding, errors={"": [refused.message]})
    return ui.go(request, reverse("records:import", args=[run.pk]))


@signed_in
@require_POST
def start(request: ActorRequest, run_id: int) -> HttpResponse:
    run = access_run(request.actor, run_id)
    given = {question["key"]: request.POST.get(f"answer-{number}", "") for number, question in enumerate(run.questions)}
    offered = KINDS.get(run.kind).offered(run.mapping)
    choices = {choice.key: request.POST.get(choice.key, "") for choice in offered}
    decisions = {
        name.removeprefix("pair-"): str(value) for name, value in request.POST.items() if name.startswith("pair-")
    }
    try:
        start_import(
            run.pk,
            answers=given,
            choices=choices,
            decisions=decisions,
            is_trial=bool(request.POST.get("trial")),
            actor=request.actor,
        )
    except Invalid as problem:
        return _questions_page(request, run, given=given, choices=choices, errors=problem.errors)
    return ui.go(request, reverse("records:import", args=[run.pk]))


@signed_in
@require_POST
def stop(request: ActorRequest, run_id: int) -> HttpResponse:
    run = stop_import(run_id, actor=request.actor)
    ui.toast(request, _("The import was stopped; nothing of it was taken in.") if run.has_ended else _("Stopping."))
    return ui.go(request, reverse("records:import", args=[run.pk]))


@signed_in
@require_GET
def refused(request: ActorRequest, run_id: int) -> StreamingHttpResponse:
    run = fetch_refused(run_id, actor=request.actor)
    response = StreamingHttpResponse(refused_csv(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{run.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _columns_page(
    request: ActorRequest,
    run: ImportRun,
    *,
    encoding: str = "",
    asked: dict[str, int] | None = None,
    errors: dict[str, list[Any]] | None = None,
) -> HttpResponse:
    chosen = encoding if encoding in ENCODINGS else run.encoding
    preview = shown.preview(run, chosen)
    context = {
        "run": run,
        "kind": KINDS.get(run.kind),
        "preview": preview,
        "encodings": shown.encodings(run, chosen),
        "fields": shown.column_fields(run, preview, asked, errors or {}),
        "errors": {(f"map-{key}" if key else ""): texts for key, texts in (errors or {}).items()},
        "labels": {f"map-{column.key}": column.label for column in KINDS.get(run.kind).columns},
    }
    return ui.page(request, "records/import_columns.html", context, status=422 if errors else 200)


def _questions_page(
    request: ActorRequest,
    run: ImportRun,
    *,
    given: dict[str, str] | None = None,
    choices: dict[str, str] | None = None,
    errors: dict[str, list[Any]] | None = None,
) -> HttpResponse:
    kind = KINDS.get(run.kind)
    context = {
        "run": run,
        "kind": kind,
        "questions": shown.question_fields(run, given or run.answers, errors or {}),
        "offered": kind.offered(run.mapping),
        "choices": kind.choose(choices or run.choices, run.mapping),
        "refuse": REFUSE,
        "errors": errors or {},
        "labels": {f"answer-{n}": q["written"] or _("No name given") for n, q in enumerate(run.questions)},
    }
    return ui.page(request, "records/import_questions.html", context, status=422 if errors else 200)
