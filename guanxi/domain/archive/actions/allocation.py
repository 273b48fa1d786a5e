"""The sales manager allocates the forms received: the customer comes into being, with its owner (CUS-23, FIL-04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.kernel.names import name_key
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.base.records.prints.actions import next_number
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.models import Customer
from guanxi.core.customers.models.customer import Source
from guanxi.core.messaging.actions import tell

from .. import events as told
from ..allocating import Proposal, candidates, propose
from ..contact_access import access_allocation, waiting_for_allocation
from ..messages import ALLOCATED
from ..models import Allocation, AllocationItem, AllocationRule, ContactForm, ContactState

MOST = 100


@dataclass(frozen=True)
class Decision:
    """Whom the manager gives a form to; `why` is needed where that is not whom the rules propose."""

    owner_id: int | None
    why: str = ""


@action("archive:allocation:made", _("%(who)s allocated first-contact forms: %(count)s."))
def allocate_forms(decisions: Mapping[int, Decision], *, actor: Actor) -> Allocation:
    """Somebody known already stays the customer they are, with the owner they have. Raises Invalid."""
    gate.ask(actor, "create", Allocation.KIND)
    forms = _locked_forms(decisions, actor)
    people = {one.id: one for one in candidates(actor)}
    proposals = propose(forms, list(people.values()))
    refuse_unfit(proposals, decisions, people)
    allocation = Allocation.objects.create(manager_id=actor.staff_id, made_at=clock.now())
    owners = {one.pk: one for one in Staff.objects.filter(id__in=people)}
    items = _items(allocation, proposals, decisions, owners, actor)
    AllocationItem.objects.bulk_create(items)
    _mark_allocated(items, actor)
    ids = [item.form_id for item in items]
    named = [(ContactForm.KIND, one) for one in ids]
    trail.record(Allocation.KIND, allocation.pk, actor=actor, changes={"count": len(ids)}, items=named)
    _tell_owners(allocation, items, actor)
    events.publish(Event(told.CONTACT_ALLOCATED, ContactForm.KIND, ids), actor=actor)
    return allocation


@action("archive:allocation:printed", _("%(who)s printed an allocation list."))
def print_allocation(allocation_id: int, *, actor: Actor) -> str:
    """The number of the paper."""
    gate.ask(actor, "read", Allocation.KIND, allocation_id)
    access_allocation(actor, allocation_id)
    number = next_number()
    trail.record(Allocation.KIND, allocation_id, actor=actor, changes={"print_number": number})
    return number


def _mark_allocated(items: Sequence[AllocationItem], actor: Actor) -> None:
    forms = [item.form for item in items]
    for item in items:
        item.form.state, item.form.customer_id = ContactState.ALLOCATED, item.customer_id
        item.form.allocator_id, item.form.allocated_at = actor.staff_id, clock.now()
        item.form.version += 1
    ContactForm.objects.bulk_update(forms, ["state", "customer", "allocator", "allocated_at", "version"])


def _locked_forms(decisions: Mapping[int, Decision], actor: Actor) -> list[ContactForm]:
    if not decisions:
        raise Invalid({"": [_("Choose at least one form.")]})
    if len(decisions) > MOST:
        raise Invalid({"": [_("At most %(most)s forms go on one list.") % {"most": MOST}]})
    rows = waiting_for_allocation(actor).filter(id__in=list(decisions)).order_by("id")
    forms = list(rows.select_for_update(of=("self",)))
    if len(forms) != len(decisions):
        raise Invalid({"": [_("Some of these forms are not in your hands. Open the page again.")]})
    return forms


def refuse_unfit(proposals: Sequence[Proposal], decisions: Mapping[int, Decision], people: Mapping[int, Any]) -> None:
    errors: dict[str, list[Any]] = {}
    for one in proposals:
        made = decisions[one.form.pk]
        if one.known is not None:
            continue
        if made.owner_id not in people:
            errors[f"owner-{one.form.pk}"] = [_("%(number)s: choose one of your people.") % {"number": one.form.number}]
        elif is_changed(one, made) and not made.why.strip():
            errors[f"why-{one.form.pk}"] = [
                _("%(number)s: say why it does not go to whom the rules name.") % {"number": one.form.number}
            ]
    if errors:
        raise Invalid(errors)


def is_changed(proposal: Proposal, made: Decision) -> bool:
    return proposal.owner is not None and proposal.owner.id != made.owner_id


def _items(
    allocation: Allocation,
    proposals: Sequence[Proposal],
    decisions: Mapping[int, Decision],
    owners: Mapping[int, Staff],
    actor: Actor,
) -> list[AllocationItem]:
    made: dict[tuple[str, str], Customer] = {}
    items = []
    for one in proposals:
        decision, who = decisions[one.form.pk], (one.form.phone, name_key(one.form.name))
        known = one.known or made.get(who)
        customer = known or _created(one.form, owners[decision.owner_id or 0], actor)
        made[who] = customer
        rule = AllocationRule.MANAGER if one.owner is None or is_changed(one, decision) else one.rule
        items.append(
            AllocationItem(
                allocation=allocation,
                form=one.form,
                owner_id=customer.owner_id,
                rule=rule,
                proposed_id=one.owner.id if one.owner else None,
                why=decision.why.strip()[:200],
                customer=customer,
                was_known=known is not None,
            )
        )
    return items


def _created(form: ContactForm, owner: Staff, actor: Actor) -> Customer:
    values = {
        "kind": "person",
        "name": form.name,
        "phone": form.phone,
        "gender": form.gender,
        "address": form.address,
        "source": str(Source.COLD_VISIT),
        "route": form.place[:60],
    }
    return create_customer(values, actor=actor, owner=owner, collected_by=form.collector)


def _tell_owners(allocation: Allocation, items: Sequence[AllocationItem], actor: Actor) -> None:
    counts: dict[int, int] = {}
    for item in items:
        if item.owner_id and not item.was_known:
            counts[item.owner_id] = counts.get(item.owner_id, 0) + 1
    for owner_id, count in counts.items():
        params = {"from": actor.label, "count": count, "link": "/customers?sort=new"}
        tell(owner_id, ALLOCATED, params=params, dedupe_key=f"{ALLOCATED}:{allocation.pk}:{owner_id}")
