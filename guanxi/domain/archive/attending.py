"""Which attendance has its file form, and which request to the doctor its call: worked out anew by one statement
each, whatever changed about them."""

from __future__ import annotations

from django.db import connection

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.activities.models import Activity

from .custody import DOCTOR
from .events import ATTENDANCE_CHANGED, CALLBACK_CHANGED, COMPLETED
from .models import Attendance, CallbackRequest

# A form belongs to the last time the person came to that event before it was completed, within a month.
LINK = """
UPDATE archive_attendance a SET file_form_id = w.form_id FROM (
  SELECT a.id, (SELECT f.id FROM archive_fileform f WHERE f.customer_id = a.customer_id AND f.removed_at IS NULL
      AND f.event_name = a.event_name AND f.completed_on BETWEEN a.held_on AND a.held_on + 31
      AND NOT EXISTS (SELECT FROM archive_attendance b WHERE b.customer_id = a.customer_id AND b.removed_at IS NULL
        AND b.event_name = a.event_name AND b.held_on > a.held_on AND b.held_on <= f.completed_on)
    ORDER BY f.completed_on, f.id LIMIT 1) AS form_id
  FROM archive_attendance a WHERE a.removed_at IS NULL AND a.customer_id IN ({customers})
) w WHERE w.id = a.id AND a.file_form_id IS DISTINCT FROM w.form_id RETURNING a.id
"""
OF_FORMS = LINK.format(customers="SELECT f.customer_id FROM archive_fileform f WHERE f.id = ANY(%(ids)s)")
OF_ATTENDANCES = LINK.format(customers="SELECT b.customer_id FROM archive_attendance b WHERE b.id = ANY(%(ids)s)")


CALLED = """
UPDATE archive_callbackrequest r SET called_on = w.day FROM (
  SELECT r.id, (SELECT min((a.happened_at AT TIME ZONE 'Asia/Shanghai')::date) FROM activities_activity a
    WHERE a.customer_id = r.customer_id AND a.removed_at IS NULL AND a.kind IN ('call', 'visit')
      AND a.note_state = 'detailed' AND a.result <> '' AND a.happened_at >= r.created_at
      AND a.staff_id IN (SELECT p.staff_id FROM org_post p JOIN org_role o ON o.id = p.role_id WHERE o.key = %(role)s
        AND p.starts_on <= %(today)s AND (p.ends_on IS NULL OR p.ends_on >= %(today)s))) AS day
  FROM archive_callbackrequest r WHERE r.customer_id = ANY(%(ids)s) AND r.removed_at IS NULL
) w WHERE w.id = r.id AND r.called_on IS DISTINCT FROM w.day RETURNING r.id
"""


def calls_came(event: Event, actor: Actor) -> None:
    """A call before the day wanted counts as well: the day the clause counts from moves forward to it."""
    customers = event.hints.get("customers") or Activity.objects.filter(id__in=event.ids).values_list(
        "customer_id", flat=True
    )
    with connection.cursor() as cursor:
        cursor.execute(CALLED, {"ids": list(customers), "role": DOCTOR, "today": clock.today()})
        changed = [row[0] for row in cursor.fetchall()]
    events.publish(Event(CALLBACK_CHANGED, CallbackRequest.KIND, changed), actor=actor)


def forms_came(event: Event, actor: Actor) -> None:
    """What was filled in later may have made a form complete, or left something out of it."""
    linked = Attendance.objects.filter(file_form_id__in=list(event.ids)).order_by("id")
    before = [] if event.name == COMPLETED else list(linked.values_list("id", flat=True))
    _link(OF_FORMS, event, actor)
    events.publish(Event(ATTENDANCE_CHANGED, Attendance.KIND, before), actor=actor)


def attendances_came(event: Event, actor: Actor) -> None:
    _link(OF_ATTENDANCES, event, actor)


def _link(statement: str, event: Event, actor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(event.ids)})
        changed = [row[0] for row in cursor.fetchall()]
    events.publish(Event(ATTENDANCE_CHANGED, Attendance.KIND, changed), actor=actor)
