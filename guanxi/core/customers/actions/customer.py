"""Creating, changing, binning and restoring a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused, Stale
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import posts_of
from guanxi.base.records.changes import (
    Change,
    apply_changes,
    as_columns,
    differing,
    missing_own,
    personal_among,
    present,
    writable,
)
from guanxi.base.records.inserting import insert
from guanxi.base.records.types import Field

from .. import events as told
from ..access import KIND, access_customer
from ..indexing import index_names, search_words, sounds
from ..models import Customer
from ..validity import continue_history, start_history

# What a person may write; owner and unit move only by transfer, the collector never (CUS-22).
WRITABLE = [
    "kind",
    "name",
    "phone",
    "status",
    "type",
    "grade",
    "gender",
    "birth_on",
    "birth_is_lunar",
    "address",
    "company_name",
    "industry",
    "source",
    "route",
    "need",
    "remark",
]
PERSONAL = frozenset({"name", "phone", "address", "birth_on", "remark"})
BLOCKERS: list[Any] = []


@action("customers:customer:created", _("%(who)s created this customer."))
def create_customer(
    values: Mapping[str, Any], *, actor: Actor, owner: Staff | None = None, collected_by: Staff | None = None
) -> Customer:
    """The creator owns the customer unless `owner` is given, and collected it (CUS-22) unless `collected_by` is.
    Raises Invalid, NotAllowed."""
    gate.ask(actor, "create", KIND)
    fields = writable(KIND, values, WRITABLE)
    require_complete(fields, missing_own(KIND, fields))
    now = clock.now()
    customer = Customer(**as_columns(fields), created_at=now, updated_at=now)
    customer.collected_by_id = collected_by.id if collected_by else actor.staff_id
    customer.owner_id = owner.id if owner else actor.staff_id
    customer.unit_id = unit_for(customer.owner_id, actor)
    save_new(customer)
    start_history(customer, now)
    trail.record(KIND, customer.pk, actor=actor, personal={"name": [None, customer.name]})
    events.publish(Event(told.CREATED, KIND, [customer.pk]), actor=actor)
    return customer


@action("customers:customer:changed", _("%(who)s changed this customer."))
def change_customer(customer_id: int, values: Mapping[str, Any], *, version: int, actor: Actor) -> Customer:
    """Raises Stale when `version` is no longer the record's; it names the fields both sides changed."""
    gate.ask(actor, "update", KIND, customer_id)
    customer = access_customer(actor, customer_id, to="update", lock=True)
    wanted = writable(KIND, values, WRITABLE)
    refuse_stale(customer, wanted, version)
    changes = apply_changes(customer, wanted)
    if not changes:
        trail.unchanged()
        return customer
    require_complete({f: getattr(customer, f) for f in ("kind", "name", "phone", "company_name")})
    customer.version += 1
    customer.updated_at = clock.now()
    save_changed(customer)
    continue_history(customer, changes, customer.updated_at)
    record_changes(customer, changes, actor=actor)
    events.publish(Event(told.CHANGED, KIND, [customer.pk]), actor=actor)
    return customer


@action("customers:customer:removed", _("%(who)s moved this customer to the bin."))
def remove_customer(customer_id: int, *, actor: Actor, why: str = "") -> None:
    """Into the bin, from where it can be restored (CUS-05). Upper rooms name what stands in the way in BLOCKERS."""
    gate.ask(actor, "delete", KIND, customer_id)
    customer = access_customer(actor, customer_id, to="delete", lock=True)
    reasons = [text for blocker in BLOCKERS if (text := blocker(customer))]
    if reasons:
        raise Refused(_("This customer cannot be removed: %(reasons)s") % {"reasons": " ".join(map(str, reasons))})
    Customer.objects.filter(id=customer.id).update(removed_at=clock.now(), version=customer.version + 1)
    trail.record(KIND, customer.pk, actor=actor, changes={"why": [None, why[:200]]})
    events.publish(Event(told.REMOVED, KIND, [customer.pk]), actor=actor)


@action("customers:customer:restored", _("%(who)s took this customer out of the bin."))
def restore_customer(customer_id: int, *, actor: Actor) -> None:
    gate.ask(actor, "delete", KIND, customer_id)
    customer = Customer.objects.filter(removed_at__isnull=False).access(actor, customer_id, to="delete", lock=True)
    customer.removed_at, customer.version = None, customer.version + 1
    save_changed(customer)
    trail.record(KIND, customer.pk, actor=actor)
    events.publish(Event(told.RESTORED, KIND, [customer.pk]), actor=actor)


def require_complete(values: Mapping[str, Any], missing: Sequence[Field] = ()) -> None:
    """CUS-01: a name always, and a way to reach the customer. `missing`: own fields that a new one must have."""
    errors: dict[str, list[Any]] = {field.key: [_("Please fill this in.")] for field in missing}
    if not values.get("name"):
        errors["name"] = [_("A customer needs a name.")]
    if not values.get("phone"):
        errors["phone"] = [_("Enter a phone number, so that the customer can be reached.")]
    if errors:
        raise Invalid(errors)


def refuse_stale(customer: Customer, wanted: Mapping[str, Any], version: int) -> None:
    if customer.version == version:
        return
    theirs = {f: (present(customer, f), value) for f, value in differing(customer, wanted).items()}
    if theirs:
        raise Stale(version=customer.version, theirs=theirs)


def record_changes(customer: Customer, changes: Mapping[str, Change], *, actor: Actor) -> None:
    kept_apart = PERSONAL | personal_among(KIND, changes)
    open_ones = {f: c for f, c in changes.items() if f not in kept_apart}
    personal = {f: c for f, c in changes.items() if f in kept_apart}
    trail.record(KIND, customer.pk, actor=actor, changes=open_ones, personal=personal)


def unit_for(staff_id: int | None, actor: Actor) -> int | None:
    """The unit of the owner's main post; the creator's own when there is none."""
    if staff_id == actor.staff_id and staff_id is not None:
        posts = posts_of(actor)
        return posts[0].unit_id if posts else None
    staff = Staff.objects.filter(id=staff_id).first()
    post = staff.posts.filter(ends_on__isnull=True).order_by("-is_main", "id").first() if staff else None
    return post.unit_id if post else None


def save_new(customer: Customer) -> None:
    """The transaction of the action ends with a refusal, so nothing has to be kept apart here."""
    customer.pinyin, customer.initials = sounds(customer)
    try:
        insert(customer, words=search_words(customer))
    except IntegrityError as clash:
        raise same_person() from clash


def save_changed(customer: Customer) -> None:
    index_names(customer)
    try:
        customer.save(force_update=True)
    except IntegrityError as clash:
        raise same_person() from clash


def same_person() -> Invalid:
    # The database's own message holds the phone number: it must not travel on (trust.md 4.16).
    return Invalid({"phone": [_("A customer with this name and phone number exists already.")]})
