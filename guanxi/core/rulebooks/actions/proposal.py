"""What people do about consequences: confirm, forgive, appeal, answer. Nobody decides about himself."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.core.customers.actions import transfer_customers

from .. import events as told
from .. import months
from ..access import access_proposal
from ..deciders import may_answer, may_decide, may_review
from ..models import Appeal, Proposal, ProposalKind, ProposalState
from ..models.proposal import Review
from ..notices import ANSWERED, APPEALED, CONFIRMED, FORGIVEN, REVIEWED, give_notice, people_for_all
from ..phases.levels import next_above

KIND = Proposal.KIND
WITH_AMOUNT = (ProposalKind.SCORE, ProposalKind.DEDUCTION)
LONGEST, LONGEST_APPEAL = 300, 500
# What the column holds, for clauses without an upper bound.
MOST = Decimal("99999999.99")
NOT_YOURS = _("Somebody else decides about this; nobody decides about himself.")


@action("rulebooks:proposal:confirmed", _("%(who)s confirmed this consequence."))
def confirm_proposal(
    proposal_id: int, *, amount: Decimal | None = None, note: str = "", to: Staff | None = None, actor: Actor
) -> Proposal:
    """`amount` within its bounds, or as proposed; `to`: the new owner, when one is proposed. It stands in the
    statement of this month."""
    proposal = _undecided(proposal_id, actor)
    before = proposal.amount
    errors = _too_long("note", note, LONGEST) | _amount_errors(proposal, amount) | _owner_errors(proposal, to)
    if errors:
        raise Invalid(errors)
    months.hold()
    proposal.amount = before if amount is None else amount
    proposal.month, proposal.given_to = months.first_open(clock.today()), to
    _decide(proposal, ProposalState.CONFIRMED, note, actor)
    changes = {"state": ["proposed", "confirmed"], "amount": [_text(before), _text(proposal.amount)]}
    _record(proposal, actor, changes, note)
    if proposal.duty and proposal.duty.customer_id and to:
        transfer_customers([proposal.duty.customer_id], to=to, actor=actor, why=note)
    give_notice(proposal, proposal.staff_id, CONFIRMED, actor)
    return proposal


@action("rulebooks:proposal:forgiven", _("%(who)s forgave this consequence."))
def forgive_proposal(proposal_id: int, *, why: str, actor: Actor) -> Proposal:
    proposal = _undecided(proposal_id, actor)
    if errors := _missing("why", why, LONGEST):
        raise Invalid(errors)
    _decide(proposal, ProposalState.FORGIVEN, why, actor)
    _record(proposal, actor, {"state": ["proposed", "forgiven"]}, why)
    give_notice(proposal, proposal.staff_id, FORGIVEN, actor)
    return proposal


@action("rulebooks:proposal:appealed", _("%(who)s appealed against this consequence."))
def appeal_proposal(proposal_id: int, *, text: str, actor: Actor) -> Proposal:
    """By the person concerned, within the days the company gives. Who is above the one who confirmed it answers."""
    gate.ask(actor, "read", KIND, proposal_id)
    proposal = access_proposal(actor, proposal_id, lock=True)
    _require_appealable(proposal, actor)
    if errors := _missing("text", text, LONGEST_APPEAL):
        raise Invalid(errors)
    assert proposal.decided_by_id is not None
    proposal.appeal, proposal.appeal_text, proposal.appealed_at = Appeal.OPEN, text.strip(), clock.now()
    proposal.appeal_to_id = next_above(proposal.decided_by_id, but=proposal.staff_id)
    _save(proposal, "appeal", "appeal_text", "appealed_at", "appeal_to")
    _record(proposal, actor, {"appeal": ["", "open"]}, text)
    others = people_for_all(but=[proposal.staff_id, proposal.decided_by_id])
    for staff_id in [proposal.appeal_to_id] if proposal.appeal_to_id else others:
        give_notice(proposal, staff_id, APPEALED, actor)
    return proposal


@action("rulebooks:proposal:answered", _("%(who)s answered the appeal."))
def answer_appeal(proposal_id: int, *, upheld: bool, why: str, actor: Actor) -> Proposal:
    """Upheld, it is taken back: in its own month, or in the first open one when that is closed."""
    gate.ask(actor, "confirm", KIND, proposal_id)
    proposal = access_proposal(actor, proposal_id, lock=True)
    if proposal.appeal != Appeal.OPEN:
        raise Refused(_("There is no appeal to be answered here."), code="no_appeal")
    if not may_answer(proposal, actor):
        raise NotAllowed(NOT_YOURS, code="not_yours_to_decide")
    if errors := _missing("why", why, LONGEST):
        raise Invalid(errors)
    proposal.appeal = Appeal.UPHELD if upheld else Appeal.DISMISSED
    proposal.appeal_answer, proposal.appeal_decided_at = why.strip(), clock.now()
    proposal.appeal_decided_by_id = actor.staff_id
    _take_back(proposal, upheld)
    _save(proposal, "appeal", "appeal_answer", "appeal_decided_at", "appeal_decided_by", "reversed_month")
    changes = {"appeal": ["open", proposal.appeal], "reversed_month": [None, _text(proposal.reversed_month)]}
    _record(proposal, actor, changes, why)
    for staff_id in (proposal.staff_id, proposal.decided_by_id):
        give_notice(proposal, staff_id, ANSWERED, actor)
    return proposal


@action("rulebooks:proposal:reviewed", _("%(who)s looked at this consequence again."))
def review_proposal(proposal_id: int, *, takes_back: bool, why: str, actor: Actor) -> Proposal:
    """After the duty behind a confirmed one was corrected: it stays, or it is taken back."""
    gate.ask(actor, "confirm", KIND, proposal_id)
    proposal = access_proposal(actor, proposal_id, lock=True)
    if proposal.review != Review.OPEN:
        raise Refused(_("Nothing calls this consequence into question."), code="no_review")
    if not may_review(proposal, actor):
        raise NotAllowed(NOT_YOURS, code="not_yours_to_decide")
    if errors := _missing("why", why, LONGEST):
        raise Invalid(errors)
    proposal.review = Review.TAKEN_BACK if takes_back else Review.KEPT
    proposal.review_at, proposal.review_by_id, proposal.review_note = clock.now(), actor.staff_id, why.strip()
    _take_back(proposal, takes_back)
    _save(proposal, "review", "review_at", "review_by", "review_note", "reversed_month")
    changes = {"review": ["open", proposal.review], "reversed_month": [None, _text(proposal.reversed_month)]}
    _record(proposal, actor, changes, why)
    give_notice(proposal, proposal.staff_id, REVIEWED, actor)
    return proposal


def appeal_until(proposal: Proposal) -> datetime | None:
    """The first moment that is too late."""
    if proposal.decided_at is None:
        return None
    return clock.end_of(clock.local_date(proposal.decided_at) + timedelta(days=settings.APPEAL_DAYS))


def _undecided(proposal_id: int, actor: Actor) -> Proposal:
    """Locked, so that of two who decide at the same moment one does."""
    gate.ask(actor, "confirm", KIND, proposal_id)
    proposal = access_proposal(actor, proposal_id, lock=True)
    if not may_decide(proposal, actor):
        raise NotAllowed(NOT_YOURS, code="not_yours_to_decide")
    if proposal.state != ProposalState.PROPOSED:
        raise Refused(_("This was decided meanwhile, or it fell away."), code="proposal_decided")
    return proposal


def _require_appealable(proposal: Proposal, actor: Actor) -> None:
    if proposal.staff_id != actor.staff_id:
        raise NotAllowed(_("Only the person concerned can appeal."), code="not_concerned")
    if proposal.state != ProposalState.CONFIRMED or proposal.reversed_month:
        raise Refused(_("Only what was confirmed and not taken back can be appealed against."), code="not_confirmed")
    if proposal.appeal != Appeal.NONE:
        raise Refused(_("You have appealed against this already."), code="appealed_already")
    until = appeal_until(proposal)
    if until and clock.now() >= until:
        raise Refused(_("The time for an appeal is over."), code="appeal_too_late")


def _amount_errors(proposal: Proposal, amount: Decimal | None) -> dict[str, list[Any]]:
    if proposal.kind not in WITH_AMOUNT:
        return {"amount": [_("There is no amount to be decided here.")]} if amount is not None else {}
    if amount is None and proposal.amount is None:
        return {"amount": [_("Say the amount.")]}
    least, most = proposal.least or Decimal(0), MOST if proposal.most is None else proposal.most
    if amount is None or (amount.is_finite() and least <= amount <= most and amount == round(amount, 2)):
        return {}
    words = {"least": f"{least:.2f}", "most": f"{most:.2f}"}
    return {"amount": [_("Between %(least)s and %(most)s, with two decimals at most.") % words]}


def _owner_errors(proposal: Proposal, to: Staff | None) -> dict[str, list[Any]]:
    if proposal.kind != ProposalKind.REASSIGNMENT:
        return {}
    if proposal.duty is None or proposal.duty.customer_id is None:
        return {"to": [_("This is about no customer who could be given to somebody else.")]}
    if to is None or to.left_on is not None or to.pk == proposal.staff_id:
        return {"to": [_("Choose another colleague who works here.")]}
    return {}


def _missing(field: str, text: str, longest: int) -> dict[str, list[Any]]:
    return _too_long(field, text, longest) if text.strip() else {field: [_("Say why.")]}


def _too_long(field: str, text: str, longest: int) -> dict[str, list[Any]]:
    return {field: [_("At most %(count)s characters.") % {"count": longest}]} if len(text.strip()) > longest else {}


def _decide(proposal: Proposal, state: Any, note: str, actor: Actor) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by_id = state, clock.now(), actor.staff_id
    proposal.decision = note.strip()
    _save(proposal, "state", "decided_at", "decided_by", "decision", "amount", "month", "given_to")


def _take_back(proposal: Proposal, does: bool) -> None:
    if does and proposal.month and not proposal.reversed_month:
        months.hold()
        proposal.reversed_month = months.first_open(proposal.month)


def _save(proposal: Proposal, *fields: str) -> None:
    proposal.version += 1
    proposal.save(update_fields=[*fields, "version"])


def _record(proposal: Proposal, actor: Actor, changes: dict[str, Any], words: str) -> None:
    """Words about people and customers are apart from the facts."""
    personal = {"note": [None, words.strip()]} if words.strip() else {}
    kept = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    trail.record(KIND, proposal.pk, actor=actor, changes=kept, personal=personal)
    events.publish(Event(told.PROPOSAL_DECIDED, KIND, [proposal.pk]), actor=actor)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
