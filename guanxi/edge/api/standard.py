"""The resource of a record type that has none of its own: list, read, create, change and remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import BaseModel

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.models import Staff, Unit
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.asked import Asked
from guanxi.base.records.reveal import reveals
from guanxi.base.records.types import RECORD_TYPES, RecordType

from .endpoint import ENDPOINTS, Resource, needs, reads, writes
from .interface import add
from .masking import masked, refuse_masked
from .own import own_given, own_told
from .paging import ids_of_page, in_order
from .schemas.pieces import Named, Why
from .schemas.standard import REFERRING, Schemas, schemas_of

ONE = "{int:record_id}"
PEOPLE: dict[str, Any] = {"staff": Staff, "unit": Unit}


def add_standard_resources() -> None:
    """For every registered type at whose address nothing is yet."""
    for type_ in RECORD_TYPES:
        if ("GET", f"/{type_.path}") not in ENDPOINTS:
            add(standard_resource(type_), tag=type_.path.replace("-", " "))


def standard_resource(type_: RecordType) -> Resource:
    resource, schemas = Resource(), schemas_of(type_)
    _mount_reading(resource, type_, schemas)
    if type_.create:
        _mount_create(resource, type_, schemas)
    if type_.change:
        _mount_change(resource, type_, schemas)
    if type_.remove:
        _mount_remove(resource, type_)
    return resource


def _mount_reading(resource: Resource, type_: RecordType, schemas: Schemas) -> None:
    def listing(request: ActorRequest, query: Any) -> BaseModel:
        return page_of(type_, schemas, query, request.actor)

    def get(request: ActorRequest, record_id: int) -> BaseModel:
        return told(type_, schemas, record_id, request.actor)

    listing.__doc__ = "Those within your scope. For the next page send the same and `at` = `next` of this one."
    may = needs(type_.key, "read")
    signed(listing, type_, "list", query=_asked(schemas))
    reads(resource, f"/{type_.path}", may, returns=schemas.page)(listing)
    signed(get, type_, "get", record_id=int)
    reads(resource, f"/{type_.path}/{ONE}", may, returns=schemas.one)(get)


def _mount_create(resource: Resource, type_: RecordType, schemas: Schemas) -> None:
    create = type_.create
    assert create is not None

    def make(request: ActorRequest, body: Any) -> BaseModel:
        """You become the owner."""
        made = create(values_of(type_, body.given()), actor=request.actor)
        return told(type_, schemas, made.pk, request.actor)

    signed(make, type_, "create", body=schemas.new)
    writes(resource, "POST", f"/{type_.path}", needs(type_.key, "create"), returns=schemas.one, status=201)(make)


def _mount_change(resource: Resource, type_: RecordType, schemas: Schemas) -> None:
    step = type_.change
    assert step is not None

    def change(request: ActorRequest, record_id: int, body: Any) -> BaseModel:
        """Fields left out stay as they are. 409 `stale` names those that somebody else changed since `version`."""
        given = body.given()
        version = given.pop("version")
        values = values_of(type_, given)
        if not reveals(request.actor, type_.key, type_.access(request.actor, record_id), type_.owner, type_.unit):
            refuse_masked(values, kind=type_.key)
        step(record_id, values, version=version, actor=request.actor)
        return told(type_, schemas, record_id, request.actor)

    signed(change, type_, "change", record_id=int, body=schemas.change)
    at, may = f"/{type_.path}/{ONE}", needs(type_.key, "update")
    writes(resource, "PATCH", at, may, returns=schemas.one)(change)


def _mount_remove(resource: Resource, type_: RecordType) -> None:
    step = type_.remove
    assert step is not None

    def remove(request: ActorRequest, record_id: int, query: Any) -> None:
        """Into the bin, from where people can take it out again."""
        step(record_id, actor=request.actor, why=query.why)

    signed(remove, type_, "remove", record_id=int, query=Query[Why])
    writes(resource, "DELETE", f"/{type_.path}/{ONE}", needs(type_.key, "delete"))(remove)


def signed(function: Callable[..., Any], type_: RecordType, step: str, **parameters: Any) -> None:
    """Name and parameters as the document and ninja read them: the schemas exist at run time only."""
    function.__name__ = f"{type_.path.replace('-', '_')}_{step}"
    function.__annotations__ = {"request": ActorRequest, **parameters}


def _asked(schemas: Schemas) -> Any:
    query: Any = Query
    return query[schemas.asks]


def page_of(type_: RecordType, schemas: Schemas, query: Any, actor: Actor) -> BaseModel:
    ids, following = ids_of_page(type_.key, asked_of(type_, query, actor), actor=actor, at=query.at, limit=query.limit)
    rows = _rows(type_).visible_to(actor).in_bulk(ids)
    items = [one_of(type_, schemas, record, actor) for record in in_order(rows, ids)]
    return schemas.page(items=items, next=following)


def asked_of(type_: RecordType, query: Any, actor: Actor) -> Asked:
    """Raises Invalid for a value that the list offers nobody; on screen it would be ignored."""
    filters = {f.key: text for f in type_.filters if (text := getattr(query, f.key))}
    offered = {f.key: {value for value, _label in f.options(actor)} for f in type_.filters if f.key in filters}
    if wrong := [key for key, text in filters.items() if text not in offered[key]]:
        raise Invalid({key: [_("Choose one of the values offered.")] for key in wrong})
    return Asked(q=getattr(query, "q", ""), filters=filters, where=query.where, sort=query.sort)


def told(type_: RecordType, schemas: Schemas, record_id: int, actor: Actor) -> BaseModel:
    return one_of(type_, schemas, _rows(type_).access(actor, record_id), actor)


def _rows(type_: RecordType) -> Any:
    """With the names beside the ids in the same query."""
    manager: Any = type_.model._default_manager
    return manager.kept().select_related(*(f.key for f in type_.fields if f.kind in REFERRING))


def one_of(type_: RecordType, schemas: Schemas, record: Any, actor: Actor) -> BaseModel:
    values = {f.key: _value(f.kind, getattr(record, f.key)) for f in type_.fields if not f.is_derived}
    values |= {"id": record.pk, "updated_at": record.updated_at, "version": record.version}
    if type_.has_own_fields:
        values["own"] = own_told(type_.key, record)
    if not reveals(actor, type_.key, record, type_.owner, type_.unit):
        values = masked(values, kind=type_.key)
    return schemas.one(**values)


def _value(kind: str, value: Any) -> Any:
    if kind in REFERRING:
        return Named.of(value)
    return str(value) if kind in ("text", "longtext", "choice") and value is not None else value


def values_of(type_: RecordType, given: dict[str, Any]) -> dict[str, Any]:
    """Ready for the action: people and units by record, own fields beside the declared ones."""
    values = own_given(type_.key, given)
    for entry in type_.typed_in:
        if entry.kind in REFERRING and values.get(entry.key) is not None:
            values[entry.key] = _found(PEOPLE[entry.kind], entry.key, values[entry.key])
    return values


def _found(model: Any, key: str, record_id: int) -> Any:
    found = model.objects.filter(id=record_id).first()
    if found is None:
        raise Invalid({key: [_("Choose one of the values offered.")]})
    return found
