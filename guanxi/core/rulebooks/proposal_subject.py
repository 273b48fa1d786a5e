"""Proposals are themselves something rules can be about: whoever has to decide does so in time (POL-05)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria.fields import Field, Fields, Kind

from .events import PROPOSAL_DECIDED
from .joining import add_evidence, add_subject
from .models import Proposal, ProposalKind
from .registry import NONE, SOURCES, Alive, Evidence, Source, Subject

SUBJECT = Subject(
    key="proposal",
    kind=Proposal.KIND,
    label=_("Consequence"),
    relation="rulebooks_proposal s JOIN org_staff m ON m.id = s.staff_id",
    fields=Fields(
        [
            Field("kind", Kind.CHOICE, _("Kind"), choices=tuple(ProposalKind.values)),
            Field("amount", Kind.NUMBER, _("Amount")),
        ]
    ),
    customer=NONE,
    unit="s.unit_id",
    owner="s.staff_id",
    alive=(Alive("occasion", "s.state <> 'withdrawn'"),),
    people={"confirmer": "s.first_confirmer_id"},
    name="m.name",
    page="/proposals/{id}",
)
PROPOSED = Source(
    "proposal",
    "proposed",
    label=_("A consequence was proposed"),
    anchor="(s.proposed_at AT TIME ZONE 'Asia/Shanghai')::date",
)
DECIDED = Evidence(
    key="proposal-state",
    word="state",
    label=_("Decision about a consequence"),
    relation="""(SELECT p.id, 'proposal' AS subject_kind, p.id AS subject_id, p.decided_by_id AS staff_id,
  'decided' AS kind, p.decided_at AS happened_at, p.decided_at AS recorded_at
  FROM rulebooks_proposal p WHERE p.decided_at IS NOT NULL) e""",
    kinds=("decided",),
    about="subject",
    subjects=("proposal",),
    labels={"decided": _("Confirmed or forgiven")},
    places={"decided": "/proposals/{subject}"},
)


def register() -> None:
    add_subject(SUBJECT, told_by=(PROPOSAL_DECIDED,))
    SOURCES.add(PROPOSED)
    add_evidence(DECIDED)
