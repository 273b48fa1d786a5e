"""The tree of units (ORG-01)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused

from .. import gate
from ..access import access_unit, standing_posts
from ..models import Unit
from ..scopes import scope_of
from .reading import differences, read_entries, required, within

KINDS = ("group", "company", "branch", "department", "store", "office", "team")
ABOVE = """
WITH RECURSIVE above AS (
  SELECT id, parent_id FROM org_unit WHERE id = %s
  UNION SELECT u.id, u.parent_id FROM org_unit u JOIN above a ON u.id = a.parent_id
) SELECT 1 FROM above WHERE id = %s
"""


@dataclass(frozen=True)
class UnitEntry:
    name: str
    code: str
    kind: str = "department"
    region: str = ""
    parent_id: int | None = None


@action("org:unit:created", _("%(who)s created this unit."))
def create_unit(entry: UnitEntry, *, actor: Actor) -> Unit:
    gate.ask(actor, "create", "unit")
    unit = Unit(**_values(entry))
    _refuse_widening(actor, "create", region=unit.region)
    _check_parent(unit, actor, verb="create")
    _save(unit)
    trail.record("unit", unit.pk, actor=actor, changes={"name": [None, unit.name], "parent": [None, unit.parent_id]})
    return unit


@action("org:unit:changed", _("%(who)s changed this unit."))
def change_unit(unit_id: int, entry: UnitEntry, *, actor: Actor) -> Unit:
    """Renames and moves. A unit cannot lie below itself."""
    gate.ask(actor, "update", "unit")
    _lock_tree()
    unit = access_unit(actor, unit_id, to="update", lock=True)
    parent_before = unit.parent_id
    changes = differences(unit, _values(entry))
    if not changes:
        trail.unchanged()
        return unit
    _refuse_widening(actor, "update", region="region" in changes, kind="kind" in changes)
    if unit.parent_id != parent_before:
        _check_parent(unit, actor, verb="update")
    _save(unit)
    trail.record("unit", unit.pk, actor=actor, changes=changes)
    return unit


@action("org:unit:closed", _("%(who)s closed this unit."))
def close_unit(unit_id: int, *, actor: Actor) -> None:
    """Refused while it has posts or open units below. Its records keep it as their unit."""
    gate.ask(actor, "update", "unit")
    _lock_tree()
    unit = access_unit(actor, unit_id, to="update", lock=True)
    if standing_posts().filter(unit=unit).exists():
        raise Refused(_("People still hold posts in this unit. End or move these posts first."), code="has_posts")
    if unit.children.filter(closed_on=None).exists():
        raise Refused(_("There are still open units below this one."), code="has_units")
    Unit.objects.filter(id=unit_id).update(closed_on=clock.today())
    trail.record("unit", unit_id, actor=actor, changes={"closed_on": [None, clock.today().isoformat()]})


@action("org:unit:reopened", _("%(who)s reopened this unit."))
def reopen_unit(unit_id: int, *, actor: Actor) -> None:
    gate.ask(actor, "update", "unit")
    unit = access_unit(actor, unit_id, to="update", lock=True)
    if unit.parent and unit.parent.closed_on:
        raise Refused(_("The unit above is closed. Reopen that one first."), code="parent_closed")
    Unit.objects.filter(id=unit_id).update(closed_on=None)
    changes = {"closed_on": [unit.closed_on and unit.closed_on.isoformat(), None]}
    trail.record("unit", unit_id, actor=actor, changes=changes)


def _values(entry: UnitEntry) -> dict[str, Any]:
    values = read_entries(
        name=lambda: within(required(entry.name), 80),
        code=lambda: within(required(entry.code), 30),
        region=lambda: within(entry.region.strip(), 40),
    )
    if entry.kind not in KINDS:
        raise Invalid({"kind": [_("Choose one of the list.")]})
    return values | {"kind": entry.kind, "parent_id": entry.parent_id}


def _refuse_widening(actor: Actor, verb: str, *, region: object, kind: object = False) -> None:
    """Scopes go by regions, and by what is a branch: who administers a part must not widen what its people see."""
    if (region or kind) and not scope_of(actor, "unit", verb).everything:
        raise NotAllowed(_("Only who administers all units gives a region or changes the kind of a unit."))


def _check_parent(unit: Unit, actor: Actor, *, verb: str) -> None:
    scope = scope_of(actor, "unit", verb)
    if unit.parent_id is None:
        if not scope.everything:
            raise Invalid({"parent": [_("Choose one of the list.")]})
        return
    parent = Unit.objects.filter(id=unit.parent_id, closed_on=None).first()
    if parent is None or not (scope.everything or parent.pk in scope.unit_ids):
        raise Invalid({"parent": [_("Choose one of the list.")]})
    if unit.pk and _lies_below(parent.pk, unit.pk):
        raise Invalid({"parent": [_("A unit cannot lie below itself.")]})


def _lies_below(unit_id: int, other_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [unit_id, other_id])
        return cursor.fetchone() is not None


def _lock_tree() -> None:
    """Two moves at once could each be harmless and close a loop together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('org_unit.parent'))")


def _save(unit: Unit) -> None:
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as taken:
        raise Invalid({"code": [_("This code is taken.")]}) from taken
