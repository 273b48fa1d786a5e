from ninja import Query

from guanxi.base.org.web import ActorRequest
from guanxi.base.records.keys import Cursor
from guanxi.core.rulebooks.actions.proposal import (
    answer_appeal,
    appeal_proposal,
    confirm_proposal,
    forgive_proposal,
)
from guanxi.core.rulebooks.deciders import waiting_for
from guanxi.core.rulebooks.models import Proposal
from guanxi.core.rulebooks.screens.proposals import SHOWN, access_shown

from ..endpoint import Resource, needs, reads, writes
from ..interface import add
from ..paging import opened, sealed
from ..schemas.proposals import Answer, AppealIn, Confirm, Forgive, ProposalList, ProposalOut, ProposalPage
from .duties import colleague

KIND = Proposal.KIND
router = Resource()


@reads(router, "/proposals", needs(KIND, "read"), returns=ProposalPage)
def proposals_list(request: ActorRequest, query: Query[ProposalList]) -> ProposalPage:
    """What clauses propose against you and the people you answer for, newest first."""
    rows = Proposal.objects.visible_to(request.actor).select_related(*SHOWN)
    if query.waiting:
        rows = rows.filter(waiting_for(request.actor))
    elif query.state != "all":
        rows = rows.filter(state=query.state)
    if query.person == "me":
        rows = rows.filter(staff_id=request.actor.staff_id)
    if beside := opened(query.at, of=KIND):
        rows = rows.filter(id__lt=beside.id)
    found = list(rows.order_by("-id")[: query.limit + 1])
    page = found[: query.limit]
    following = sealed(Cursor("", page[-1].pk), of=KIND) if len(found) > query.limit else ""
    return ProposalPage(items=[ProposalOut.of(row) for row in page], next=following)


@reads(router, "/proposals/{int:proposal_id}", needs(KIND, "read"), returns=ProposalOut)
def proposals_get(request: ActorRequest, proposal_id: int) -> ProposalOut:
    return shown(request, proposal_id)


@writes(router, "POST", "/proposals/{int:proposal_id}/confirm", needs(KIND, "confirm"), returns=ProposalOut)
def proposals_confirm(request: ActorRequest, proposal_id: int, body: Confirm) -> ProposalOut:
    """By its confirmer alone, never the person concerned. It stands in the statement of the running month."""
    to = colleague(body.to) if body.to else None
    confirm_proposal(proposal_id, amount=body.amount, note=body.note, to=to, actor=request.actor)
    return shown(request, proposal_id)


@writes(router, "POST", "/proposals/{int:proposal_id}/forgive", needs(KIND, "confirm"), returns=ProposalOut)
def proposals_forgive(request: ActorRequest, proposal_id: int, body: Forgive) -> ProposalOut:
    forgive_proposal(proposal_id, why=body.why, actor=request.actor)
    return shown(request, proposal_id)


@writes(router, "POST", "/proposals/{int:proposal_id}/appeal", needs(KIND, "read"), returns=ProposalOut)
def proposals_appeal(request: ActorRequest, proposal_id: int, body: AppealIn) -> ProposalOut:
    """By the person concerned, within the days the company gives."""
    appeal_proposal(proposal_id, text=body.text, actor=request.actor)
    return shown(request, proposal_id)


@writes(router, "POST", "/proposals/{int:proposal_id}/answer", needs(KIND, "confirm"), returns=ProposalOut)
def proposals_answer(request: ActorRequest, proposal_id: int, body: Answer) -> ProposalOut:
    """To an appeal: by the next level, neither whoever confirmed it nor the person concerned."""
    answer_appeal(proposal_id, upheld=body.upheld, why=body.why, actor=request.actor)
    return shown(request, proposal_id)


def shown(request: ActorRequest, proposal_id: int) -> ProposalOut:
    return ProposalOut.of(access_shown(request.actor, proposal_id))


add(router, tag="proposals")
