"""Who may decide what about a consequence. The person concerned never, in whatever post."""

from __future__ import annotations

from django.db.models import Q

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may, scope_of

from .models import Appeal, Proposal, ProposalState
from .models.proposal import Review

CONFIRM = "confirm"


def for_all(actor: Actor) -> bool:
    """Decides for the whole company: also what nobody else was found for."""
    return scope_of(actor, Proposal.KIND, CONFIRM).everything


def may_decide(proposal: Proposal, actor: Actor) -> bool:
    """The confirmer of now; with nobody found, whoever decides for the whole company."""
    if proposal.staff_id == actor.staff_id or actor.staff_id is None or not may(actor, Proposal.KIND, CONFIRM):
        return False
    return proposal.confirmer_id == actor.staff_id or (proposal.confirmer_id is None and for_all(actor))


def may_answer(proposal: Proposal, actor: Actor) -> bool:
    """Neither the person concerned nor whoever confirmed it."""
    if actor.staff_id is None or actor.staff_id in (proposal.staff_id, proposal.decided_by_id):
        return False
    return may(actor, Proposal.KIND, CONFIRM) and (proposal.appeal_to_id == actor.staff_id or for_all(actor))


def may_review(proposal: Proposal, actor: Actor) -> bool:
    if actor.staff_id is None or actor.staff_id == proposal.staff_id:
        return False
    return may(actor, Proposal.KIND, CONFIRM) and (proposal.decided_by_id == actor.staff_id or for_all(actor))


def waiting_for(actor: Actor) -> Q:
    """Everything the reader is asked to decide: proposals, appeals, what was called into question."""
    if actor.staff_id is None or not may(actor, Proposal.KIND, CONFIRM):
        return Q(pk__in=())
    me, everything = actor.staff_id, for_all(actor)
    mine = Q(confirmer_id=me) | (Q(confirmer__isnull=True) if everything else Q())
    undecided = Q(state=ProposalState.PROPOSED) & mine
    appeals = Q(appeal=Appeal.OPEN) & (Q() if everything else Q(appeal_to_id=me)) & ~Q(decided_by_id=me)
    questioned = Q(review=Review.OPEN) & (Q() if everything else Q(decided_by_id=me))
    return (undecided | appeals | questioned) & ~Q(staff_id=me)


def offered(proposal: Proposal, actor: Actor) -> set[str]:
    """The steps open to the reader now; the actions ask again."""
    found = set()
    if proposal.state == ProposalState.PROPOSED and may_decide(proposal, actor):
        found |= {"confirm", "forgive"}
    if proposal.appeal == Appeal.OPEN and may_answer(proposal, actor):
        found.add("answer")
    if proposal.review == Review.OPEN and may_review(proposal, actor):
        found.add("review")
    return found
