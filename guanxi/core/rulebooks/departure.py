"""Open duties and undecided consequences keep somebody from leaving until others have them (ORG-06)."""

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.blockers import Blocker

from .models import Duty, Proposal, ProposalState

OPEN_DUTIES = Blocker(
    key="duties",
    kind=Duty.KIND,
    label=_("Duties"),
    # But for handing over itself, which is done when the receiver says so.
    count=lambda staff_id: Duty.objects.open().filter(assignee_id=staff_id).exclude(subject_kind="departure").count(),
    url=lambda staff_id: f"/duties?person={staff_id}",
)
# Who leaves decides before, or waits until the next level has it (POL-05).
TO_DECIDE = Blocker(
    key="proposals",
    kind=Proposal.KIND,
    label=_("Consequences to decide about"),
    count=lambda staff_id: Proposal.objects.filter(state=ProposalState.PROPOSED, confirmer_id=staff_id).count(),
    url=lambda staff_id: "/proposals",
)
