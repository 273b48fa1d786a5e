"""What the person concerned does next about a loan or an incident: its last step is somebody else's."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may

from ..loans import records_of
from ..models import Incident, Loan

KEEPER = "–"


def loan_step(actor: Actor, loan: Loan) -> dict[str, Any] | None:
    """For the borrower while the file is out: the record first, then the way back."""
    if not loan.is_out or loan.owner_id != actor.staff_id:
        return None
    keeper = loan.keeper.name if loan.keeper else KEEPER
    if records_of([loan.pk]) or not may(actor, "activity", "create"):
        return {"text": _("Bring the file to %(keeper)s, who takes it back here.") % {"keeper": keeper}}
    text = _("Write down the callback in detail, then bring the file to %(keeper)s, who takes it back here.")
    return {
        "text": text % {"keeper": keeper},
        "url": f"/customers/{loan.customer_id}/log",
        "step": _("Record a contact"),
    }


def incident_step(actor: Actor, incident: Incident) -> dict[str, Any] | None:
    """For the person concerned until it is replaced."""
    if incident.replaced_at or incident.owner_id != actor.staff_id:
        return None
    return {
        "text": _(
            "Complete the form or fill in a new one, and bring it to the keeper or your superior; they confirm it here."
        )
    }
