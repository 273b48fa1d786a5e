"""The engine once more for what has no customer: a duty for each working day of a doctor, one for each departure.

Slow, obvious, in memory; it shares no code with the statements it checks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .model import day_of, midnight

DOCTOR = "service-doctor"
Key = tuple[str, int, str]


@dataclass
class Post:
    staff: int
    role: str
    starts: date
    ends: date | None = None

    def held(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or self.ends >= day)


@dataclass
class Departure:
    staff: int
    receiver: int
    announced: datetime
    leaves: date
    received: datetime | None = None
    cancelled: bool = False


@dataclass
class File:
    duty: Key
    staff: int
    label: str
    at: datetime
    removed: bool = False


@dataclass
class Duty:
    assignee: int | None
    opens: datetime
    due: datetime
    caught_up: bool
    state: str = "open"
    why: str = ""
    withdrawn: datetime | None = None
    piece: int | None = None
    late: bool = False


@dataclass
class World:
    working: dict[date, bool]
    since: date
    posts: list[Post] = field(default_factory=list)
    absences: dict[int, tuple[int, date, date]] = field(default_factory=dict)
    left: dict[int, date] = field(default_factory=dict)
    departures: dict[int, Departure] = field(default_factory=dict)
    files: dict[int, File] = field(default_factory=dict)
    duties: dict[Key, Duty] = field(default_factory=dict)

    # --- what there should be

    def people(self) -> set[int]:
        return {post.staff for post in self.posts}

    def here(self, staff: int, today: date) -> bool:
        return staff not in self.left or self.left[staff] >= today

    def absent(self, staff: int, day: date) -> bool:
        return any(who == staff and start <= day <= end for who, start, end in self.absences.values())

    def days(self, today: date) -> list[date]:
        every = [self.since + timedelta(days=n) for n in range((today - self.since).days + 1)]
        return [day for day in every if self.working[day]]

    def reason(self, key: Key, today: date) -> str:
        """Empty where the clause asks for it."""
        clause, subject, occurrence = key
        if clause == "leaving":
            return "occasion" if self.departures[subject].cancelled else ""
        day = date.fromisoformat(occurrence)
        roles = {post.role for post in self.posts if post.staff == subject and post.held(day)}
        if day not in self.days(today) or not roles or self.absent(subject, day):
            return "occasion"
        if not self.here(subject, today):
            return "left"
        return "" if DOCTOR in roles else "audience"

    def window(self, key: Key) -> tuple[datetime, datetime]:
        clause, subject, occurrence = key
        if clause == "leaving":
            departure = self.departures[subject]
            opens = min(day_of(departure.announced), departure.leaves)
            return midnight(opens), midnight(departure.leaves + timedelta(days=1))
        day = date.fromisoformat(occurrence)
        return midnight(day), midnight(day + timedelta(days=1))

    def person(self, key: Key, today: date) -> int | None:
        who = key[1] if key[0] == "daily" else self.departures[key[1]].receiver
        return who if self.here(who, today) else None

    def wanted(self, kind: str, ids: set[int], today: date) -> list[Key]:
        if kind == "departure":
            keys = [("leaving", one, "") for one in sorted(ids & set(self.departures))]
        else:
            keys = [("daily", one, str(day)) for one in sorted(ids & self.people()) for day in self.days(today)]
        return [key for key in keys if not self.reason(key, today)]

    # --- phases

    def correct(self, keys: list[Key], now: datetime) -> None:
        for key in keys:
            duty, why = self.duties[key], self.reason(key, day_of(now))
            opens, due = (duty.opens, duty.due) if why else self.window(key)
            if duty.state == "done":
                if (happened := self.proof(key, duty.piece)) and happened >= opens:
                    duty.late = duty.late and happened >= due
                    duty.opens, duty.due = opens, due
                    continue
                duty.state, duty.piece, duty.late = "open", None, False
            if why:
                if duty.state == "open":
                    duty.state, duty.why, duty.withdrawn = "withdrawn", why, now
                continue
            if due != duty.due:
                duty.caught_up = due <= now
            elif duty.withdrawn and duty.withdrawn < due <= now:
                duty.caught_up = True
            duty.state, duty.why, duty.withdrawn = "open", "", None
            duty.opens, duty.due, duty.assignee = opens, due, self.person(key, day_of(now))

    def raise_duties(self, keys: list[Key], now: datetime) -> None:
        for key in keys:
            if key not in self.duties:
                opens, due = self.window(key)
                self.duties[key] = Duty(self.person(key, day_of(now)), opens, due, due <= now)

    def proof(self, key: Key, piece: int | None) -> datetime | None:
        """When the piece happened, if it still counts."""
        if key[0] == "leaving":
            return self.departures[key[1]].received
        file, duty = self.files[piece or 0], self.duties[key]
        counts = file.duty == key and not file.removed and file.label == "minutes" and file.staff == duty.assignee
        return file.at if counts else None

    def settle(self, keys: list[Key]) -> None:
        for key in keys:
            duty = self.duties[key]
            pieces = [key[1]] if key[0] == "leaving" else [n for n, file in self.files.items() if file.duty == key]
            proofs = sorted((at, n) for n in pieces if (at := self.proof(key, n)) and at >= duty.opens)
            if duty.state == "open" and proofs:
                happened, duty.piece = proofs[0]
                duty.state, duty.late = "done", not duty.caught_up and happened >= duty.due

    # --- what happens

    def about(self, kind: str, ids: set[int]) -> list[Key]:
        clause = "leaving" if kind == "departure" else "daily"
        return [key for key in self.duties if key[0] == clause and key[1] in ids]

    def follow(self, kind: str, ids: set[int], now: datetime) -> None:
        self.correct(self.about(kind, ids), now)
        self.raise_duties(self.wanted(kind, ids, day_of(now)), now)
        self.settle(self.about(kind, ids))

    def files_changed(self, key: Key, now: datetime) -> None:
        self.correct(self.about("staff", {key[1]}), now)
        self.settle(self.about("staff", {key[1]}))

    def night(self, now: datetime) -> None:
        for kind, ids in (("staff", self.people()), ("departure", set(self.departures))):
            self.follow(kind, ids, now)
