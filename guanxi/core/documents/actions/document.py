"""Putting files on records, replacing and removing them; and reading them, which leaves a word as well (DOC-04)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, scanner, space
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import gate
from guanxi.base.records.outsiders import NOBODY_ELSE, Recipient

from .. import events as told
from ..access import access_document, access_version
from ..drawing import draw_soon
from ..limits import Incoming, require_fit, require_room
from ..models import Document, DocumentVersion, Label, Scan, Thumbnail
from ..naming import kept_name
from ..registry import record_for
from ..scanning import require_passed, scan_soon
from ..sniffing import PICTURES, detect
from ..storage import Stored, store

KIND = Document.KIND
LONGEST_WHY = 200


@action("documents:document:attached", _("%(who)s put %(count)s files on this record."))
def attach_files(
    kind: str, record_id: int, files: Sequence[Incoming], *, label: str = str(Label.OTHER), actor: Actor
) -> list[Document]:
    """All of them or none."""
    gate.ask_rules(actor, "update", kind, record_id)
    record_for(actor, kind, record_id, to="write")
    if label not in Label.values:
        raise Invalid({"label": [_("Choose what the file is.")]})
    space.require("upload")
    require_fit(files)
    require_room(kind, record_id, files, new=len(files))
    documents = [_attach(kind, record_id, file, label=label, actor=actor) for file in files]
    names = {"file_name": [None, [document.title for document in documents]]}
    changes = {"count": len(documents), "file": [None, label]}
    _record(documents, changes, personal=names, actor=actor)
    return documents


def _attach(kind: str, record_id: int, file: Incoming, *, label: str, actor: Actor) -> Document:
    document = Document.objects.create(
        record_kind=kind,
        record_id=record_id,
        label=label,
        title=kept_name(file.name),
        staff_id=actor.staff_id,
        created_at=clock.now(),
    )
    _add_version(document, file, actor=actor)
    return document


def _add_version(document: Document, file: Incoming, *, actor: Actor) -> DocumentVersion:
    file.file.seek(0)
    stored = store().put(file.file)
    detected = detect(stored.head)
    is_picture = detected in PICTURES
    version = DocumentVersion.objects.create(
        document=document,
        number=document.latest,
        name=kept_name(file.name),
        stored=stored.name,
        size=_as_announced(stored, file),
        sha256=stored.sha256,
        detected=detected,
        thumbnail=Thumbnail.WAITING if is_picture else Thumbnail.NONE,
        scan=Scan.WAITING if scanner.is_configured() else Scan.NONE,
        created_at=clock.now(),
        staff_id=actor.staff_id,
    )
    if scanner.is_configured():
        transaction.on_commit(scan_soon)
    elif is_picture:
        transaction.on_commit(draw_soon)
    return version


def _as_announced(stored: Stored, file: Incoming) -> int:
    """A file that ends before its announced end was cut off on the way."""
    if stored.size != file.size:
        raise Invalid({"file": [_("The file did not arrive whole. Please send it again.")]})
    return stored.size


@action("documents:document:replaced", _("%(who)s replaced a file of this record by a newer version."))
def add_version(document_id: int, file: Incoming, *, actor: Actor) -> DocumentVersion:
    """Numbered without gaps: whoever comes second waits for the first and makes the next one."""
    document = _to_change(document_id, actor=actor)
    space.require("upload")
    require_fit([file])
    require_room(document.record_kind, document.record_id, [file], new=0)
    document.latest += 1
    document.title = kept_name(file.name) or document.title
    document.save(update_fields=["latest", "title"])
    version = _add_version(document, file, actor=actor)
    changes = {"version": [document.latest - 1, document.latest]}
    _record([document], changes, personal={"file_name": [None, document.title]}, actor=actor)
    return version


@action("documents:document:removed", _("%(who)s removed a file from this record."))
def remove_document(document_id: int, *, why: str, actor: Actor) -> Document:
    document = _to_change(document_id, actor=actor)
    why = why.replace("\0", "").strip()[:LONGEST_WHY]
    if not why:
        raise Invalid({"why": [_("Say why this file is removed.")]})
    document.removed_at, document.removed_by_id, document.why = clock.now(), actor.staff_id, why
    document.save(update_fields=["removed_at", "removed_by", "why"])
    _record([document], {"why": [None, why]}, actor=actor, event=told.REMOVED)
    return document


@action("documents:document:restored", _("%(who)s brought a removed file of this record back."))
def restore_document(document_id: int, *, actor: Actor) -> Document:
    document = access_document(actor, document_id, to="write", lock=True)
    gate.ask_rules(actor, "update", document.record_kind, document.record_id)
    if document.removed_at is None:
        trail.unchanged()
        return document
    require_room(document.record_kind, document.record_id, [], new=1)
    changes: dict[str, Any] = {"why": [document.why, None]}
    document.removed_at, document.removed_by, document.why = None, None, ""
    document.save(update_fields=["removed_at", "removed_by", "why"])
    _record([document], changes, actor=actor)
    return document


@action("documents:document:read", _("%(who)s downloaded a file."))
def read_file(
    document_id: int, *, number: int | None = None, code: str = "", recipient: Recipient = NOBODY_ELSE, actor: Actor
) -> DocumentVersion:
    """`code`: of the mark on the copy, by which a leaked one is traced."""
    version = readable_version(document_id, number=number, actor=actor)
    document = version.document
    about = [(document.record_kind, document.record_id)]
    changes = {"version": [None, version.number]} | ({"copy_number": code} if code else {}) | recipient.told
    trail.record(KIND, document.pk, actor=actor, changes=changes, items=about)
    return version


def readable_version(document_id: int, *, number: int | None = None, actor: Actor) -> DocumentVersion:
    """A copy leaves the house: clauses that forbid copying the record forbid it here, too."""
    version = access_version(actor, document_id, number)
    require_passed(version)
    gate.ask_rules(actor, "copy", version.document.record_kind, version.document.record_id)
    return version


def _to_change(document_id: int, *, actor: Actor) -> Document:
    document = access_document(actor, document_id, to="write", lock=True)
    gate.ask_rules(actor, "update", document.record_kind, document.record_id)
    if document.removed_at:
        raise Missing()
    return document


def _record(
    documents: Sequence[Document],
    changes: dict[str, Any],
    *,
    actor: Actor,
    personal: dict[str, Any] | None = None,
    event: str = told.ATTACHED,
) -> None:
    """In the record's own history, with the files as items; what they are called may name a person."""
    kind, record_id = documents[0].record_kind, documents[0].record_id
    items = [(KIND, document.pk) for document in documents]
    trail.record(kind, record_id, actor=actor, changes=changes, personal=personal, items=items)
    events.publish(Event(event, kind, [record_id]), actor=actor)
