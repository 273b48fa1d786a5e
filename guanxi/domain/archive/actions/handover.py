"""Everything somebody holds goes to a doctor or sales manager, before that person leaves (RB-21.18, ORG-10)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.base.org.access import access_staff
from guanxi.base.org.models import Staff
from guanxi.core.messaging.actions import tell

from .. import events as told
from ..holders import in_hand
from ..holdings import RECEIVERS, sent
from ..messages import TRANSFER_WAITS
from ..models import FileForm, Transfer
from .transfer import require_receiver, role_of, write_list

# A doctor who leaves may hold the files of a whole branch: lists of a size one can still check.
ON_ONE_LIST = 500


@action("archive:fileform:all_sent", _("%(who)s put all file forms somebody holds on transfer lists: %(count)s."))
def hand_over_all(staff_id: int, to: Staff, *, actor: Actor) -> list[Transfer]:
    """By the person, or by a superior who may transfer file forms. The receiver confirms each list."""
    gate.ask(actor, "create", Transfer.KIND)
    if staff_id != actor.staff_id:
        access_staff(actor, staff_id, kind=FileForm.KIND, to="transfer")
    require_receiver(to, staff_id)
    role = next((role for role in RECEIVERS if role_of(to, role) == role), "")
    if not role:
        raise Invalid({"to": [_("File forms go to a sales manager or a service doctor.")]})
    forms = list(in_hand(staff_id).select_for_update(of=("self",)).order_by("id").values_list("id", flat=True))
    if not forms:
        raise Invalid({"": [_("There is nothing to hand over: what is lent goes back to its keeper.")]})
    parts = [forms[at : at + ON_ONE_LIST] for at in range(0, len(forms), ON_ONE_LIST)]
    lists = [_send(part, staff_id, to, role, actor) for part in parts]
    items = [(FileForm.KIND, one) for one in forms]
    trail.record(Transfer.KIND, lists[0].pk, actor=actor, changes={"count": len(forms)}, items=items)
    return lists


def _send(ids: Sequence[int], staff_id: int, to: Staff, role: str, actor: Actor) -> Transfer:
    transfer = Transfer(kind=FileForm.KIND, from_staff_id=staff_id, to_staff=to, sent_at=clock.now())
    transfer.receiver_role = role
    write_list(transfer, ids)
    sent(ids, transfer, actor)
    params = {"from": actor.label, "count": len(ids), "number": transfer.number, "link": f"/transfers/{transfer.pk}"}
    key = f"{TRANSFER_WAITS}:{transfer.pk}"
    tell(to.pk, TRANSFER_WAITS, params=params, dedupe_key=key, subject=(Transfer.KIND, transfer.pk))
    events.publish(Event(told.SENT, FileForm.KIND, list(ids)), actor=actor)
    return transfer
