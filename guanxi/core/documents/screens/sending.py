"""How a file leaves the house: as an attachment that no browser opens by itself."""

from __future__ import annotations

import os
from typing import IO

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.records.outsiders import NOBODY_ELSE, Recipient

from ..actions import read_file
from ..marking.picture import crossed
from ..marks import Mark, is_markable, mark_for, marked_copy, preview_words, require_kind
from ..models import DocumentVersion, Thumbnail
from ..naming import coded_name, download_name
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


def sent(version: DocumentVersion, actor: Actor, recipient: Recipient = NOBODY_ELSE) -> HttpResponseBase:
    """The copy is made first: what cannot be made was not read."""
    mark = mark_for(version, actor)
    file = copy_of(version, mark)
    code = mark.code if mark else ""
    read_file(version.document_id, number=version.number, code=code, recipient=recipient, actor=actor)
    response = FileResponse(file, content_type=sent_as(version.detected))
    name = download_name(version.name, fallback=f"file-{version.document_id}")
    name = coded_name(name, mark.code) if mark else name
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Length"] = str(os.fstat(file.fileno()).st_size)
    return _hardened(response)


def copy_of(version: DocumentVersion, mark: Mark | None) -> IO[bytes]:
    """The file as it is kept, or a marked copy; never what should carry a mark and does not."""
    if mark is None:
        return verified(version.stored, version.sha256)
    require_kind(version)
    file = verified(version.stored, version.sha256)
    if not is_markable(version):
        return file
    with file:
        return marked_copy(file, version, mark)


def picture_sent(version: DocumentVersion, actor: Actor) -> HttpResponseBase:
    """Only what we drew ourselves is ever shown in a page."""
    content = store().picture(version.stored) if version.thumbnail == Thumbnail.MADE else None
    if content is None:
        raise Missing()
    words = preview_words(version, actor)
    return _hardened(HttpResponse(crossed(content, words) if words else content, content_type="image/jpeg"))


def _hardened(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in HARDENED.items():
        response[name] = value
    return response
