"""A colleague joins or leaves the team of many customers at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate
from guanxi.base.org.models import Staff
from guanxi.base.records.bulk import Done
from guanxi.base.records.reveal import lent_to

from .. import events as told
from ..access import KIND
from ..models import Customer
from .many import locked, record_several

JOIN = """
INSERT INTO customers_teammember (customer_id, staff_id, role, from_on)
SELECT x.id, %s, %s, %s FROM unnest(%s::bigint[]) AS x(id) WHERE NOT EXISTS (
  SELECT 1 FROM customers_teammember m
  WHERE m.customer_id = x.id AND m.staff_id = %s AND m.role = %s AND m.to_on IS NULL)
RETURNING id, customer_id
"""
REACH = """
INSERT INTO org_reach (kind, record_id, staff_id, level, why)
SELECT %s, x.customer, x.staff, x.level, 'team:' || x.member
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[]) AS x(member, customer, staff, level)
ON CONFLICT (staff_id, kind, record_id, why) DO UPDATE SET level = EXCLUDED.level, until = NULL
"""
LEAVE = """
UPDATE customers_teammember SET to_on = %s WHERE id = ANY(%s) AND to_on IS NULL RETURNING id, customer_id
"""
FORGET = "DELETE FROM org_reach WHERE kind = %s AND record_id = ANY(%s) AND staff_id = %s AND why = ANY(%s)"
STANDING = """
SELECT m.id, m.customer_id, coalesce(r.level, 'read') FROM customers_teammember m
LEFT JOIN org_reach r ON r.kind = %s AND r.record_id = m.customer_id AND r.staff_id = m.staff_id
  AND r.why = 'team:' || m.id
WHERE m.staff_id = %s AND m.customer_id = ANY(%s) AND m.to_on IS NULL
"""
COME_BACK = """
UPDATE customers_teammember SET to_on = NULL WHERE id = ANY(%s) AND to_on IS NOT NULL RETURNING id, customer_id
"""
Rows = list[tuple[int, int]]


@action("customers:several_teams:joined", _("%(who)s added a colleague to the team of %(count)s customers."))
def join_teams(ids: Sequence[int], *, staff: Staff, role: str, actor: Actor) -> list[Done]:
    gate.ask(actor, "update", KIND)
    within = [row["id"] for row in locked(ids, "update", actor)]
    rows = _run(JOIN, [staff.pk, role, clock.today(), within, staff.pk, role])
    lent = _may_lend(within, staff, actor)
    give(rows, staff.pk, ["work" if customer in lent else "read" for _member, customer in rows])
    _tell(rows, {"team": [None, staff.pk], "role": [None, role]}, actor)
    return [Done(customer, {"members": [member]}) for member, customer in rows]


@action("customers:several_teams:left", _("%(who)s took a colleague off the team of %(count)s customers."))
def leave_teams(ids: Sequence[int], *, staff: Staff, actor: Actor) -> list[Done]:
    gate.ask(actor, "update", KIND)
    within = [row["id"] for row in locked(ids, "update", actor)]
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [KIND, staff.pk, within])
        standing = cursor.fetchall()
    rows = end([member for member, _customer, _level in standing], staff.pk)
    _tell(rows, {"team": [staff.pk, None]}, actor)
    found: dict[int, list[list[object]]] = {}
    for member, customer, level in standing:
        found.setdefault(customer, []).append([member, level])
    return [Done(customer, {"members": members}) for customer, members in found.items()]


@action("customers:several_teams:join_undone", _("%(who)s took the colleague off the %(count)s teams again."))
def leave_again(items: Sequence[Done], *, staff: Staff, actor: Actor) -> set[int]:
    gate.ask(actor, "update", KIND)
    rows = end([member for item in items for member in item.before["members"]], staff.pk)
    _tell(rows, {"team": [staff.pk, None]}, actor)
    return {customer for _member, customer in rows}


@action("customers:several_teams:leave_undone", _("%(who)s put the colleague back on the %(count)s teams."))
def join_again(items: Sequence[Done], *, staff: Staff, actor: Actor) -> set[int]:
    gate.ask(actor, "update", KIND)
    levels = {member: level for item in items for member, level in item.before["members"]}
    rows = _run(COME_BACK, [list(levels)])
    give(rows, staff.pk, [levels[member] for member, _customer in rows])
    _tell(rows, {"team": [None, staff.pk]}, actor)
    return {customer for _member, customer in rows}


def _may_lend(ids: Sequence[int], staff: Staff, actor: Actor) -> set[int]:
    """As access.level_of says it: nobody lends themselves more than they see already."""
    if staff.pk != actor.staff_id:
        return set(ids)
    revealed = Customer.objects.visible_to(actor, "reveal").filter(id__in=ids).values_list("id", flat=True)
    return set(revealed) | (lent_to(actor, KIND) & set(ids))


def give(rows: Rows, staff_id: int, levels: Sequence[str]) -> None:
    members, customers = [m for m, _ in rows], [c for _, c in rows]
    with connection.cursor() as cursor:
        cursor.execute(REACH, [KIND, members, customers, [staff_id] * len(rows), list(levels)])


def end(members: Sequence[int], staff_id: int) -> Rows:
    rows = _run(LEAVE, [clock.today(), list(members)])
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [KIND, [c for _, c in rows], staff_id, [f"team:{m}" for m, _ in rows]])
    return rows


def _tell(rows: Rows, changes: dict[str, object], actor: Actor) -> None:
    customers = sorted({customer for _member, customer in rows})
    record_several(customers, changes, actor=actor)
    events.publish(Event(told.TEAM_CHANGED, KIND, customers), actor=actor)


def _run(sql: str, parameters: list[object]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
