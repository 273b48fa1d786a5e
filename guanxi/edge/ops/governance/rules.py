"""What clauses can be about here: signing the conduct text, and data incidents (SEC-02, SEC-04)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria.fields import Field, Fields, Kind
from guanxi.core.rulebooks.joining import add_evidence, add_subject
from guanxi.core.rulebooks.registry import NONE, SOURCES, Alive, Evidence, Source, Subject
from guanxi.core.rulebooks.subjects import HELD

from .models import DataIncident, IncidentSort, Severity
from .obligations import CONDUCT, SIGNED

# Whoever was here before is bound from the first day the text held, others from their own first day.
BOUND = Source(
    "staff",
    "bound-by-conduct",
    label=_("The conduct text holds for the person"),
    joins=f"""JOIN (SELECT min(v.effective_on) AS day FROM rulebooks_version v
  JOIN rulebooks_rulebook b ON b.id = v.rulebook_id WHERE b.key = '{CONDUCT}' AND v.state <> 'draft') k
  ON k.day IS NOT NULL
{HELD.format(day="%(today)s")}""",  # noqa: S608 (a constant of ours)
    where="held.unit_id IS NOT NULL AND s.account_id IS NOT NULL",
    anchor="GREATEST(s.joined_on, k.day)",
)
HAS_SIGNED = Evidence(
    key="conduct-signed",
    word="state",
    label=_("Signature under the obligations"),
    relation="""(SELECT g.id, 'staff' AS subject_kind, g.staff_id AS subject_id, g.staff_id,
  'conduct-signed' AS kind, g.signed_at AS happened_at, g.signed_at AS recorded_at FROM ops_signature g) e""",
    kinds=("conduct-signed",),
    about="subject",
    subjects=("staff",),
    labels={"conduct-signed": _("Obligations signed")},
    places={"conduct-signed": "/obligations"},
)
# Points by severity, so that a clause can name them: the amount proposed is a field of the record.
INCIDENT = Subject(
    key="data-incident",
    kind=DataIncident.KIND,
    label=_("Data incident"),
    relation="""(SELECT i.*, CASE i.severity WHEN 'low' THEN 1 WHEN 'medium' THEN 3 WHEN 'high' THEN 6 ELSE 10 END
  AS weight FROM ops_dataincident i) s""",
    fields=Fields(
        [
            Field("what", Kind.CHOICE, _("What happened"), column="sort", choices=tuple(IncidentSort.values)),
            Field("severity", Kind.CHOICE, _("Severity"), choices=tuple(Severity.values)),
            Field("weight", Kind.NUMBER, _("Points by severity")),
            Field("persons", Kind.NUMBER, _("Persons concerned")),
        ]
    ),
    customer=NONE,
    unit="s.unit_id",
    owner="s.responsible_id",
    alive=(Alive("removed", "s.removed_at IS NULL"), Alive("occasion", "s.state IN ('confirmed', 'closed')")),
    people={"responsible": "s.responsible_id", "reporter": "s.owner_id"},
    name="s.number",
    page="/data-incidents/{id}",
)
CONFIRMED = Source(
    "data-incident",
    "confirmed",
    label=_("A data incident was confirmed"),
    where="s.state IN ('confirmed', 'closed') AND s.responsible_id IS NOT NULL",
    anchor="(s.judged_at AT TIME ZONE 'Asia/Shanghai')::date",
)
DEALT_WITH = Evidence(
    key="data-incident-state",
    word="state",
    label=_("Data incident"),
    relation="""(SELECT i.id, 'dataincident' AS subject_kind, i.id AS subject_id, i.closed_by_id AS staff_id,
  'dealt-with' AS kind, i.closed_at AS happened_at, i.closed_at AS recorded_at
  FROM ops_dataincident i WHERE i.closed_at IS NOT NULL) e""",
    kinds=("dealt-with",),
    about="subject",
    subjects=("data-incident",),
    labels={"dealt-with": _("Dealt with")},
    places={"dealt-with": "/data-incidents/{subject}"},
)
JUDGED, CLOSED = "ops:dataincident:judged", "ops:dataincident:closed"


def register() -> None:
    SOURCES.add(BOUND)
    add_evidence(HAS_SIGNED, told_by=(SIGNED,))
    add_subject(INCIDENT, told_by=(JUDGED, CLOSED, "ops:dataincident:changed", "ops:dataincident:removed"))
    SOURCES.add(CONFIRMED)
    add_evidence(DEALT_WITH)
