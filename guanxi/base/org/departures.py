"""Who is about to leave, who may receive, and what stands between a departure and its end (ORG-07, ORG-10, ORG-11)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, Refused

from . import events as told
from . import gate
from .blockers import Held, held_by
from .models import CalendarDay, Departure, Staff
from .scopes import scope_of

KIND = Departure.KIND
# Up the chain of posts, over posts that have ended.
IS_ABOVE = """
WITH RECURSIVE above(post_id) AS (
  SELECT p.superior_id FROM org_post p WHERE p.staff_id = %(below)s AND p.superior_id IS NOT NULL
    AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)
  UNION SELECT p.superior_id FROM org_post p JOIN above a ON p.id = a.post_id WHERE p.superior_id IS NOT NULL)
SELECT 1 FROM above a JOIN org_post p ON p.id = a.post_id
WHERE p.staff_id = %(above)s AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s) LIMIT 1
"""


def is_superior(above: int | None, below: int) -> bool:
    return statements.value(IS_ABOVE, {"above": above or -1, "below": below, "day": clock.today()}) is not None


def departures_visible_to(actor: Actor) -> QuerySet[Departure]:
    """Of one's people; one's own; and what oneself, or one of one's people, shall receive."""
    rows = Departure.objects.select_related("staff", "receiver", "announced_by", "received_by")
    scope = scope_of(actor, KIND, "read")
    if scope.everything:
        return rows
    people = {*scope.staff_ids, actor.staff_id or -1}
    return rows.filter(Q(staff_id__in=people) | Q(receiver_id__in=people))


def access_departure(actor: Actor, departure_id: int, *, to: str = "read", lock: bool = False) -> Departure:
    """To read it is to see it; to change it needs the right for the leaver. Confirming asks `may_receive`."""
    rows = departures_visible_to(actor)
    if to != "read":
        scope = scope_of(actor, KIND, to)
        rows = rows if scope.everything else rows.filter(staff_id__in=scope.staff_ids)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=departure_id).first()
    if found is None:
        raise Missing()
    return found


def open_departure(staff_id: int, *, lock: bool = False) -> Departure | None:
    rows = Departure.objects.filter(staff_id=staff_id, completed_at=None, cancelled_at=None)
    return (rows.select_for_update() if lock else rows).first()


def receivers(*, but: int | None = None) -> QuerySet[Staff]:
    """Managers and service doctors: who holds a role that may approve departures."""
    today = clock.today()
    held = Q(posts__starts_on__lte=today) & (Q(posts__ends_on=None) | Q(posts__ends_on__gte=today))
    granted = Q(posts__role__grants__kind=KIND, posts__role__grants__verb="approve")
    people = Staff.objects.filter(held & granted, left_on=None, account__is_active=True).exclude(id=but)
    return people.distinct().order_by("pinyin", "id")


def may_receive(actor: Actor, departure: Departure) -> bool:
    """The receiver, or a superior of the receiver; never who leaves."""
    if actor.staff_id is None or actor.staff_id == departure.staff_id:
        return False
    return actor.staff_id == departure.receiver_id or is_superior(actor.staff_id, departure.receiver_id)


def days_late(departure: Departure) -> int:
    """Working days beyond the one that is allowed between the last day and the announcement (ORG-07)."""
    announced = clock.local_date(departure.announced_at)
    if announced <= departure.leaves_on:
        return 0
    between = CalendarDay.objects.filter(is_working=True, day__gt=departure.leaves_on, day__lte=announced).aggregate(
        count=Count("day")
    )
    return max(0, int(between["count"]) - 1)


def is_overdue(departure: Departure, *, today: date | None = None) -> bool:
    """The last day is over, and not everything has been handed over (ORG-11)."""
    is_open = departure.received_at is None and departure.cancelled_at is None and departure.completed_at is None
    return is_open and departure.leaves_on < (today or clock.today())


def latest_day() -> date:
    return clock.today() + timedelta(days=366)


def refuse_while_held(staff: Staff) -> list[Held]:
    if held := held_by(staff.pk):
        raise Refused(
            _("%(name)s still holds what must be handed over first.") % {"name": staff.name}, code="holds", held=held
        )
    return held


def refuse_unreceived(staff: Staff, *, actor: Actor) -> Departure | None:
    """The departure that may now be completed. A clause that forbids leaving with files asks for one that was
    announced and received; without the clause, one that was announced waits for its receiver all the same."""
    departure = open_departure(staff.pk, lock=True)
    if departure is None or departure.received_at is None:
        gate.ask_rules(actor, "complete", KIND, departure.pk if departure else None)
    if departure and departure.received_at is None:
        raise Refused(
            _("%(receiver)s has not confirmed yet that everything was handed over.")
            % {"receiver": departure.receiver.name},
            code="not_received",
        )
    return departure


def complete(departure: Departure, *, actor: Actor) -> None:
    """Part of ending the employment, whose trail says so."""
    departure.completed_at = clock.now()
    departure.save(update_fields=["completed_at"])
    events.publish(Event(told.DEPARTURE_COMPLETED, KIND, [departure.pk]), actor=actor)
