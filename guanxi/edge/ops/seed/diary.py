"""When the people of the demo do what they must: decided the moment a duty appears, by how careful each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.models import Duty

from .cast import CARE

# Of 100 duties that are in time, so many had a fruitless attempt before; of the others, so many are forgotten.
CALLS = ("buyer-callback", "non-buyer-callback", "doctor-callback", "doctor-on-request")
FRUITLESS, FORGOTTEN, PAST_DONE = 12, 18, 45


@dataclass(frozen=True)
class Appointment:
    """`is_weak`: the attempt leaves a note that settles nothing."""

    duty_id: int
    is_weak: bool = False


@dataclass
class Diary:
    dice: Random
    logins: Mapping[int, str]
    days: dict[date, list[Appointment]] = field(default_factory=lambda: defaultdict(list))
    seen_up_to: int = 0

    def note_new_duties(self) -> None:
        """Only what a contact settles: forms, lists and files have their own ways here."""
        rows = Duty.objects.open().filter(id__gt=self.seen_up_to, assignee__isnull=False, clause__key__in=CALLS)
        for duty in rows.order_by("id"):
            self._plan(duty)
            self.seen_up_to = duty.pk

    def _plan(self, duty: Duty) -> None:
        roll = self.dice.randrange(100)
        if duty.is_caught_up:
            if roll < PAST_DONE:
                self._put(clock.today() + timedelta(days=self.dice.randint(1, 25)), duty)
            return
        care = CARE.get(self.logins.get(duty.assignee_id or 0, ""), 90)
        if roll < care:
            self._in_time(duty)
        elif self.dice.randrange(100) >= FORGOTTEN:
            self._put(duty.due_on + timedelta(days=1 + int(self.dice.expovariate(0.35))), duty)

    def _in_time(self, duty: Duty) -> None:
        first = max(clock.local_date(duty.opens_at), clock.today()) + timedelta(days=1)
        window = max(0, (duty.due_on - first).days)
        day = duty.due_on - timedelta(days=min(window, int(self.dice.expovariate(0.6))))
        if day > first and self.dice.randrange(100) < FRUITLESS:
            self.days[day - timedelta(days=1)].append(Appointment(duty.pk, is_weak=True))
        self._put(day, duty)

    def _put(self, day: date, duty: Duty) -> None:
        # A call on the very day a window opens would settle the step before, if that is still open.
        self.days[max(day, clock.local_date(duty.opens_at))].append(Appointment(duty.pk))
