"""Asking for a file of a list, watching it, fetching it; and the requests of those who want more than is usual."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, NeedsPermit, NotAllowed, Refused
from guanxi.base.org import sessions
from guanxi.base.org.own_screens import confirm_address
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest, needs, signed_in

from ..asked import Asked
from ..outsiders import INSIDE, THIRD
from ..types import RecordType
from . import shown
from .access import access_request, access_run, may_approve, requests_for, runs_of, types_for
from .actions import ask_export, decline_export, fetch_export, permit_export, stop_export
from .asking import Wanted, clause_before, count_rows, free_rows, words_of
from .described import described, wish_of
from .models import ExportRun
from .parts import stream

NEWEST = 30
_ENTRIES = ("format", "purpose", "audience", "encoding", "recipient", "recipient_name", "processor")
TYPES = {
    ExportRun.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportRun.CSV: "text/csv",
}


def export_view(type_: RecordType) -> Callable[..., HttpResponse]:
    """For one type: the form, with the list as its address says it."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: ActorRequest) -> HttpResponse:
        wish = wish_of(request, type_)
        asked = wish.asked
        if wish.broken:
            return _form_page(request, type_, asked, {}, errors={"": wish.broken}, status=422)
        if request.method != "POST":
            return _form_page(request, type_, asked, {})
        typed = {name: str(value) for name, value in request.POST.items()}
        try:
            answer = operations.once(
                typed.get("op_key", ""),
                actor=request.actor,
                name=f"export:{type_.key}",
                payload={**asked.said(), **{n: typed.get(n, "") for n in (*_ENTRIES, "permission")}},
                perform=lambda: {"id": _ask(request, type_, asked, typed)},
            )
        except NeedsPermit:
            return _form_page(request, type_, asked, typed, status=409)
        except Invalid as problem:
            return _form_page(request, type_, asked, typed, errors=problem.errors, status=422)
        except NotAllowed:
            raise
        except Refused as refused:
            return _form_page(request, type_, asked, typed, errors={"": [refused.message]}, status=422)
        return ui.go(request, reverse("records:export", args=[answer.data["id"]]))

    return view


def _ask(request: ActorRequest, type_: RecordType, asked: Asked, typed: dict[str, str]) -> int:
    wanted = Wanted(
        format=typed.get("format", ""),
        purpose=typed.get("purpose", ""),
        audience=typed.get("audience", ExportRun.PEOPLE),
        encoding=typed.get("encoding", ExportRun.UTF8),
        recipient=typed.get("recipient", INSIDE),
        recipient_name=typed.get("recipient_name", ""),
        processor=typed.get("processor", ""),
    )
    asks = typed.get("permission") == "on"
    return ask_export(type_, asked, wanted, with_permission=asks, actor=request.actor).pk


