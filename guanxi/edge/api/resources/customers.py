from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from ninja import Query

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.kernel.phone import read_phone
from guanxi.base.org.access import unit_name
from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.asked import Asked
from guanxi.base.records.reveal import reveals
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.actions import change_customer, create_customer, remove_customer, transfer_customers
from guanxi.core.customers.models import Customer

from ..endpoint import Resource, needs, reads, writes
from ..interface import add
from ..masking import refuse_masked
from ..own import own_given
from ..paging import ids_of_page, in_order
from ..schemas.customers import CustomerChange, CustomerList, CustomerOut, CustomerPage, NewCustomer, Transfer
from ..schemas.pieces import Why

KIND = Customer.KIND
router = Resource()


@reads(router, "/customers", needs(KIND, "read"), returns=CustomerPage)
def customers_list(request: ActorRequest, query: Query[CustomerList]) -> CustomerPage:
    """Those within your scope. For the next page send the same parameters and `at` = `next` of this one."""
    actor = request.actor
    filters = {k: str(v) for k in ("status", "grade", "owner") if (v := getattr(query, k))}
    asked = Asked(q=query.q, filters=filters, where=query.where, sort=query.sort)
    ids, following = ids_of_page(KIND, asked, actor=actor, at=query.at, limit=query.limit)
    rows = Customer.objects.kept().visible_to(actor).select_related("owner", "unit").in_bulk(ids)
    return CustomerPage(items=[CustomerOut.of(c, actor) for c in in_order(rows, ids)], next=following)


@writes(router, "POST", "/customers", needs(KIND, "create"), returns=CustomerOut, status=201)
def customers_create(request: ActorRequest, body: NewCustomer) -> CustomerOut:
    """You become the owner."""
    made = create_customer(values_of(body.given()), actor=request.actor)
    # Whose it is, is known: the creator's.
    made.owner = Staff(id=request.actor.staff_id, name=request.actor.label)
    made.unit = Unit(id=made.unit_id, name=unit_name(made.unit_id)) if made.unit_id else None
    return CustomerOut.of(made, request.actor)


@reads(router, "/customers/{int:customer_id}", needs(KIND, "read"), returns=CustomerOut)
def customers_get(request: ActorRequest, customer_id: int) -> CustomerOut:
    return shown(customer_id, request.actor)


@writes(router, "PATCH", "/customers/{int:customer_id}", needs(KIND, "update"), returns=CustomerOut)
def customers_change(request: ActorRequest, customer_id: int, body: CustomerChange) -> CustomerOut:
    """Fields left out stay as they are. 409 `stale` names those that somebody else changed since `version`."""
    values = values_of(body.given())
    version = values.pop("version")
    if not reveals(request.actor, KIND, access_customer(request.actor, customer_id)):
        refuse_masked(values, kind=KIND)
    change_customer(customer_id, values, version=version, actor=request.actor)
    return shown(customer_id, request.actor)


@writes(router, "DELETE", "/customers/{int:customer_id}", needs(KIND, "delete"))
def customers_remove(request: ActorRequest, customer_id: int, query: Query[Why]) -> None:
    """Into the bin, from where people can take it out again."""
    remove_customer(customer_id, actor=request.actor, why=query.why)


@writes(router, "POST", "/customers/{int:customer_id}/transfer", needs(KIND, "transfer"))
def customers_transfer(request: ActorRequest, customer_id: int, body: Transfer) -> None:
    """To another owner; file forms and the duties of rules go along."""
    to = Staff.objects.filter(id=body.to, left_on=None).first()
    if to is None:
        raise Invalid({"to": [_("Choose a colleague.")]})
    transfer_customers([customer_id], to=to, actor=request.actor, why=body.why)


def shown(customer_id: int, actor: Actor) -> CustomerOut:
    """With the names beside the ids in the same query."""
    customer = Customer.objects.kept().select_related("owner", "unit").access(actor, customer_id)
    return CustomerOut.of(customer, actor)


def values_of(given: dict[str, Any]) -> dict[str, Any]:
    """Ready for the action, the phone in its canonical form, own fields beside the declared ones."""
    values = own_given(KIND, given)
    if "phone" in values:
        try:
            values["phone"] = read_phone(cast(str, values["phone"]))
        except Unreadable as problem:
            raise Invalid({"phone": [problem.message]}) from problem
    return values


add(router, tag="customers")
