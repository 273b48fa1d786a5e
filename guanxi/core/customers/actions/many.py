"""Steps for many customers at once: one statement each, one head row in the trail, one event.

Who may take part was checked by the run (records/bulk); here only what is still in scope is locked and changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.base.records.bulk import Done

from .. import events as told
from ..access import KIND
from ..models import Customer
from ..validity import continue_many
from .customer import unit_for

# Part of a run: who is told once, at its end, is not told for each thousand.
PART = {"part": True}
MOVE = """
UPDATE customers_customer c SET owner_id = x.owner, unit_id = x.unit, version = c.version + 1, updated_at = %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS x(id, owner, unit) WHERE c.id = x.id
"""
# Only columns of CHOSEN come here.
SET = """
UPDATE customers_customer c SET {column} = x.value, version = c.version + 1, updated_at = %s
FROM unnest(%s::bigint[], %s::text[]) AS x(id, value) WHERE c.id = x.id
"""
CHOSEN = ("status", "grade", "source")
BIN = """
UPDATE customers_customer SET removed_at = %s, version = version + 1 WHERE id = ANY(%s) AND removed_at IS NULL
"""
# One person stands once: who came in again meanwhile is in the way.
UNBIN = """
UPDATE customers_customer c SET removed_at = NULL, version = c.version + 1
FROM unnest(%s::bigint[], %s::int[]) AS x(id, version)
WHERE c.id = x.id AND c.version = x.version AND c.removed_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM customers_customer o WHERE c.kind = 'person' AND c.phone <> '' AND o.kind = 'person'
  AND o.phone = c.phone AND o.name = c.name AND o.removed_at IS NULL)
RETURNING c.id
"""


@action("customers:several:transferred", _("%(who)s gave %(count)s customers to another owner."))
def transfer_several(ids: Sequence[int], *, to: Staff, actor: Actor, why: str = "") -> list[Done]:
    """Those that are not theirs already."""
    gate.ask(actor, "transfer", KIND)
    rows = [row for row in locked(ids, "transfer", actor, "owner_id", "unit_id") if row["owner_id"] != to.pk]
    unit_id = unit_for(to.pk, actor)
    move(rows, [to.pk] * len(rows), [unit_id] * len(rows))
    changed = [row["id"] for row in rows]
    record_several(changed, {"owner": [None, to.pk], "why": [None, why[:200]]}, actor=actor)
    events.publish(Event(told.TRANSFERRED, KIND, changed, PART), actor=actor)
    return [done(row, owner=row["owner_id"], unit=row["unit_id"]) for row in rows]


@action("customers:several:transfer_undone", _("%(who)s gave %(count)s customers back to their former owners."))
def transfer_back(items: Sequence[Done], *, actor: Actor) -> set[int]:
    gate.ask(actor, "transfer", KIND)
    rows = unchanged(items)
    before = {item.id: item.before for item in items}
    owners = [before[row["id"]]["owner"] for row in rows]
    move(rows, owners, [before[row["id"]]["unit"] for row in rows])
    changed = [row["id"] for row in rows]
    record_several(changed, {}, actor=actor)
    events.publish(Event(told.TRANSFERRED, KIND, changed, PART), actor=actor)
    return set(changed)


def move(rows: Sequence[dict[str, Any]], owners: Sequence[Any], units: Sequence[Any]) -> None:
    now, ids = clock.now(), [row["id"] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [now, ids, list(owners), list(units)])
    continue_many(ids, "owner", owners, now)
    continue_many(ids, "unit", units, now)


@action("customers:several:changed", _("%(who)s changed %(count)s customers at once."))
def change_several(ids: Sequence[int], *, field: str, value: str, actor: Actor) -> list[Done]:
    """One choice field of all; those that have the value already are left alone."""
    gate.ask(actor, "update", KIND)
    rows = [row for row in locked(ids, "update", actor, field) if row[field] != value]
    changed = put(rows, field, [value] * len(rows))
    record_several(changed, {field: [None, value]}, actor=actor)
    events.publish(Event(told.CHANGED, KIND, changed), actor=actor)
    return [done(row, **{field: row[field]}) for row in rows]


@action("customers:several:change_undone", _("%(who)s set %(count)s customers back to what they were."))
def change_back(items: Sequence[Done], *, field: str, actor: Actor) -> set[int]:
    gate.ask(actor, "update", KIND)
    before = {item.id: item.before.get(field, "") for item in items}
    rows = unchanged(items)
    changed = put(rows, field, [before[row["id"]] for row in rows])
    record_several(changed, {"field": [None, field]}, actor=actor)
    events.publish(Event(told.CHANGED, KIND, changed), actor=actor)
    return set(changed)


def put(rows: Sequence[dict[str, Any]], field: str, values: Sequence[str]) -> list[int]:
    if field not in CHOSEN:
        raise ValueError(field)
    now, ids = clock.now(), [row["id"] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(SET.format(column=field), [now, ids, list(values)])
    continue_many(ids, field, values, now)
    return ids


@action("customers:several:removed", _("%(who)s moved %(count)s customers to the bin."))
def remove_several(ids: Sequence[int], *, actor: Actor, why: str = "") -> list[Done]:
    gate.ask(actor, "delete", KIND)
    rows = locked(ids, "delete", actor)
    changed = [row["id"] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(BIN, [clock.now(), changed])
    record_several(changed, {"why": [None, why[:200]]}, actor=actor)
    events.publish(Event(told.REMOVED, KIND, changed), actor=actor)
    return [done(row) for row in rows]


@action("customers:several:restored", _("%(who)s took %(count)s customers out of the bin."))
def restore_several(items: Sequence[Done], *, actor: Actor) -> set[int]:
    gate.ask(actor, "delete", KIND)
    with connection.cursor() as cursor:
        cursor.execute(UNBIN, [[item.id for item in items], [item.version for item in items]])
        changed = [row[0] for row in cursor.fetchall()]
    record_several(changed, {}, actor=actor)
    events.publish(Event(told.RESTORED, KIND, changed), actor=actor)
    return set(changed)


def locked(ids: Sequence[int], verb: str, actor: Actor, *columns: str) -> list[dict[str, Any]]:
    rows = Customer.objects.kept().visible_to(actor, verb).filter(id__in=ids).order_by("id")
    return list(rows.select_for_update(of=("self",)).values("id", "version", *columns))


def unchanged(items: Sequence[Done]) -> list[dict[str, Any]]:
    """Locked, and as the run left them. No scope: what somebody did they may take back, wherever it went."""
    versions = {item.id: item.version for item in items}
    rows = Customer.objects.kept().filter(id__in=versions).order_by("id").select_for_update(of=("self",))
    return [row for row in rows.values("id", "version") if row["version"] == versions[row["id"]]]


def done(row: dict[str, Any], **before: Any) -> Done:
    return Done(row["id"], before, row["version"] + 1)


def record_several(ids: Sequence[int], changes: dict[str, Any], *, actor: Actor) -> None:
    if not ids:
        trail.unchanged()
        return
    items = [(KIND, one) for one in ids]
    trail.record(KIND, None, actor=actor, changes={**changes, "count": len(ids)}, items=items)
