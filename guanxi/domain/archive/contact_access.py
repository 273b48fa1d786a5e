"""Who may reach which first-contact form; a sealed one only through an opening."""

from __future__ import annotations

from django.db.models import QuerySet

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NotAllowed
from guanxi.base.org.scopes import may, scope_of

from .models import Allocation, ContactForm, ContactState, FormIssue, FormTemplate, ItemState, Transfer, TransferItem


def access_contact_form(actor: Actor, form_id: int, *, to: str = "read", lock: bool = False) -> ContactForm:
    """Raises Missing or NotAllowed; to this a sealed form is not there (FIL-05)."""
    return ContactForm.objects.kept().access(actor, form_id, to=to, lock=lock)


def waiting_for_allocation(actor: Actor) -> QuerySet[ContactForm]:
    """Received by the actor, still in hand and on no list."""
    under_way = TransferItem.objects.filter(form_kind=ContactForm.KIND, state=ItemState.WAITING).values("form_id")
    mine = ContactForm.objects.kept().filter(holder_id=actor.staff_id, state=ContactState.RECEIVED)
    return mine.exclude(id__in=under_way).select_related("collector")


def allocations_visible_to(actor: Actor) -> QuerySet[Allocation]:
    scope = scope_of(actor, Allocation.KIND)
    rows = Allocation.objects.select_related("manager").order_by("-id")
    return rows if scope.everything else rows.filter(manager_id__in=scope.staff_ids)


def access_allocation(actor: Actor, allocation_id: int) -> Allocation:
    found = allocations_visible_to(actor).filter(id=allocation_id).first()
    if found is None:
        raise Missing()
    return found


def access_template(actor: Actor, template_id: int) -> FormTemplate:
    """The register of forms is everybody's to read who has the right at all."""
    found = FormTemplate.objects.filter(id=template_id).first() if may(actor, FormTemplate.KIND, "read") else None
    if found is None:
        raise Missing()
    return found


def issues_visible_to(actor: Actor, verb: str = "read") -> QuerySet[FormIssue]:
    """Sets in the hands of people, or of units, within the actor's scope."""
    scope = scope_of(actor, FormIssue.KIND, verb)
    rows = FormIssue.objects.select_related("template", "staff", "unit", "issued_by")
    if scope.is_nothing:
        return rows.none()
    return rows.filter(scope.condition(kind=FormIssue.KIND, owner="staff_id", unit="unit_id"))


def access_issue(actor: Actor, issue_id: int, *, to: str = "read") -> FormIssue:
    found = issues_visible_to(actor, to).filter(id=issue_id).first()
    if found is None and to != "read":
        access_issue(actor, issue_id)
        raise NotAllowed()
    if found is None:
        raise Missing()
    return found


def access_transfer(actor: Actor, transfer_id: int, *, lock: bool = False) -> Transfer:
    rows = Transfer.objects.visible_to(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=transfer_id).first()
    if found is None:
        raise Missing()
    return found
