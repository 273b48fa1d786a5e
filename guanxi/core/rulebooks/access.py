from __future__ import annotations

from guanxi.base.kernel.actor import Actor

from .models import Duty, Proposal

KIND = Duty.KIND


def access_duty(actor: Actor, duty_id: int, *, to: str = "read", lock: bool = False) -> Duty:
    """Raises Missing or NotAllowed. One's own, those of one's people, and those nobody was found for among them."""
    return Duty.objects.access(actor, duty_id, to=to, lock=lock)


def access_proposal(actor: Actor, proposal_id: int, *, to: str = "read", lock: bool = False) -> Proposal:
    """Raises Missing. Those against oneself and one's people, and what one has or had to decide."""
    return Proposal.objects.access(actor, proposal_id, to=to, lock=lock)
