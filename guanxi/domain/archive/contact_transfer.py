"""First-contact forms on transfer lists: signed to the sales manager, allocated to the customer service manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed
from guanxi.base.org import gate

from .models import ContactForm, ContactState, Transfer
from .transferring import TRANSFERABLE, Transferable

MANAGER, SERVICE = "sales-manager", "service-manager"
# In which state a form goes to whom. Who leaves hands on to another manager or custodian.
GOES_TO = {
    ContactState.SIGNED: (MANAGER,),
    ContactState.RECEIVED: (MANAGER,),
    ContactState.ALLOCATED: (SERVICE, MANAGER),
    ContactState.AT_SERVICE: (SERVICE,),
    ContactState.SEALED: (SERVICE,),
}
TO_MANAGER = _("Before it is allocated, a form goes to a sales manager.")
TO_SERVICE = _("Once allocated, a form goes to a customer service manager.")


def refused(forms: Sequence[ContactForm], transfer: Transfer, actor: Actor) -> Mapping[int, Any]:
    return {form.pk: why for form in forms if (why := refused_form(form, transfer, actor))}


def refused_form(form: ContactForm, transfer: Transfer, actor: Actor) -> Any:
    if form.state == ContactState.DRAFT:
        return unsigned(form, actor)
    if transfer.receiver_role in GOES_TO.get(ContactState(form.state), ()):
        return ""
    return TO_MANAGER if form.allocated_at is None else TO_SERVICE


def unsigned(form: ContactForm, actor: Actor) -> Any:
    """In the words of the clause that forbids it, where one is in force."""
    try:
        gate.ask_rules(actor, "accept-unsigned", ContactForm.KIND, form.pk)
    except NotAllowed as forbidden:
        return forbidden.message
    return _("This form is not signed yet. Unsigned forms are not accepted.")


def sent(ids: Sequence[int], transfer: Transfer, actor: Actor) -> None:
    ContactForm.objects.filter(id__in=ids, state=ContactState.SIGNED).update(
        state=ContactState.HANDED_OVER, version=F("version") + 1
    )


def came_back(ids: Sequence[int], transfer: Transfer, actor: Actor) -> None:
    ContactForm.objects.filter(id__in=ids, state=ContactState.HANDED_OVER).update(
        state=ContactState.SIGNED, version=F("version") + 1
    )


def received(ids: Sequence[int], transfer: Transfer, actor: Actor) -> None:
    """The holder is set already; what the receiver is decides what the form waits for now."""
    forms = ContactForm.objects.filter(id__in=ids)
    now = clock.now()
    if transfer.receiver_role == MANAGER:
        forms.filter(state=ContactState.HANDED_OVER).update(
            state=ContactState.RECEIVED, receiver_id=actor.staff_id, received_at=now
        )
        forms.filter(state=ContactState.RECEIVED).update(receiver_id=actor.staff_id)
    else:
        forms.filter(state=ContactState.ALLOCATED).update(state=ContactState.AT_SERVICE, service_received_at=now)


def register() -> None:
    TRANSFERABLE.add(
        Transferable(
            key=ContactForm.KIND,
            label=_("First-contact forms"),
            model=ContactForm,
            kept=lambda: ContactForm.objects.existing(),
            named=lambda form: form.initials,
            page=lambda form_id: f"/contact-forms/{form_id}",
            roles=(MANAGER, SERVICE),
            state_of=lambda form: form.get_state_display(),
            is_ready=lambda form: form.state in (ContactState.SIGNED, ContactState.ALLOCATED),
            refused=refused,
            sent=sent,
            received=received,
            came_back=came_back,
        )
    )
