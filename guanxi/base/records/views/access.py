"""Who may see, change and share which view and which segment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from guanxi.base.kernel import statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NotAllowed
from guanxi.base.org.scopes import may, posts_of

from ..types import RECORD_TYPES, RecordType
from .models import SavedView, Segment, Sharing

# A view is its owner's; shared ones are seen by all, or by those in the unit it is shared with and below it.
FIELDS = [field.attname for field in SavedView._meta.concrete_fields]
SEEN = f"""
SELECT {", ".join(f"v.{name}" for name in FIELDS)}, d.id IS NOT NULL FROM records_savedview v
LEFT JOIN records_defaultview d ON d.view_id = v.id AND d.staff_id = %(staff)s
WHERE v.kind = ANY(%(kinds)s::text[]) AND (%(only)s::bigint = 0 OR v.id = %(only)s) AND (
  v.owner_id = %(staff)s OR v.sharing = 'everybody' OR (v.sharing = 'unit' AND v.unit_id IN (
    WITH RECURSIVE up AS (
      SELECT id, parent_id FROM org_unit WHERE id = ANY(%(units)s::bigint[])
      UNION SELECT u.id, u.parent_id FROM org_unit u JOIN up ON u.id = up.parent_id
    ) SELECT id FROM up)))
ORDER BY v.owner_id <> %(staff)s, v.position, v.id LIMIT 200
"""  # noqa: S608 (names of columns only)


def may_share(actor: Actor) -> bool:
    return may(actor, SavedView.KIND, "share")


def type_of(kind: str, actor: Actor) -> RecordType:
    """The record type, for who may read it."""
    type_ = RECORD_TYPES.find(kind)
    if type_ is None or not may(actor, kind, "read"):
        raise Missing()
    return type_


def type_at(path: str, actor: Actor) -> RecordType:
    """By its address, for who may read it."""
    type_ = next((one for one in RECORD_TYPES if one.path == path), None)
    return type_of(type_.key if type_ else "", actor)


def types_read(actor: Actor) -> list[RecordType]:
    return [one for one in RECORD_TYPES if may(actor, one.key, "read")]


def seen_views(actor: Actor, *kinds: str, only: int = 0) -> list[SavedView]:
    """One query; own ones first, each group in its order. `is_default` says what the reader's list opens with."""
    params = {
        "kinds": list(kinds),
        "only": only,
        "staff": actor.staff_id or 0,
        "units": [post.unit_id for post in posts_of(actor)],
    }
    return [_view(row) for row in statements.rows(SEEN, params)]


def _view(row: Sequence[Any]) -> SavedView:
    values = [json.loads(value) if name == "words" else value for name, value in zip(FIELDS, row, strict=False)]
    view = SavedView.from_db("default", FIELDS, values)
    view.is_default = row[-1]
    return view


def access_view(actor: Actor, view_id: int, *, to: str = "read", lock: bool = False) -> SavedView:
    """Changing is for its owner; whoever may share may also take back what others shared."""
    kinds = [type_.key for type_ in types_read(actor)]
    if to == "read":
        view = next(iter(seen_views(actor, *kinds, only=view_id)), None)
    else:
        changeable = Q(owner_id=actor.staff_id or 0)
        if may_share(actor):
            changeable |= ~Q(sharing=Sharing.NOBODY)
        rows = SavedView.objects.select_for_update() if lock else SavedView.objects.all()
        view = rows.filter(changeable, id=view_id, kind__in=kinds).first()
    if view is None:
        raise Missing()
    return view


def access_segment(actor: Actor, segment_id: int, *, to: str = "read", lock: bool = False) -> Segment:
    if to != "read" and not may_share(actor):
        raise NotAllowed()
    rows = Segment.objects.select_for_update() if lock else Segment.objects.all()
    segment = rows.filter(id=segment_id).first()
    if segment is None or not may(actor, segment.kind, "read"):
        raise Missing()
    return segment
