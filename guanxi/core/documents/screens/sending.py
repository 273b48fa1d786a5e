"""How a file leaves the house: as an attachment that no browser opens by itself."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from guanxi.base.kernel.errors import Missing

from ..models import DocumentVersion, Thumbnail
from ..naming import download_name
from ..sniffing import sent_as
from ..storage import store, verified

# Whatever it holds, it runs nowhere, is guessed at by nobody and is kept by no cache.
HARDENED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Download-Options": "noopen",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def sent(version: DocumentVersion) -> HttpResponseBase:
    file = verified(version.stored, version.sha256)
    response = FileResponse(file, content_type=sent_as(version.detected))
    name = download_name(version.name, fallback=f"file-{version.document_id}")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Length"] = str(version.size)
    return _hardened(response)


def picture_sent(version: DocumentVersion) -> HttpResponseBase:
    """Only what we drew ourselves is ever shown in a page."""
    content = store().picture(version.stored) if version.thumbnail == Thumbnail.MADE else None
    if content is None:
        raise Missing()
    return _hardened(HttpResponse(content, content_type="image/jpeg"))


def _hardened(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in HARDENED.items():
        response[name] = value
    return response
