"""Moving file forms from hand to hand: the form's own row and its way are written together, for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Refused
from guanxi.base.org.access import current_posts
from guanxi.base.org.models import Staff

from .models import Custody, CustodyEntry, FileForm, Moved

DOCTOR, MANAGER = "service-doctor", "sales-manager"
# `giver`: who had it before; a transfer list knows that better than the row, whose holder has changed already.
MOVE = """
WITH before AS (SELECT id, holder_id FROM archive_fileform WHERE id = ANY(%(ids)s) FOR UPDATE),
moved AS (
  UPDATE archive_fileform f SET custody = %(state)s, holder_id = %(holder)s, held_since = %(now)s,
    keeper_id = CASE WHEN %(state)s = 'kept' THEN %(holder)s::bigint ELSE f.keeper_id END,
    version = f.version + 1, updated_at = %(now)s
  FROM before b WHERE f.id = b.id RETURNING f.id, b.holder_id AS giver_id
)
INSERT INTO archive_custodyentry (form_id, state, moved, holder_id, giver_id, recorded_by_id, at, reference_id)
SELECT id, %(state)s, %(moved)s, %(holder)s, COALESCE(%(giver)s::bigint, giver_id), %(by)s, %(now)s, %(reference)s
FROM moved ORDER BY id
"""
# What has not been received goes back to what it was before it was sent.
BACK = """
WITH back AS (
  UPDATE archive_fileform f SET custody = COALESCE((SELECT w.state FROM archive_custodyentry w
      WHERE w.form_id = f.id AND w.state <> 'transit' ORDER BY w.id DESC LIMIT 1), 'representative'),
    held_since = %(now)s, version = f.version + 1
  WHERE f.id = ANY(%(ids)s) AND f.custody = 'transit' RETURNING f.id, f.custody, f.holder_id
)
INSERT INTO archive_custodyentry (form_id, state, moved, holder_id, giver_id, recorded_by_id, at)
SELECT id, custody, 'refused', holder_id, NULL, %(by)s, %(now)s FROM back ORDER BY id
"""


@dataclass(frozen=True)
class Step:
    """`holder_id` has the forms from now on; `by_id` says so. `moved` and `state` are values of Moved and Custody."""

    moved: object
    state: object
    holder_id: int | None
    by_id: int | None
    giver_id: int | None = None
    reference_id: int | None = None


def move_forms(ids: Sequence[int], step: Step) -> None:
    given = {
        "ids": list(ids),
        "state": str(step.state),
        "moved": str(step.moved),
        "holder": step.holder_id,
        "giver": step.giver_id,
        "by": step.by_id,
        "reference": step.reference_id,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, given)


def begin_way(form: FileForm, *, by_id: int | None) -> None:
    """The first step of a form that was just filled in."""
    CustodyEntry.objects.create(
        form=form,
        state=form.custody,
        moved=Moved.COMPLETED,
        holder_id=form.holder_id,
        recorded_by_id=by_id,
        at=form.created_at,
    )


def give_back(ids: Sequence[int], *, by_id: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BACK, {"ids": list(ids), "by": by_id, "now": clock.now()})


def require_here(staff_id: int | None) -> None:
    """Waits for an end of employment that is under way: nobody leaves with what reaches them at that moment."""
    here = Staff.objects.select_for_update(no_key=True).filter(id=staff_id or -1, left_on=None)
    if not here.exists():
        raise Refused(_("This person has left the company."), code="left")


def has_role_now(staff_id: int | None, role: str) -> bool:
    return current_posts().filter(staff_id=staff_id or -1, role__key=role).exists()


def state_with(staff_id: int | None) -> object:
    """What a form is called in the hands of this person."""
    if has_role_now(staff_id, DOCTOR):
        return Custody.KEPT
    return Custody.MANAGER if has_role_now(staff_id, MANAGER) else Custody.REPRESENTATIVE
