"""How secret things are: a level for each kind of records, and one document's own where it differs (SEC-11)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.base.org.scopes import may
from guanxi.base.records.labels import LABELS
from guanxi.base.records.types import RECORD_TYPES
from guanxi.core.documents.access import access_document
from guanxi.core.documents.models import Document

from .models import Classification, Level

KIND = Classification.KIND
DOCUMENT = Document.KIND
# Until somebody decides: customers and their files are secrets of the house, everything else is internal.
USUAL = dict.fromkeys(("customer", "fileform", "contactform"), Level.SECRET)

# Copies of what is this secret leave with a mark.
ON_COPIES = {str(Level.SECRET): "SECRET", str(Level.TOP_SECRET): "TOP SECRET"}


def register() -> None:
    LABELS.provide(label_of, on_copies)


def label_of(kind: str, record_id: int | None = None) -> str:
    return str(Level(level_of(kind, record_id)).label)


def on_copies(kind: str, record_id: int | None = None) -> str:
    return ON_COPIES.get(level_of(kind, record_id), "")


def level_of(kind: str, record_id: int | None = None) -> str:
    """Of a document its own level, or that of the kind of record it lies on."""
    if kind == DOCUMENT and record_id is not None:
        return _of_document(record_id)
    rows = Classification.objects.filter(kind=kind, subject_id=None).values_list("level", flat=True)
    return rows.first() or usual(kind)


def usual(kind: str) -> str:
    return str(USUAL.get(kind, Level.INTERNAL))


def _of_document(document_id: int) -> str:
    own = Classification.objects.filter(kind=DOCUMENT, subject_id=document_id).values_list("level", flat=True).first()
    if own:
        return own
    kind = Document.objects.filter(id=document_id).values_list("record_kind", flat=True).first()
    return level_of(kind) if kind else str(Level.INTERNAL)


def levels() -> list[tuple[str, Any, str]]:
    """Each kind of records with its label and level."""
    set_ = dict(Classification.objects.filter(subject_id=None).values_list("kind", "level"))
    return [(type_.key, type_.plural, set_.get(type_.key, usual(type_.key))) for type_ in RECORD_TYPES]


@action("ops:classification:changed", _("%(who)s changed how secret records are."))
def classify(levels_by_kind: dict[str, str], *, actor: Actor) -> int:
    gate.ask(actor, "update", KIND)
    now = {key: level for key, _label, level in levels()}
    wrong = [kind for kind, level in levels_by_kind.items() if kind not in now or level not in Level.values]
    if wrong:
        raise Invalid({wrong[0]: [_("Choose one of the values offered.")]})
    changed = {kind: level for kind, level in levels_by_kind.items() if level != now[kind]}
    for kind, level in changed.items():
        _keep(kind, None, level, actor)
    if changed:
        trail.record(KIND, None, actor=actor, changes={kind: [now[kind], level] for kind, level in changed.items()})
    else:
        trail.unchanged()
    return len(changed)


@action("ops:classification:document_changed", _("%(who)s changed how secret a document is."))
def classify_document(document_id: int, level: str, *, actor: Actor) -> None:
    """By whoever may change the record it lies on; lower by those who keep secrets alone, since copies of what is less
    secret leave without a mark. Empty: as its kind of records."""
    document = access_document(actor, document_id, to="write")
    gate.ask_rules(actor, "update", DOCUMENT, document_id)
    if level and level not in Level.values:
        raise Invalid({"level": [_("Choose one of the values offered.")]})
    before = level_of(DOCUMENT, document_id)
    after = level or level_of(document.record_kind)
    if Level.values.index(after) < Level.values.index(before) and not may(actor, KIND, "update"):
        raise Invalid({"level": [_("Only who keeps the company's secrets may lower this level.")]})
    if level:
        _keep(DOCUMENT, document_id, level, actor)
    else:
        Classification.objects.filter(kind=DOCUMENT, subject_id=document_id).delete()
    changes = {"level": [before, after]}
    trail.record(DOCUMENT, document.pk, actor=actor, changes=changes)


def _keep(kind: str, subject_id: int | None, level: str, actor: Actor) -> None:
    values = {"level": level, "changed_at": clock.now(), "changed_by_id": actor.staff_id}
    Classification.objects.update_or_create(kind=kind, subject_id=subject_id, defaults=values)
