"""A file has no rights of its own: who sees the record sees it, who may change the record may change it."""

from __future__ import annotations

from django.db.models import Q

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing

from .models import Document, DocumentVersion
from .registry import may_write_on, record_for

USUAL_KIND = "customer"


def access_document(actor: Actor, document_id: int, *, to: str = "read", lock: bool = False) -> Document:
    """Missing for whoever may not see the record. A removed one is there for those who could bring it back."""
    rows = Document.objects.select_related("staff", "removed_by")
    if lock:
        rows = rows.select_for_update(of=("self",))
    document = rows.filter(id=document_id).first()
    if document is None:
        # Asked all the same, so that what is not there takes as long to answer as what is not yours.
        record_for(actor, USUAL_KIND, 0, to=to)
        raise Missing()
    record_for(actor, document.record_kind, document.record_id, to=to)
    if document.removed_at and not may_write_on(actor, document.record_kind, document.record_id):
        raise Missing()
    return document


def access_version(actor: Actor, document_id: int, number: int | None = None) -> DocumentVersion:
    """A file that can still be read; the latest unless a number is named."""
    document = access_document(actor, document_id)
    if document.removed_at:
        raise Missing()
    wanted = Q(number=document.latest if number is None else number)
    version = document.versions.filter(wanted).select_related("document", "staff").first()
    if version is None:
        raise Missing()
    return version
