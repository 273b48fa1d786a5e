"""Where a leaked copy came from: the code of its watermark, followed through the trail (SEC-11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.models import Entry
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.base.records.exports.models import ExportRun
from guanxi.core.documents.models import Document, DocumentVersion

CODE = re.compile(r"([PED])(\d{1,12})", re.IGNORECASE)
DIGEST = re.compile(r"[0-9a-fA-F]{64}")
MOST = 200
READ = "documents:document:read"
# Numbers of papers that other words name than printing.
ALSO = ("archive:fileform:copied", "rulebooks:figures:taken")


@dataclass(frozen=True)
class Traced:
    """`entries` of the trail, newest first; `run` when it was a file of a list."""

    code: str
    entries: list[Entry]
    run: ExportRun | None = None


@action("ops:copy:traced", _("%(who)s traced a copy by its watermark."))
def trace(text: str, *, actor: Actor) -> Traced:
    """P and a number for paper, E for files of lists, D for copies of documents. Raises Invalid for what is no code."""
    gate.ask(actor, "read", "audit")
    traced = _found("".join(text.split()))
    code = traced.code
    trail.record("audit", None, actor=actor, changes={"code": [None, code], "count": len(traced.entries)})
    return traced


def _found(text: str) -> Traced:
    if digest := DIGEST.fullmatch(text):
        return _document(digest.group().lower())
    found = CODE.fullmatch(text)
    if found is None:
        raise Invalid({"code": [_("A code is P, E or D and a number, such as P00000012, or the SHA-256 of a file.")]})
    letter, number = found.group(1).upper(), int(found.group(2))
    code = f"{letter}{number:08}"
    if letter == "D":
        return _copy(code)
    return _paper(code) if letter == "P" else _file(code, number)


def _document(digest: str) -> Traced:
    """A file from a record, as it was: who took it, of all records it lies on."""
    ids = DocumentVersion.objects.filter(sha256=digest).values_list("document_id", flat=True)
    rows = Entry.objects.filter(kind=Document.KIND, subject_id__in=list(ids)[:MOST])
    return Traced(digest, list(rows.order_by("-id")[:MOST]))


def _paper(code: str) -> Traced:
    """By the names of actions that print: an index leads there."""
    names = [name.key for name in trail.NAMES if "print" in name.key] + list(ALSO)
    rows = Entry.objects.filter(name__in=names, changes__print_number=code)
    return Traced(code, list(rows.order_by("-id")[:MOST]))


def _copy(code: str) -> Traced:
    """Of a file from a record: the one reading that made it."""
    rows = Entry.objects.filter(name=READ, kind=Document.KIND, changes__copy_number=code)
    return Traced(code, list(rows.order_by("-id")[:MOST]))


def _file(code: str, number: int) -> Traced:
    run = ExportRun.objects.select_related("staff", "decided_by").filter(id=number).first()
    rows: Any = Entry.objects.filter(kind=ExportRun.KIND, subject_id=number).order_by("-id")
    return Traced(code, list(rows[:MOST]), run)
