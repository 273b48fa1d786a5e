"""Lists by key within the reader's scope, on the machinery of the screens (records/keys.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.scopes import Scope, scope_of
from guanxi.base.records.asked import Asked
from guanxi.base.records.criteria import CriteriaError
from guanxi.base.records.criteria.wording import say
from guanxi.base.records.keys import Cursor, KeyQuery, Order
from guanxi.base.records.listing import narrow, planned
from guanxi.base.records.narrowing import Condition, Narrowing, Parameters
from guanxi.base.records.types import RECORD_TYPES, RecordType

T = TypeVar("T")
TOO_BROAD = _("More than 10,000 records would have to be looked into. Narrow the list by something else as well.")


def opened(at: str, *, of: str) -> Cursor | None:
    """Signed for the list `of` and its order: what stands in it reaches the query as a value of the column's type."""
    if not at:
        return None
    try:
        return Cursor.decode(_signer(of).unsign(at))
    except BadSignature:
        raise Invalid({"at": [_("This is not the `next` of a page of this list.")]}) from None


def sealed(cursor: Cursor, *, of: str) -> str:
    return _signer(of).sign(cursor.encode())


def _signer(of: str) -> Signer:
    return Signer(salt=f"guanxi.edge.api.paging:{of}")


def moment_of(cursor: Cursor) -> datetime:
    return datetime.fromisoformat(str(cursor.value))


def ids_of_page(
    kind: str, asked: Asked, *, actor: Actor, at: str, limit: int, besides: Condition | None = None
) -> tuple[list[int], str]:
    """The ids in order and the `next` to ask for, "" on the last page."""
    type_ = RECORD_TYPES.get(kind)
    narrowing = narrowed(type_, asked, actor)
    if besides:
        narrowing = replace(narrowing, found=narrowing.found & besides)
    sort = type_.sort(asked.sort)
    of = f"{kind}:{sort.key}"
    rows = rows_of(type_, scope_of(actor, kind), narrowing, Order(sort, opened(at, of=of)), limit + 1)
    ids = [record_id for record_id, _value in rows[:limit]]
    return ids, sealed(Cursor(rows[limit - 1][1], ids[-1]), of=of) if len(rows) > limit else ""


def narrowed(type_: RecordType, asked: Asked, actor: Actor) -> Narrowing:
    try:
        return narrow(type_, asked, actor)
    except CriteriaError as mistake:
        raise Invalid({"where": [say(mistake.problem)]}) from None


def rows_of(type_: RecordType, scope: Scope, narrowing: Narrowing, order: Order, limit: int) -> list[tuple[int, Any]]:
    """Along the indexes; what they do not answer is asked of short lists alone, as on screen."""
    if narrowing.whole:
        plan = planned(type_, scope, narrowing)
        if plan.too_broad:
            raise Invalid({"where": [TOO_BROAD]})
        return _answered(plan.keys(order, limit=limit))
    return _answered(KeyQuery(type_, scope, order.sort, order.cursor, narrowing, limit).build())


def _answered(query: tuple[str, Parameters]) -> list[tuple[int, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return list(cursor.fetchall())


def in_order(records: dict[int, T], ids: Sequence[int]) -> list[T]:
    """A record that left the scope between the two queries is left out."""
    return [records[i] for i in ids if i in records]
