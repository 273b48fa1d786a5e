"""One file: its versions, who read it, replacing and removing it. And the files of a record as a page of their own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.audit.trail import sentence_of
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest, signed_in
from guanxi.base.records.imports.uploads import receives_files
from guanxi.base.records.labels import LABELS

from ..access import access_document, access_version
from ..actions import add_version, attach_files, readable_version, remove_document, restore_document
from ..marks import leaves_as
from ..models import Document, DocumentVersion, Label
from ..naming import shown_name
from ..panel import files_of, upload_context
from ..queries import log_of
from ..receiving import files_in, told_of
from ..registry import RECORDS, may_write_on, record_for
from .sending import picture_sent, sent

Errors = dict[str, list[Any]]


def at_once_bytes() -> int:
    return int(settings.DOCUMENTS_AT_ONCE_BYTES)


@receives_files(at_once_bytes)
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def files_of_record(request: ActorRequest, kind: str, record_id: int) -> HttpResponse:
    record_for(request.actor, kind, record_id)
    errors: Errors = {}
    if request.method == "POST":
        try:
            count = upload(request, kind, record_id)
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, _("%(count)s files were added.") % {"count": count})
            return ui.go(request, RECORDS.get(kind).url(record_id))
    entry = RECORDS.get(kind)
    context = files_of(request.actor, kind, record_id) | {
        "errors": errors,
        "typed": request.POST,
        "record_label": entry.label,
        "record_url": entry.url(record_id),
    }
    return ui.page(request, "documents/record.html", {"context": context}, status=422 if errors else 200)


def upload(request: ActorRequest, kind: str, record_id: int) -> int:
    files, label = files_in(request), request.POST.get("label", "") or str(Label.OTHER)
    answer = operations.once(
        request.POST.get("op_key", ""),
        actor=request.actor,
        name=f"document:attach:{kind}:{record_id}",
        payload={"files": told_of(files), "label": label},
        perform=lambda: {"count": len(attach_files(kind, record_id, files, label=label, actor=request.actor))},
    )
    return int(answer.data["count"])


@signed_in
@require_GET
def document_page(request: ActorRequest, document_id: int) -> HttpResponse:
    return _page(request, access_document(request.actor, document_id))


def _page(request: ActorRequest, document: Document, *, errors: Errors | None = None) -> HttpResponse:
    entry = RECORDS.get(document.record_kind)
    may_write = may_write_on(request.actor, document.record_kind, document.record_id)
    versions = list(document.versions.select_related("staff").order_by("-number"))
    context = {
        "document": document,
        "name": shown_name(document.title),
        "versions": [shown(version) for version in versions],
        "leaves_as": leaves_as(versions[0]),
        "log": [(sentence_of(entry), entry.at) for entry in log_of(document)] if may_write else [],
        "level": LABELS.of(Document.KIND, document.pk),
        "may_write": may_write,
        "record_label": entry.label,
        "record_url": entry.url(document.record_id),
        "errors": errors or {},
        **upload_context(),
    }
    return ui.page(request, "documents/document.html", context, status=422 if errors else 200)


def shown(version: DocumentVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": shown_name(version.name),
        "size": version.size,
        "kind": version.detected,
        "at": version.created_at,
        "who": version.staff.name if version.staff else "",
        "sha256": version.sha256,
        "thumbnail": version.thumbnail,
        "scan": version.scan,
        "scan_label": version.get_scan_display(),
        "found": version.found,
    }


@receives_files(at_once_bytes)
@signed_in
@require_POST
def replace(request: ActorRequest, document_id: int) -> HttpResponse:
    document = access_document(request.actor, document_id, to="write")
    files = files_in(request)
    try:
        if len(files) != 1:
            raise Invalid({"file": [_("Choose one file.")]})
        operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name=f"document:replace:{document_id}",
            payload={"files": told_of(files)},
            perform=lambda: {"number": add_version(document_id, files[0], actor=request.actor).number},
        )
    except Invalid as problem:
        return _page(request, document, errors=problem.errors)
    ui.toast(request, _("The new version is kept; earlier ones stay below."))
    return ui.go(request, f"/documents/{document_id}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once
def remove(request: ActorRequest, document_id: int) -> HttpResponse:
    document = access_document(request.actor, document_id, to="write")
    errors: Errors = {}
    if request.method == "POST":
        try:
            remove_document(document_id, why=request.POST.get("why", ""), actor=request.actor)
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, _("Removed. It can be brought back from its page."), href=f"/documents/{document_id}")
            return ui.go(request, RECORDS.get(document.record_kind).url(document.record_id))
    context = {"document": document, "name": shown_name(document.title), "errors": errors, "typed": request.POST}
    return ui.page(request, "documents/remove.html", context, status=422 if errors else 200)


@signed_in
@require_POST
@sent_once
def restore(request: ActorRequest, document_id: int) -> HttpResponse:
    try:
        restore_document(document_id, actor=request.actor)
    except Invalid as problem:
        return _page(request, access_document(request.actor, document_id), errors=problem.errors)
    ui.toast(request, _("The file is back."))
    return ui.go(request, f"/documents/{document_id}")


@signed_in
@require_GET
def download(request: ActorRequest, document_id: int, number: int | None = None) -> HttpResponseBase:
    return sent(readable_version(document_id, number=number, actor=request.actor), request.actor)


@signed_in
@require_GET
def picture(request: ActorRequest, document_id: int) -> HttpResponseBase:
    return picture_sent(access_version(request.actor, document_id), request.actor)
