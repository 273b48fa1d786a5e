"""Handing controlled forms over: a list is sent, and the holder changes when the receiver has it in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org import gate
from guanxi.base.org.access import current_posts
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.records.prints.actions import next_number
from guanxi.core.messaging.actions import tell

from .. import events as told
from ..contact_access import access_transfer
from ..custody import require_here
from ..messages import TRANSFER_ANSWERED, TRANSFER_WAITS
from ..models import FileForm, ItemState, Transfer, TransferItem, TransferState
from ..transferring import TRANSFERABLE, Transferable

MOST = 500


@action("archive:transfer:sent", _("%(who)s sent forms to somebody with a transfer list: %(count)s."))
def send_forms(
    kind: str, ids: Sequence[int], to: Staff, *, actor: Actor, note: str = "", role: str = "", of: int | None = None
) -> Transfer:
    """Only forms the actor holds, or somebody (`of`) whose forms the actor may hand over, and that are on no other
    list. `role`: as what the receiver gets them, when one person has several posts. Raises Invalid."""
    gate.ask(actor, "create", Transfer.KIND)
    holder_id = of or actor.staff_id
    require_sender(actor, holder_id)
    entry = TRANSFERABLE.find(kind)
    if entry is None:
        raise Missing()
    require_receiver(to, holder_id)
    forms = _held_forms(entry, ids, holder_id)
    transfer = Transfer(kind=kind, from_staff_id=holder_id, to_staff=to, note=note[:200], sent_at=clock.now())
    transfer.receiver_role = role_of(to, role)
    refuse(entry.refused(forms, transfer, actor), forms)
    write_list(transfer, [form.pk for form in forms])
    entry.sent([form.pk for form in forms], transfer, actor)
    items = [(kind, form.pk) for form in forms]
    trail.record(Transfer.KIND, transfer.pk, actor=actor, changes={"count": len(forms)}, items=items)
    _tell_receiver(transfer, len(forms), actor)
    events.publish(Event(told.SENT, kind, [form.pk for form in forms]), actor=actor)
    return transfer


@action("archive:transfer:received", _("%(who)s received the forms of a transfer list: %(count)s."))
def receive_transfer(transfer_id: int, *, actor: Actor, refused: Mapping[int, str] | None = None) -> Transfer:
    """Accepted forms have the actor as holder from now on. Refused ones stay with the sender, each with a reason."""
    gate.ask(actor, "update", Transfer.KIND, transfer_id)
    transfer = access_transfer(actor, transfer_id, lock=True)
    if transfer.to_staff_id != actor.staff_id or transfer.from_staff_id == actor.staff_id:
        raise NotAllowed(_("Only the person this list was sent to can receive it."))
    require_on_the_way(transfer)
    require_here(transfer.to_staff_id)
    require_role(transfer)
    items = list(transfer.items.order_by("id"))
    reasons = {form_id: why.strip()[:200] for form_id, why in (refused or {}).items()}
    require_reasons(items, reasons)
    accepted = [item.form_id for item in items if item.form_id not in reasons]
    settle_items(transfer, items, reasons)
    _hand_to(transfer, accepted, actor)
    TRANSFERABLE.get(transfer.kind).came_back(list(reasons), transfer, actor)
    changes = {"count": len(accepted), "refused": [None, len(reasons)]}
    ids = [item.form_id for item in items]
    trail.record(Transfer.KIND, transfer.pk, actor=actor, changes=changes, items=[(transfer.kind, one) for one in ids])
    _tell_sender(transfer, len(accepted), len(reasons), actor)
    events.publish(Event(told.RECEIVED, transfer.kind, ids), actor=actor)
    return transfer


@action("archive:transfer:cancelled", _("%(who)s took a transfer list back before it was received."))
def cancel_transfer(transfer_id: int, *, actor: Actor) -> Transfer:
    gate.ask(actor, "update", Transfer.KIND, transfer_id)
    transfer = access_transfer(actor, transfer_id, lock=True)
    if not may_take_back(actor, transfer):
        raise NotAllowed(_("Only the person who sent this list can take it back."))
    require_on_the_way(transfer)
    ids = list(transfer.items.values_list("form_id", flat=True))
    transfer.items.update(state=ItemState.CANCELLED)
    transfer.state = TransferState.CANCELLED
    transfer.save(update_fields=["state"])
    TRANSFERABLE.get(transfer.kind).came_back(ids, transfer, actor)
    trail.record(Transfer.KIND, transfer.pk, actor=actor, items=[(transfer.kind, one) for one in ids])
    events.publish(Event(told.TAKEN_BACK, transfer.kind, ids), actor=actor)
    return transfer


@action("archive:transfer:printed", _("%(who)s printed a transfer list."))
def print_transfer(transfer_id: int, *, actor: Actor) -> str:
    """The number of the paper."""
    gate.ask(actor, "read", Transfer.KIND, transfer_id)
    number = next_number()
    trail.record(Transfer.KIND, transfer_id, actor=actor, changes={"print_number": number})
    return number


def may_send_for(actor: Actor, staff_id: int | None) -> bool:
    """Oneself; and people whose forms one may hand over: whoever is dismissed may not come back to do it."""
    scope = scope_of(actor, FileForm.KIND, "transfer")
    return staff_id == actor.staff_id or scope.everything or staff_id in scope.staff_ids


def may_take_back(actor: Actor, transfer: Transfer) -> bool:
    """The receiver refuses forms instead, each with a reason."""
    return transfer.to_staff_id != actor.staff_id and may_send_for(actor, transfer.from_staff_id)


def require_sender(actor: Actor, staff_id: int | None) -> None:
    if not may_send_for(actor, staff_id):
        raise NotAllowed(_("Only a superior hands over the forms of somebody else."))


def require_receiver(to: Staff, sender_id: int | None) -> None:
    if to.pk == sender_id:
        raise Invalid({"to": [_("Nobody hands forms over to themselves.")]})
    if to.left_on is not None:
        raise Invalid({"to": [_("Choose a colleague.")]})


def _held_forms(entry: Transferable, ids: Sequence[int], holder_id: int | None) -> list[Any]:
    """Locked, in one order, so that two lists with the same forms wait for each other."""
    wanted = sorted(set(ids))
    if not wanted:
        raise Invalid({"forms": [_("Choose at least one form.")]})
    if len(wanted) > MOST:
        raise Invalid({"forms": [_("At most %(most)s forms go on one list.") % {"most": MOST}]})
    rows = entry.kept().filter(id__in=wanted, holder_id=holder_id).order_by("id")
    forms = list(rows.select_for_update(of=("self",)))
    if len(forms) != len(wanted):
        raise Invalid({"forms": [_("Some of these forms are not in your hands. Open the page again.")]})
    return forms


def refuse(reasons: Mapping[int, Any], forms: Sequence[Any]) -> None:
    """The whole list stands or falls, each form with its sentence."""
    if reasons:
        numbers = {form.pk: form.number for form in forms}
        words = _("%(number)s: %(reason)s")
        raise Invalid({"forms": [words % {"number": numbers[one], "reason": why} for one, why in reasons.items()]})


def role_of(staff: Staff, wanted: str) -> str:
    held = list(current_posts().filter(staff=staff).order_by("-is_main", "id").values_list("role__key", flat=True))
    return wanted if wanted in held else next(iter(held), "")


def write_list(transfer: Transfer, ids: Sequence[int]) -> None:
    try:
        with transaction.atomic():
            transfer.save(force_insert=True)
            TransferItem.objects.bulk_create(
                TransferItem(transfer=transfer, form_kind=transfer.kind, form_id=one) for one in ids
            )
    except IntegrityError as clash:
        raise Invalid({"forms": [_("Some of these forms are on another list already.")]}) from clash


def require_on_the_way(transfer: Transfer) -> None:
    if transfer.state == TransferState.RECEIVED:
        raise Refused(_("This list was received already."), code="received")
    if transfer.state == TransferState.CANCELLED:
        raise Refused(_("This list was taken back by its sender."), code="cancelled")


def require_role(transfer: Transfer) -> None:
    """It was sent to a sales manager, say: whoever is none any more takes nothing in as one."""
    held = current_posts().filter(staff_id=transfer.to_staff_id, role__key=transfer.receiver_role)
    if not held.exists():
        raise Refused(_("This list was sent to a post you no longer hold. Its sender takes it back."), code="no_post")


def require_reasons(items: Sequence[TransferItem], reasons: Mapping[int, str]) -> None:
    if set(reasons) - {item.form_id for item in items}:
        raise Missing()
    if not all(reasons.values()):
        raise Invalid({"why": [_("Say why each refused form is refused.")]})


def settle_items(transfer: Transfer, items: Sequence[TransferItem], reasons: Mapping[int, str]) -> None:
    for item in items:
        item.why = reasons.get(item.form_id, "")
        item.state = ItemState.REFUSED if item.why else ItemState.ACCEPTED
    TransferItem.objects.bulk_update(items, ["state", "why"])
    transfer.state, transfer.received_at = TransferState.RECEIVED, clock.now()
    transfer.save(update_fields=["state", "received_at"])


def _hand_to(transfer: Transfer, ids: Sequence[int], actor: Actor) -> None:
    """A form that left the sender's hands meanwhile (taken for lost, moved to the bin) holds the list up."""
    entry = TRANSFERABLE.get(transfer.kind)
    held = entry.kept().filter(id__in=list(ids), holder_id=transfer.from_staff_id)
    moved = held.update(holder_id=transfer.to_staff_id, version=F("version") + 1)
    if moved != len(ids):
        raise Refused(_("Some of these forms are no longer with the sender. Refuse them with that reason."))
    entry.received(ids, transfer, actor)


def _tell_receiver(transfer: Transfer, count: int, actor: Actor) -> None:
    params = {"from": actor.label, "count": count, "number": transfer.number, "link": f"/transfers/{transfer.pk}"}
    key = f"{TRANSFER_WAITS}:{transfer.pk}"
    tell(transfer.to_staff_id, TRANSFER_WAITS, params=params, dedupe_key=key, subject=(Transfer.KIND, transfer.pk))


def _tell_sender(transfer: Transfer, accepted: int, refused: int, actor: Actor) -> None:
    params = {"to": actor.label, "number": transfer.number, "accepted": accepted, "refused": refused}
    key = f"{TRANSFER_ANSWERED}:{transfer.pk}"
    tell(
        transfer.from_staff_id,
        TRANSFER_ANSWERED,
        params=params | {"link": f"/transfers/{transfer.pk}"},
        dedupe_key=key,
        subject=(Transfer.KIND, transfer.pk),
    )
