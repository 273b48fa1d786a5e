"""The panel "Files": what other rooms show of a record's files.

    PANELS.add(Panel("files", "customer", FILES, TEMPLATE, files_panel("customer"), order=55))

Pages that are no cards give their template `files_of(actor, kind, id)` and import the macro `files` of
documents/files.html.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor

from .models import Label
from .queries import MOST, files_on
from .registry import may_write_on

FILES = _("Files")
TEMPLATE = "documents/files_panel.html"


def files_of(actor: Actor, kind: str, record_id: int) -> dict[str, Any]:
    """For a record that the reader has been let in to."""
    rows = files_on(kind, record_id, most=MOST + 1)
    return {
        "kind": kind,
        "record_id": record_id,
        "rows": rows[:MOST],
        "has_more": len(rows) > MOST,
        "may_write": may_write_on(actor, kind, record_id),
    } | upload_context()


def upload_context() -> dict[str, Any]:
    return {"labels": Label.choices, "max_bytes": settings.DOCUMENT_MAX_BYTES}


def files_panel(kind: str) -> Callable[[Actor, Any], dict[str, Any]]:
    return lambda actor, record: files_of(actor, kind, record.pk)