def _form_page(
    request: ActorRequest,
    type_: RecordType,
    asked: Asked,
    typed: dict[str, str],
    *,
    errors: dict[str, list[Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    errors = dict(errors or {})
    clause = clause_before(request.actor, type_.key)
    try:
        count = 0 if "" in errors else count_rows(type_, asked, request.actor)
    except Invalid as problem:
        count, errors = 0, {**problem.errors, **errors}
    shares = shown.shares(type_, asked, request.actor, count)
    goes = shares["goes"] if shares and typed.get("recipient") == THIRD else count
    context = {
        "type": type_,
        "asked": asked,
        "described": described(type_, asked, request.actor),
        "columns": asked.shown_columns(type_),
        "count": count,
        "shares": shares,
        "needs_permit": clause is not None or goes > free_rows(request.actor),
        "clause": clause.details["clause"] if clause else "",
        "typed": typed,
        "errors": errors,
        "action": f"/{type_.path}/export?{urlencode(words_of(type_, asked))}",
        "back": asked.address(type_),
        **shown.form_names(request.actor, type_.key),
        **shown.permission(request.actor),
    }
    return ui.page(request, "records/export_form.html", context, status=status)


@signed_in
@require_GET
def exports(request: ActorRequest) -> HttpResponse:
    if not types_for(request.actor) and not may_approve(request.actor) and not runs_of(request.actor).exists():
        raise NotAllowed()
    context = {
        "runs": shown.runs_table(runs_of(request.actor)[:NEWEST]),
        "may_approve": may_approve(request.actor),
        "requests": shown.runs_table(requests_for(request.actor)[:NEWEST], of_others=True),
    }
    return ui.page(request, "records/exports.html", context)


@signed_in
@require_GET
def one_export(request: ActorRequest, run_id: int) -> HttpResponse:
    run = access_run(request.actor, run_id)
    if not run.is_under_way and ui.is_htmx(request):
        # The watching progress bar learns here that the file is ready.
        return ui.go(request, request.path)
    context = {
        "run": run,
        "title": shown.list_name(run.kind),
        "facts": shown.facts(run, request.actor),
        "state": shown.state_of(run),
        "is_ready": run.state == ExportRun.DONE and shown.state_of(run) == shown.states()[ExportRun.DONE],
        "problem": translated(run.problem["text"]) if run.problem else "",
        "again": _address(run),
        **shown.permission(request.actor),
    }
    return ui.page(request, "records/export.html", context)


def _address(run: ExportRun) -> str:
    found = shown.asked_of(run)
    return f"/{found[0].path}/export?{urlencode(run.words)}" if found else ""


@signed_in
@require_POST
@sent_once
def stop(request: ActorRequest, run_id: int) -> HttpResponse:
    run = stop_export(run_id, actor=request.actor)
    ui.toast(request, _("The export was stopped.") if run.has_ended else _("Stopping."))
    return ui.go(request, reverse("records:export", args=[run.pk]))


@signed_in
@require_GET
def download(request: ActorRequest, run_id: int) -> HttpResponse | StreamingHttpResponse:
    is_large = access_run(request.actor, run_id).rows > settings.EXPORT_WITHOUT_PERMIT
    if is_large and not sessions.is_confirmed(request.session):
        return ui.go(request, confirm_address(request.path))
    run = fetch_export(run_id, actor=request.actor)
    codec = {ExportRun.UTF8: "utf-8", ExportRun.GB18030: "gb18030"}[run.encoding]
    charset = f"; charset={codec}" if run.format == ExportRun.CSV else ""
    response = StreamingHttpResponse(stream(run), content_type=TYPES[run.format] + charset)
    response["Content-Disposition"] = content_disposition_header(True, run.file_name) or "attachment"
    response["Content-Length"] = str(run.size)
    response["Cache-Control"] = "no-store"
    return response


@needs(ExportRun.KIND, "approve")
@require_GET
def one_request(request: ActorRequest, run_id: int) -> HttpResponse:
    return _request_page(request, access_request(request.actor, run_id))


def _request_page(request: ActorRequest, run: ExportRun, *, errors: dict[str, list[Any]] | None = None) -> HttpResponse:
    context = {
        "run": run,
        "title": shown.list_name(run.kind),
        "facts": shown.facts(run, request.actor),
        "state": shown.state_of(run),
        "errors": errors or {},
        "typed": request.POST.get("reason", ""),
    }
    return ui.page(request, "records/export_request.html", context, status=422 if errors else 200)


@needs(ExportRun.KIND, "approve")
@require_POST
def permit(request: ActorRequest, run_id: int) -> HttpResponse:
    operations.once(
        request.POST.get("op_key", ""),
        actor=request.actor,
        name="export:permit",
        payload={"run": run_id},
        perform=lambda: {"id": permit_export(run_id, actor=request.actor).pk},
    )
    ui.toast(request, _("Permitted. The file is being made for the person who asked."))
    return ui.go(request, reverse("records:exports"))


@needs(ExportRun.KIND, "approve")
@require_POST
def decline(request: ActorRequest, run_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name="export:decline",
            payload={"run": run_id, "reason": reason},
            perform=lambda: {"id": decline_export(run_id, reason=reason, actor=request.actor).pk},
        )
    except Invalid as problem:
        return _request_page(request, access_request(request.actor, run_id), errors=problem.errors)
    ui.toast(request, _("Declined. The person who asked is told why."))
    return ui.go(request, reverse("records:exports"))
