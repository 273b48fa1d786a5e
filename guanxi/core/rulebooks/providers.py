"""Evidence from rooms below this one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit.events import Event
from guanxi.core.activities.models.activity import Intent, Kind, NoteState, Result
from guanxi.core.documents import events as documents
from guanxi.core.documents.models import Label

from .handlers import subjects_of
from .joining import add_evidence
from .models import Duty
from .phases.scope import Scope, of_subjects
from .registry import Evidence

ACTIVITY = Evidence(
    key="activity",
    label=_("Record of contact"),
    relation="activities_activity e",
    kinds=tuple(Kind.values),
    exists="e.removed_at IS NULL",
    qualities={
        "result": "e.result <> ''",
        "reached": f"e.result = '{Result.REACHED}'",
        "care": f"e.intent = '{Intent.CARE}'",
        "information": f"e.intent = '{Intent.INFORMATION}'",
        "note": f"e.note_state = '{NoteState.DETAILED}'",
    },
)


# A file laid on a duty, with the label that its clause asks for.
FILE = Evidence(
    key="duty-file",
    word="file",
    label=_("File"),
    relation="""(SELECT d.id, y.subject_kind, y.subject_id, y.occurrence, y.clause_id, d.staff_id, d.label AS kind,
  d.created_at AS happened_at, d.created_at AS recorded_at, d.removed_at
  FROM documents_document d JOIN rulebooks_duty y ON d.record_kind = 'duty' AND y.id = d.record_id) e""",
    kinds=tuple(Label.values),
    exists="e.removed_at IS NULL",
    about="duty",
    has_occurrence=True,
    labels=dict(Label.choices),
    places=dict.fromkeys(Label.values, "/documents/on/duty/{duty}"),
)


def register() -> None:
    # Records of contact are followed by customer: handlers.py.
    add_evidence(ACTIVITY)
    add_evidence(FILE, told_by=(documents.ATTACHED, documents.REMOVED), subjects_of=subjects_with_files)


def subjects_with_files(event: Event) -> list[Scope]:
    """The events of files tell of the records they lie on."""
    if event.kind != Duty.KIND:
        return []
    return [of_subjects(kind, ids) for kind, ids in subjects_of(event.ids).items()]
