"""How large and how many: said in words before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from guanxi.base.kernel import statements
from guanxi.base.kernel.errors import Invalid

from .models import Document, DocumentVersion
from .naming import shown_name

MEGABYTE = 1024 * 1024
# Files on one record wait for each other here, so that two at once don't pass a limit together.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('documents:' || %s), %s::int)"


@dataclass(frozen=True)
class Incoming:
    """A file on its way in; its name is what its owner called it."""

    name: str
    size: int
    file: BinaryIO


def require_fit(files: Sequence[Incoming]) -> None:
    errors = [text for file in files if (text := _unfit(file))]
    if not files:
        errors = [_("Choose a file first.")]
    if len(files) > settings.DOCUMENTS_AT_ONCE:
        errors = [_("At most %(count)s files go at once.") % {"count": settings.DOCUMENTS_AT_ONCE}]
    if errors:
        raise Invalid({"file": errors})


def _unfit(file: Incoming) -> Any:
    name = {"name": shown_name(file.name), "limit": settings.DOCUMENT_MAX_BYTES // MEGABYTE}
    if not file.size:
        return _("%(name)s is empty.") % name
    if file.size > settings.DOCUMENT_MAX_BYTES:
        return _("%(name)s is larger than %(limit)s MB.") % name
    return None


def require_room(kind: str, record_id: int, files: Sequence[Incoming], *, new: int) -> None:
    """Removed ones count for the bytes, which they still take, and not for the number. `new`: documents to come."""
    statements.rows(ONE_AT_A_TIME, [kind, record_id % 2**31])
    of_record = Document.objects.on(kind, record_id)
    count = of_record.kept().aggregate(count=Count("id"))["count"]
    if count + new > settings.DOCUMENTS_PER_RECORD:
        text = _("A record holds at most %(count)s files; remove what is no longer needed.")
        raise Invalid({"file": [text % {"count": settings.DOCUMENTS_PER_RECORD}]})
    held = DocumentVersion.objects.filter(document__in=of_record).aggregate(size=Sum("size"))["size"] or 0
    if held + sum(file.size for file in files) > settings.DOCUMENTS_RECORD_MAX_BYTES:
        text = _("The files of one record take at most %(limit)s MB together.")
        raise Invalid({"file": [text % {"limit": settings.DOCUMENTS_RECORD_MAX_BYTES // MEGABYTE}]})
