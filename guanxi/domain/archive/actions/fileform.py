"""Filling in, correcting and removing a file form (FIL-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused, Stale
from guanxi.base.org import gate
from guanxi.base.records.changes import apply_changes
from guanxi.core.customers.access import access_customer

from .. import events as told
from ..access import KIND, access_file_form
from ..custody import begin_way, require_here
from ..models import Custody, FileForm

WRITABLE = ["event_name", "completed_on", "purchased", "product", "amount", "health", "remark"]
PERSONAL = frozenset({"health", "remark"})
OUT_OF_HAND = frozenset({Custody.LENT, Custody.TRANSIT, Custody.LOST})
STILL_OUT = _("%(number)s: %(state)s. A file is removed when it is back in its keeper's hands.")


@action("archive:fileform:completed", _("%(who)s filled in this file form."))
def complete_file_form(customer_id: int, values: Mapping[str, Any], *, actor: Actor) -> FileForm:
    """The customer's owner is the representative; the duties of every rule on file forms follow in this transaction."""
    gate.ask(actor, "create", KIND)
    # Locked, so that nobody moves the customer to the bin or to another owner meanwhile.
    customer = access_customer(actor, customer_id, lock=True)
    fields = {k: v for k, v in values.items() if k in WRITABLE}
    require_complete(fields)
    now = clock.now()
    form = FileForm(**fields, customer=customer, created_at=now, updated_at=now)
    form.representative_id, form.unit_id = customer.owner_id, customer.unit_id
    if customer.owner_id is None:
        require_here(actor.staff_id)
    form.custody, form.holder_id, form.held_since = Custody.REPRESENTATIVE, customer.owner_id or actor.staff_id, now
    save(form, insert=True)
    begin_way(form, by_id=actor.staff_id)
    trail.record(KIND, form.pk, actor=actor, changes={"customer": [None, customer.pk]})
    events.publish(Event(told.COMPLETED, KIND, [form.pk]), actor=actor)
    return form


@action("archive:fileform:changed", _("%(who)s corrected this file form."))
def change_file_form(form_id: int, values: Mapping[str, Any], *, version: int, actor: Actor) -> FileForm:
    """Open duties follow the correction: re-dated, withdrawn or raised anew."""
    gate.ask(actor, "update", KIND, form_id)
    form = access_file_form(actor, form_id, to="update", lock=True)
    wanted = {k: v for k, v in values.items() if k in WRITABLE}
    if form.version != version:
        theirs = {f: (getattr(form, f), v) for f, v in wanted.items() if getattr(form, f) != v}
        if theirs:
            raise Stale(version=form.version, theirs=theirs)
    changes = apply_changes(form, wanted)
    if not changes:
        trail.unchanged()
        return form
    require_complete({f: getattr(form, f) for f in WRITABLE})
    form.version += 1
    form.updated_at = clock.now()
    save(form, insert=False)
    open_ones = {f: c for f, c in changes.items() if f not in PERSONAL}
    personal = {f: c for f, c in changes.items() if f in PERSONAL}
    trail.record(KIND, form.pk, actor=actor, changes=open_ones, personal=personal)
    events.publish(Event(told.CHANGED, KIND, [form.pk]), actor=actor)
    return form


@action("archive:fileform:removed", _("%(who)s removed this file form."))
def remove_file_form(form_id: int, *, actor: Actor, why: str) -> None:
    gate.ask(actor, "delete", KIND, form_id)
    form = access_file_form(actor, form_id, to="delete", lock=True)
    if form.custody in OUT_OF_HAND:
        raise Refused(STILL_OUT % {"number": form.number, "state": form.get_custody_display()}, code="out_of_hand")
    if not why.strip():
        raise Invalid({"why": [_("Say why this form is removed.")]})
    form.removed_at = clock.now()
    form.version += 1
    form.save(update_fields=["removed_at", "version"])
    trail.record(KIND, form.pk, actor=actor, changes={"why": [None, why[:200]]})
    events.publish(Event(told.REMOVED, KIND, [form.pk]), actor=actor)


def require_complete(values: Mapping[str, Any]) -> None:
    errors: dict[str, list[Any]] = {}
    if not values.get("event_name"):
        errors["event_name"] = [_("Name the event this form comes from.")]
    if not values.get("completed_on"):
        errors["completed_on"] = [_("Enter the day the form was completed.")]
    elif values["completed_on"] > clock.today():
        errors["completed_on"] = [_("This day lies in the future.")]
    if values.get("purchased") and not values.get("product"):
        errors["product"] = [_("Name what a buyer bought.")]
    if errors:
        raise Invalid(errors)


def save(form: FileForm, *, insert: bool) -> None:
    try:
        with transaction.atomic():
            form.save(force_insert=insert, force_update=not insert)
    except IntegrityError as clash:
        raise Invalid({"event_name": [_("This person has a form from this event and day already.")]}) from clash
