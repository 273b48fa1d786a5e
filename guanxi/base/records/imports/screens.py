"""The way of a file: upload, columns, questions, progress, result. One address shows the step a run is at."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest, signed_in

from . import shown, uploads
from .access import access_run, kinds_for, runs_of
from .actions import DECISIONS, choose_columns, fetch_refused, start_import, stop_import, upload_file
from .blanks import FORMS
from .decoding import ENCODINGS, NotReadable
from .kinds import KINDS
from .mappings import save_mapping
from .models import ImportRun
from .notices import notices_of
from .people import REFUSE
from .report import refused_csv
from .standard import FOUND
from .undoing import can_be_undone, preview, undo_import

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
    allowed, asked = kinds_for(request.actor), request.POST.get("kind", "")
    kinds = [kind for kind in allowed if asked in (kind.key, "")]
    file = request.FILES.get("file")
    if handler.is_too_large:
        return _imports_page(request, errors={"file": [_too_large()]})
    if not kinds or file is None:
        return _imports_page(request, errors={"file": [_("Choose a file first.")]})
    try:
        answer = operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name="import:upload",
            payload={"name": file.name, "size": file.size, "kind": asked},
            perform=lambda: {
                "id": upload_file(
                    file.file,
                    name=file.name or "",
                    size=file.size or 0,
                    kind=kinds[0],
                    among=() if asked else kinds,
                    actor=request.actor,
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
        "kind_options": [("", _("Let the headers decide")), *((kind.key, kind.label) for kind in kinds)],
        "templates": [(kind.key, kind.label) for kind in kinds],
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
        run = shown.as_asked(run, request.GET)
        return _columns_page(request, run, encoding=request.GET.get("as", ""))
    if run.state == ImportRun.MAPPED:
        # A watching progress bar learns here that the trial is over.
        return ui.go(request, request.path) if ui.is_htmx(request) else _questions_page(request, run)
    if run.has_ended and ui.is_htmx(request):
        # The watching progress bar learns here that the result is ready.
        return ui.go(request, request.path)
    staying = shown.staying_rows(run.undo.get("staying", []), request.actor)
    return ui.page(request, "records/import_result.html", shown.result(run) | {"staying": staying})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once
def undo(request: ActorRequest, run_id: int) -> HttpResponse:
    """What would go and what would stay, then the undoing itself."""
    run = access_run(request.actor, run_id)
    if request.method == "POST" or not can_be_undone(run):
        run = undo_import(run_id, actor=request.actor)
        return ui.go(request, reverse("records:import", args=[run.pk]))
    judged = preview(run)
    context = {
        "run": run,
        "rows": shown.undo_rows(judged.as_counts()),
        "staying": shown.staying_rows(judged.staying, request.actor),
    }
    return ui.page(request, "records/import_undo.html", context)


@signed_in
@require_POST
@sent_once
def mapping(request: ActorRequest, run_id: int) -> HttpResponse:
    try:
        saved = save_mapping(run_id, name=request.POST.get("name", ""), actor=request.actor)
        ui.toast(request, _("Saved as “%(name)s”, for everybody who imports such files.") % {"name": saved.name})
    except Invalid as problem:
        ui.toast(request, " ".join(str(text) for texts in problem.errors.values() for text in texts), tone="late")
    return ui.go(request, reverse("records:import", args=[run_id]))


@signed_in
@require_GET
def template(request: ActorRequest, kind: str, form: str) -> HttpResponse:
    found = next((one for one in kinds_for(request.actor) if one.key == kind), None)
    if found is None or form not in FORMS:
        raise Missing()
    response = HttpResponse(FORMS[form].write(found), content_type=FORMS[form].content_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{found.label}.{form}") or "attachment"
    return response


@signed_in
@require_POST
@sent_once
def columns(request: ActorRequest, run_id: int) -> HttpResponse:
    asked = {
        name.removeprefix("map-"): int(value)
        for name, value in request.POST.items()
        if name.startswith("map-") and str(value).isdecimal() and len(str(value)) < 18
    }
    encoding = request.POST.get("encoding", "")
    table = request.POST.get("table", "")
    try:
        chosen = int(table) if table.isdecimal() and len(table) < 6 else None
        offered = [key for key in request.POST.getlist("sheets") if key.removeprefix("also-").isdecimal()]
        without = [int(key.removeprefix("also-")) for key in offered if key not in request.POST.getlist("also")]
        run = choose_columns(run_id, asked, encoding=encoding, table=chosen, without=without, actor=request.actor)
    except Invalid as problem:
        run = shown.as_asked(access_run(request.actor, run_id), request.POST)
        return _columns_page(request, run, encoding=encoding, asked=asked, errors=problem.errors)
    except NotReadable as refused:
        run = access_run(request.actor, run_id)
        return _columns_page(request, run, encoding=encoding, errors={"": [refused.message]})
    return ui.go(request, reverse("records:import", args=[run.pk]))


@signed_in
@require_POST
@sent_once
def start(request: ActorRequest, run_id: int) -> HttpResponse:
    run = access_run(request.actor, run_id)
    known = shown.colleagues_for(run, request.actor)
    given = {
        question["key"]: shown.answered(request.POST.get(f"answer-{number}", ""), known)
        for number, question in enumerate(run.questions)
    }
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
@sent_once
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
    seen = shown.preview(run, chosen)
    context = {
        "run": run,
        "kind": KINDS.get(run.kind),
        "preview": seen,
        "encodings": shown.encodings(run, chosen),
        "tables": shown.table_tabs(run),
        "notices": notices_of(run),
        "saved": shown.saved_mappings(run),
        "beside": shown.beside(run),
        "fields": shown.column_fields(run, seen, asked, errors or {}),
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
    colleagues = shown.colleagues_for(run, request.actor)
    context = {
        "run": run,
        "kind": kind,
        "questions": shown.question_fields(run, given or run.answers, errors or {}, colleagues),
        "colleagues": [label for _id, label in colleagues] if len(colleagues) > shown.MOST_OPTIONS else [],
        "names_staff": any(column.key in run.mapping for column in kind.staff_columns()),
        "trial": shown.trial(run),
        "pairs": shown.pairs(run),
        "decisions": [(option.key, option.label) for option in FOUND.options if option.key in DECISIONS],
        "offered": kind.offered(run.mapping),
        "choices": kind.choose(choices or run.choices, run.mapping),
        "refuse": REFUSE,
        "errors": errors or {},
        "labels": {f"answer-{n}": q["written"] or _("No name given") for n, q in enumerate(run.questions)},
    }
    return ui.page(request, "records/import_questions.html", context, status=422 if errors else 200)
