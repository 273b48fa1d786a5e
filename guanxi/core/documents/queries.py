"""What panels and pages show of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from guanxi.base.audit.models import Entry, Item

from .models import Document, DocumentVersion, Label, Thumbnail
from .naming import shown_name

MOST = 50
READINGS = 30


@dataclass(frozen=True)
class FileRow:
    id: int
    name: str
    label: str
    size: int
    version: int
    at: datetime
    who: str
    has_picture: bool
    scan: str = "none"

    @classmethod
    def of(cls, version: DocumentVersion) -> FileRow:
        document = version.document
        return cls(
            document.pk,
            shown_name(document.title),
            str(Label(document.label).label),
            version.size,
            version.number,
            version.created_at,
            version.staff.name if version.staff else "",
            version.thumbnail == Thumbnail.MADE,
            version.scan,
        )


def latest_versions(where: Q) -> QuerySet[DocumentVersion]:
    rows = DocumentVersion.objects.filter(where, document__removed_at=None, number=F("document__latest"))
    return rows.select_related("document", "staff").order_by("-document_id")


def files_on(kind: str, record_id: int, *, most: int = MOST) -> list[FileRow]:
    """The newest, one query; who asks has been let in to the record already."""
    where = Q(document__record_kind=kind, document__record_id=record_id)
    return [FileRow.of(version) for version in latest_versions(where)[:most]]


def files_on_many(kind: str, ids: Iterable[int]) -> dict[int, list[FileRow]]:
    where = Q(document__record_kind=kind, document__record_id__in=list(ids))
    found: dict[int, list[FileRow]] = {}
    for version in latest_versions(where):
        found.setdefault(version.document.record_id, []).append(FileRow.of(version))
    return found


def count_on(kind: str, record_id: int) -> int:
    return Document.objects.kept().on(kind, record_id).count()


def log_of(document: Document) -> list[Entry]:
    """What was done with it and who read it, newest first (DOC-04)."""
    as_item = Item.objects.filter(kind=Document.KIND, subject_id=document.pk).order_by("-id").values("entry_id")
    own: Any = Q(kind=Document.KIND, subject_id=document.pk) | Q(id__in=as_item[:READINGS])
    return list(Entry.objects.filter(own).order_by("-id")[:READINGS])
