"""Evidence from rooms below this one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit.events import Event
from guanxi.core.activities.access import access_activity
from guanxi.core.activities.models import Activity
from guanxi.core.activities.models.activity import Intent, Kind, NoteState, Result
from guanxi.core.documents import events as documents
from guanxi.core.documents.models import Label
from guanxi.core.documents.registry import RECORDS, Record

from . import events as rulebooks
from .access import access_duty
from .handlers import subjects_of
from .joining import add_evidence
from .models import DayCheck, Duty
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

# The day's callbacks were gone through; about the person who did. Closed on a later day, it is late by that moment.
DAY_CHECK = Evidence(
    key="day-check",
    word="form",
    label=_("Day check"),
    relation="""(SELECT c.id, NULL::bigint AS customer_id, 'staff' AS subject_kind, c.staff_id AS subject_id,
  c.staff_id, 'day-check' AS kind, c.closed_at AS happened_at, c.closed_at AS recorded_at, c.day::text AS occurrence
  FROM rulebooks_daycheck c) e""",
    kinds=("day-check",),
    about="subject",
    subjects=("staff",),
    has_occurrence=True,
    labels={"day-check": _("Day check")},
    places={"day-check": "/board"},
)


def register() -> None:
    RECORDS.add(Record(Duty.KIND, _("Duty"), access_duty, lambda duty_id: f"/duties/{duty_id}"))
    # Contacts lie beside files and cannot say so themselves.
    RECORDS.add(Record(Activity.KIND, _("Record of contact"), access_activity, page_of_activity))
    # Records of contact are followed by customer: handlers.py.
    add_evidence(ACTIVITY)
    add_evidence(DAY_CHECK, told_by=(rulebooks.DAY_CHECKED,), subjects_of=who_checked)
    add_evidence(FILE, told_by=(documents.ATTACHED, documents.REMOVED), subjects_of=subjects_with_files)


def page_of_activity(activity_id: int) -> str:
    customer_id = Activity.objects.filter(id=activity_id).values_list("customer_id", flat=True).first()
    return f"/customers/{customer_id}#timeline"


def subjects_with_files(event: Event) -> list[Scope]:
    """The events of files tell of the records they lie on."""
    if event.kind != Duty.KIND:
        return []
    return [of_subjects(kind, ids) for kind, ids in subjects_of(event.ids).items()]


def who_checked(event: Event) -> list[Scope]:
    return [of_subjects("staff", list(DayCheck.objects.filter(id__in=event.ids).values_list("staff_id", flat=True)))]
