"""What the custody of file forms brings to rulebooks: attendance, loans, incidents and requests to the doctor as
subjects, the way of a form as evidence, and what clauses may forbid about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria.fields import Field, Fields, Kind
from guanxi.core.activities.models.activity import NoteState
from guanxi.core.rulebooks.joining import add_subject
from guanxi.core.rulebooks.registry import CUSTOMER_ALIVE, EVIDENCE, GATES, SOURCES, Alive, Evidence, Gate, Source
from guanxi.core.rulebooks.registry import Subject as RuleSubject

from . import events as told
from .models import Attendance, CallbackRequest, FileForm, Incident, Loan
from .models.attendance import EventKind
from .models.incident import IncidentKind, Severity
from .models.loan import LoanPurpose

CUSTOMER = "JOIN customers_customer c ON c.id = s.customer_id"
THERE = Alive("removed", "s.removed_at IS NULL")

ATTENDANCE = RuleSubject(
    key="attendance",
    kind=Attendance.KIND,
    label=_("Attendance"),
    relation=f"archive_attendance s {CUSTOMER}",
    fields=Fields(
        [
            Field("purchased", Kind.YESNO, _("Purchased")),
            Field("event", Kind.TEXT, _("Event"), column="event_name"),
            Field(
                "kind",
                Kind.CHOICE,
                _("Sort of event"),
                column="event_kind",
                choices=tuple(EventKind.values),
                labels=tuple(EventKind.labels),
            ),
        ]
    ),
    alive=(THERE, *CUSTOMER_ALIVE),
    people={"representative": "s.owner_id"},
    name="s.event_name",
    page="/attendances/{id}",
)
# A file out of the keeper's hands comes back whatever became of the customer.
LOAN = RuleSubject(
    key="loan",
    kind=Loan.KIND,
    label=_("Loan"),
    relation=f"archive_loan s {CUSTOMER}",
    fields=Fields(
        [
            Field(
                "purpose",
                Kind.CHOICE,
                _("Purpose"),
                choices=tuple(LoanPurpose.values),
                labels=tuple(LoanPurpose.labels),
            )
        ]
    ),
    unit="s.unit_id",
    owner="s.owner_id",
    alive=(THERE,),
    people={"borrower": "s.owner_id", "keeper": "s.keeper_id"},
    name="s.number",
    page="/loans/{id}",
)
INCIDENT = RuleSubject(
    key="incident",
    kind=Incident.KIND,
    label=_("Incident"),
    relation=f"archive_incident s {CUSTOMER}",
    fields=Fields(
        [
            Field(
                "kind",
                Kind.CHOICE,
                _("What happened"),
                choices=tuple(IncidentKind.values),
                labels=tuple(IncidentKind.labels),
            ),
            Field("severity", Kind.CHOICE, _("Severity"), choices=tuple(Severity.values)),
            Field("penalty", Kind.NUMBER, _("Proposed deduction")),
        ]
    ),
    unit="s.unit_id",
    owner="s.owner_id",
    alive=(THERE,),
    people={"concerned": "s.owner_id", "reporter": "s.reporter_id"},
    name="s.number",
    page="/incidents/{id}",
)
REQUEST = RuleSubject(
    key="callback-request",
    kind=CallbackRequest.KIND,
    label=_("Request to the doctor"),
    relation=f"archive_callbackrequest s {CUSTOMER}",
    fields=Fields([Field("grade", Kind.CHOICE, _("Grade"), alias="c", choices=("A", "B", "C"))]),
    owner="s.owner_id",
    alive=(THERE, *CUSTOMER_ALIVE),
    people={"requester": "s.owner_id"},
    page="/callback-requests/{id}",
)

HANDED_OVER = Evidence(
    key="file-form-transfer",
    label=_("Transfer list"),
    word="form",
    about="subject",
    subjects=("file-form",),
    kinds=("handed-over", "handed-over-to-doctor"),
    relation="""(SELECT w.id * 2 + k.n AS id, f.customer_id, 'fileform'::text AS subject_kind, w.form_id AS subject_id,
  w.giver_id AS staff_id, k.kind::text, w.at AS happened_at, w.at AS recorded_at
FROM archive_custodyentry w JOIN archive_fileform f ON f.id = w.form_id
JOIN (VALUES (0, 'handed-over'), (1, 'handed-over-to-doctor')) k(n, kind) ON k.n = 0 OR w.state = 'kept'
WHERE w.moved = 'transferred') e""",
    labels={"handed-over": _("Handed over and received"), "handed-over-to-doctor": _("Received by the doctor")},
    places=dict.fromkeys(("handed-over", "handed-over-to-doctor"), f"/transfers/new?kind={FileForm.KIND}"),
)
FORM_OF_EVENT = Evidence(
    key="attendance-form",
    label=_("File form"),
    word="form",
    about="subject",
    subjects=("attendance",),
    kinds=("file-form", "complete-file-form"),
    # Two pieces of one form: that it was begun, and that nothing is missing any more.
    relation="""(SELECT f.id * 2 + p.n AS id, f.customer_id, 'attendance'::text AS subject_kind, a.id AS subject_id,
  f.representative_id AS staff_id, p.kind, p.at AS happened_at, p.at AS recorded_at
FROM archive_attendance a JOIN archive_fileform f ON f.id = a.file_form_id AND f.removed_at IS NULL
CROSS JOIN LATERAL (VALUES (0, 'file-form'::text, f.created_at),
  (1, 'complete-file-form'::text, f.whole_since)) AS p(n, kind, at) WHERE p.at IS NOT NULL) e""",
    labels={"file-form": _("File form of the event"), "complete-file-form": _("File form of the event, complete")},
    places=dict.fromkeys(
        ("file-form", "complete-file-form"), "/customers/{customer}/file-forms/new?attendance={subject}"
    ),
)
# In detail, by the borrower, between the day it was lent and the day it came back.
RECORDED = f"""EXISTS (SELECT FROM activities_activity a WHERE a.customer_id = e.customer_id
  AND a.staff_id = e.staff_id AND a.removed_at IS NULL AND a.note_state = '{NoteState.DETAILED}'
  AND a.happened_at >= (e.lent_on::timestamp AT TIME ZONE 'Asia/Shanghai')
  AND a.happened_at < (((e.happened_at AT TIME ZONE 'Asia/Shanghai')::date + 1)::timestamp
    AT TIME ZONE 'Asia/Shanghai'))"""
RETURNED = Evidence(
    key="loan-return",
    label=_("Check-in"),
    word="state",
    about="subject",
    subjects=("loan",),
    kinds=("returned",),
    relation="""(SELECT l.id, l.customer_id, 'loan'::text AS subject_kind, l.id AS subject_id, l.owner_id AS staff_id,
  'returned'::text AS kind, l.returned_at AS happened_at, l.returned_at AS recorded_at, l.lent_on
FROM archive_loan l WHERE l.returned_at IS NOT NULL AND l.removed_at IS NULL) e""",
    qualities={"record": RECORDED},
    reads=("activity",),
    labels={"returned": _("Returned to the keeper")},
    places={"returned": "/loans/{subject}"},
)
REPLACED = Evidence(
    key="incident-replaced",
    label=_("Replacement"),
    word="state",
    about="subject",
    subjects=("incident",),
    kinds=("replaced",),
    relation="""(SELECT i.id, i.customer_id, 'incident'::text AS subject_kind, i.id AS subject_id,
  i.owner_id AS staff_id, 'replaced'::text AS kind, i.replaced_at AS happened_at, i.replaced_at AS recorded_at
FROM archive_incident i WHERE i.replaced_at IS NOT NULL AND i.removed_at IS NULL) e""",
    labels={"replaced": _("Replaced")},
    places={"replaced": "/incidents/{subject}"},
)
SAME_DAY_IN_CHINA = "(({0}) AT TIME ZONE 'Asia/Shanghai')::date"


def register() -> None:
    add_subject(ATTENDANCE, told_by=(told.ATTENDED, told.ATTENDANCE_CHANGED))
    add_subject(LOAN, told_by=(told.LENT, told.RETURNED))
    add_subject(INCIDENT, told_by=(told.INCIDENT_REPORTED, told.INCIDENT_CHANGED))
    add_subject(REQUEST, told_by=(told.CALLBACK_ASKED, told.CALLBACK_CHANGED))
    SOURCES.add(Source("attendance", "attended", label=_("The customer took part"), anchor="s.held_on"))
    SOURCES.add(Source("loan", "borrowed", label=_("The file was lent"), anchor="s.lent_on"))
    SOURCES.add(Source("incident", "reported", label=_("The incident was reported"), anchor="s.reported_on"))
    # LEAST passes over what is not known.
    SOURCES.add(
        Source(
            "callback-request",
            "asked",
            label=_("The doctor was asked to call"),
            anchor="LEAST(s.wanted_on, s.called_on)",
        )
    )
    received = SAME_DAY_IN_CHINA.format("s.received_at")
    SOURCES.add(Source("file-form", "received", label=_("The sales manager received the form"), anchor=received))
    for one in (HANDED_OVER, FORM_OF_EVENT, RETURNED, REPLACED):
        EVIDENCE.add(one)
    add_gates()


def add_gates() -> None:
    steps = {
        "borrow-other": _("borrowing for another purpose than a callback"),
        "print": _("printing"),
        "copy": _("copying"),
        "show": _("showing to customers"),
        "export": _("exporting"),
    }
    for verb, label in steps.items():
        GATES.add(Gate("file-form", verb, kind=FileForm.KIND, label=label))
