"""A day's contacts: those the diary plans, and a few that customers begin. Evidence or not is left to the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import connection

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.org.models import Absence
from guanxi.core.activities import events as told
from guanxi.core.activities.models import Activity
from guanxi.core.activities.models.activity import Direction, Kind, NoteState, Result
from guanxi.core.activities.notes import LEAST, digest_of, essence_of
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.models import Duty

from . import words
from .company import FOUNDER, record_many
from .diary import Appointment

FIRST, LAST = 8 * 60 + 15, 17 * 60 + 45
LAST_CONTACT = """
UPDATE customers_customer c SET last_contact_at = GREATEST(c.last_contact_at, a.at)
FROM (SELECT customer_id, max(happened_at) AS at FROM activities_activity
      WHERE id = ANY(%s) AND kind <> 'note' GROUP BY customer_id) a WHERE a.customer_id = c.id
"""


@dataclass
class Writer:
    dice: Random
    # What each person has written already, so that a copy is known as one without asking the database.
    written: set[tuple[int, str]] = field(default_factory=set)

    def write_day(self, day: date, appointments: Iterable[Appointment]) -> None:
        rows = [*self._planned(day, appointments), *self._passing(day)]
        store([row for row in rows if row.happened_at <= clock.now()])

    def _planned(self, day: date, appointments: Iterable[Appointment]) -> list[Activity]:
        wanted = {a.duty_id: a for a in appointments}
        duties = Duty.objects.open().filter(id__in=wanted).exclude(assignee=None).select_related("customer")
        away = set(Absence.objects.filter(starts_on__lte=day, ends_on__gte=day).values_list("staff_id", flat=True))
        at_work = [duty for duty in duties.order_by("id") if duty.assignee_id not in away]
        return [self._contact(day, duty, is_weak=wanted[duty.pk].is_weak) for duty in at_work]

    def _contact(self, day: date, duty: Duty, *, is_weak: bool) -> Activity:
        assert duty.customer is not None
        assert duty.assignee_id is not None
        is_visit = not is_weak and self.dice.random() < 0.13
        result = self.dice.choice((str(Result.NO_ANSWER), str(Result.BUSY))) if is_weak else str(Result.REACHED)
        note = (
            words.weak_note(self.dice)
            if is_weak
            else self._new_note(duty.assignee_id, is_buyer=bool(duty.customer.grade))
        )
        return self._row(
            day,
            duty.customer_id or 0,
            duty.assignee_id,
            kind=str(Kind.VISIT) if is_visit else str(Kind.CALL),
            result=result,
            note=note,
            purpose=duty.purpose,
        )

    def _passing(self, day: date) -> list[Activity]:
        """What customers begin: it settles nothing, being neither a call out nor a visit with a result."""
        known = Customer.objects.filter(created_at__lt=clock.start_of(day), owner__isnull=False, kind="person")
        people = list(known.order_by("id").values_list("id", "owner_id"))
        return [
            self._row(
                day,
                customer,
                owner or 0,
                kind=self.dice.choice((str(Kind.MESSAGE), str(Kind.SHOP), str(Kind.MESSAGE))),
                direction=str(Direction.IN),
                note=words.passing_note(self.dice),
            )
            for customer, owner in self.dice.sample(people, k=min(len(people), self.dice.randint(2, 5)))
        ]

    def _row(self, day: date, customer_id: int, staff_id: int, *, kind: str, note: str, **more: str) -> Activity:
        at = self._moment(day)
        return Activity(
            customer_id=customer_id,
            staff_id=staff_id,
            kind=kind,
            happened_at=at,
            recorded_at=at + timedelta(minutes=self.dice.randint(1, 9)),
            note=note,
            note_digest=digest_of(note),
            note_state=self._state(staff_id, note),
            **more,
        )

    def _moment(self, day: date) -> datetime:
        minute = self.dice.randint(FIRST, LAST)
        return datetime.combine(day, time(minute // 60, minute % 60, self.dice.randrange(60)), tzinfo=clock.ZONE)

    def _new_note(self, staff_id: int, *, is_buyer: bool) -> str:
        while (staff_id, digest_of(note := words.good_note(self.dice, is_buyer=is_buyer))) in self.written:
            pass
        return note

    def _state(self, staff_id: int, note: str) -> str:
        """What `notes.state_of` would find, remembering instead of looking up."""
        essence, mark = essence_of(note), (staff_id, digest_of(note))
        if len(essence) < LEAST:
            return str(NoteState.SHORT)
        is_copy = mark in self.written
        self.written.add(mark)
        return str(NoteState.COPIED) if is_copy else str(NoteState.DETAILED)


def store(rows: list[Activity]) -> None:
    """What `log_activity` does, for many: the facts, the trail, and whatever duties they settle."""
    if not rows:
        return
    rows.sort(key=lambda row: row.happened_at)
    ids = [row.pk for row in Activity.objects.bulk_create(rows)]
    with connection.cursor() as cursor:
        cursor.execute(LAST_CONTACT, [ids])
    record_many(Activity.KIND, ids, name=told.LOGGED)
    customers = sorted({row.customer_id for row in rows})
    events.publish(Event(told.LOGGED, Activity.KIND, ids, {"customers": customers}), actor=FOUNDER)
