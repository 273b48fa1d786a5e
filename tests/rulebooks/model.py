"""The engine once more: slow, obvious, in memory. It shares no code with the statements it checks.

A world of customers, forms, contacts and people; rules as plain data; the four phases as loops.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


@dataclass
class Unit:
    parent: int | None
    is_branch: bool


@dataclass
class Post:
    id: int
    staff: int
    unit: int
    role: str
    superior: int | None
    ends: date | None = None


@dataclass
class Customer:
    owner: int
    unit: int
    undisturbed: bool = False
    dead: bool = False
    binned: bool = False


@dataclass
class Form:
    customer: int
    completed: date
    bought: bool
    removed: bool = False


@dataclass
class Contact:
    customer: int
    staff: int
    kind: str
    result: str
    detailed: bool
    happened: datetime
    recorded: datetime
    form: int | None
    removed: bool = False


@dataclass
class Clause:
    """`who` is owner, superior or a role; steps count days, workdays or months; the ladder tells `to` at an offset."""

    key: str
    applies: Callable[[Form], bool]
    who: str
    steps: list[tuple[int, str]]
    ladder: list[tuple[int, str]]
    kinds: tuple[str, ...] = ("call", "visit")
    needs_note: bool = True
    same_day: bool = True
    anyone: bool = False


@dataclass
class Duty:
    clause: str
    form: int
    step: int
    assignee: int | None
    unit: int
    opens: datetime
    due: datetime
    base: datetime
    caught_up: bool
    state: str = "open"
    by_hand: bool = False
    postponed: datetime | None = None
    contact: int | None = None
    late: bool = False
    why: str = ""
    withdrawn: datetime | None = None
    rung: int = 0


@dataclass
class World:
    clauses: list[Clause]
    working: dict[date, bool]
    from_day: date
    units: dict[int, Unit] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    left: dict[int, date] = field(default_factory=dict)
    absent: list[tuple[int, date, date]] = field(default_factory=list)
    customers: dict[int, Customer] = field(default_factory=dict)
    forms: dict[int, Form] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    duties: dict[tuple[str, int, int], Duty] = field(default_factory=dict)
    messages: set[tuple[str, int, int, int, int]] = field(default_factory=set)

    # --- people

    def here(self, staff: int, today: date) -> bool:
        return staff not in self.left or self.left[staff] >= today

    def active(self, post: Post, today: date) -> bool:
        return (post.ends is None or post.ends >= today) and self.here(post.staff, today)

    def superior(self, staff: int, today: date) -> int | None:
        mine = [post for post in self.posts if post.staff == staff and self.active(post, today)]
        above = mine[0].superior if mine else None
        while above is not None:
            post = next(p for p in self.posts if p.id == above)
            if self.active(post, today) and post.staff != staff:
                return post.staff
            above = post.superior
        return None

    def below(self, unit: int) -> dict[int, int]:
        """The unit and what lies under it without entering another branch: unit -> how far down."""
        found, level, depth = {unit: 0}, [unit], 0
        while level:
            depth += 1
            level = [u for u, node in self.units.items() if node.parent in level and not node.is_branch]
            found |= dict.fromkeys(level, depth)
        return found

    def nearest(self, role: str, unit: int, today: date) -> list[int]:
        at: int | None = unit
        while at is not None:
            reach = self.below(at)
            holders = [p for p in self.posts if p.role == role and self.active(p, today) and p.unit in reach]
            if holders:
                closest = min(reach[p.unit] for p in holders)
                return sorted({p.staff for p in holders if reach[p.unit] == closest})
            at = self.units[at].parent
        return []

    def person(self, clause: Clause, form_id: int, today: date) -> int | None:
        customer = self.customers[self.forms[form_id].customer]
        if clause.who == "owner":
            return customer.owner if self.here(customer.owner, today) else None
        if clause.who == "superior":
            return self.superior(customer.owner, today)
        people = self.nearest(clause.who, customer.unit, today)
        return people[form_id % len(people)] if people else None

    # --- dates

    def last_day(self, clause: Clause, step: int, start: date) -> date:
        amount, unit = clause.steps[step - 1]
        if unit == "months":
            month = start.year * 12 + start.month - 1 + amount
            year, month = month // 12, month % 12 + 1
            return date(year, month, min(start.day, monthrange(year, month)[1]))
        day = start
        while amount:
            day += timedelta(days=1)
            amount -= unit == "days" or self.working[day]
        return day

    def window(self, clause: Clause, step: int, start: date) -> tuple[datetime, datetime]:
        opens = start if step == 1 else self.last_day(clause, step - 1, start) + timedelta(days=1)
        return midnight(opens), midnight(self.last_day(clause, step, start) + timedelta(days=1))

    # --- phases; `concerned` says which forms they run over

    def reason(self, clause: Clause, form: Form) -> str:
        customer = self.customers[form.customer]
        if form.removed or customer.binned:
            return "removed"
        if customer.dead:
            return "deceased"
        if customer.undisturbed:
            return "undisturbed"
        return "" if clause.applies(form) else "audience"

    def raise_duties(self, concerned: Callable[[int], bool], now: datetime) -> None:
        for clause in self.clauses:
            for form_id, form in self.forms.items():
                if not concerned(form_id) or form.completed < self.from_day or self.reason(clause, form):
                    continue
                for step in range(1, len(clause.steps) + 1):
                    key = (clause.key, form_id, step)
                    if key in self.duties:
                        continue
                    opens, due = self.window(clause, step, form.completed)
                    person = self.person(clause, form_id, day_of(now))
                    unit = self.customers[form.customer].unit
                    self.duties[key] = Duty(clause.key, form_id, step, person, unit, opens, due, due, due <= now)

    def counts(self, clause: Clause, duty: Duty, contact: Contact) -> bool:
        return (
            not contact.removed
            and contact.customer == self.forms[duty.form].customer
            and contact.kind in clause.kinds
            and contact.result != ""
            and (contact.detailed or not clause.needs_note)
            and (not clause.same_day or day_of(contact.happened) == day_of(contact.recorded))
            and contact.form in (None, duty.form)
            and (clause.anyone or contact.staff == duty.assignee)
        )

    def settle(self, concerned: Callable[[int], bool], now: datetime) -> None:
        for clause in self.clauses:
            for form_id in self.forms:
                if not concerned(form_id):
                    continue
                series = [d for d in self.duties.values() if (d.clause, d.form) == (clause.key, form_id)]
                for only_caught_up in (False, True):
                    for duty in sorted(series, key=lambda d: d.opens):
                        if duty.state == "open" and duty.caught_up is only_caught_up:
                            self.settle_one(clause, duty, series)

    def settle_one(self, clause: Clause, duty: Duty, series: list[Duty]) -> None:
        used = {d.contact for d in series}
        free = [
            (contact.happened, number)
            for number, contact in self.contacts.items()
            if number not in used and contact.happened >= duty.opens and self.counts(clause, duty, contact)
        ]
        if free:
            happened, duty.contact = min(free)
            duty.state, duty.late = "done", not duty.caught_up and happened >= duty.due

    def correct(self, concerned: Callable[[int], bool], now: datetime) -> None:
        for clause in self.clauses:
            for duty in self.duties.values():
                if duty.clause == clause.key and concerned(duty.form) and duty.why != "by_hand":
                    self.correct_one(clause, duty, now)

    def correct_one(self, clause: Clause, duty: Duty, now: datetime) -> None:
        form, why = self.forms[duty.form], self.reason(clause, self.forms[duty.form])
        opens, due, base = duty.opens, duty.due, duty.base
        if not why:
            opens, base = self.window(clause, duty.step, form.completed)
            due = max(base, duty.postponed or base)
        if duty.state == "done":
            assert duty.contact is not None
            contact = self.contacts[duty.contact]
            if self.counts(clause, duty, contact) and contact.happened >= opens:
                duty.late = duty.late and contact.happened >= due
                duty.opens, duty.due, duty.base = opens, due, base
                return
            duty.contact, duty.late, duty.state = None, False, "open"
        if why:
            if duty.state == "open":
                duty.state, duty.why, duty.withdrawn = "withdrawn", why, now
            return
        if due != duty.due:
            duty.caught_up = due <= now
        elif duty.withdrawn and duty.withdrawn < due <= now:
            duty.caught_up = True
        duty.state, duty.why, duty.withdrawn = "open", "", None
        duty.opens, duty.due, duty.base = opens, due, base
        duty.unit = self.customers[form.customer].unit
        if not (duty.by_hand and duty.assignee is not None and self.here(duty.assignee, day_of(now))):
            duty.by_hand, duty.assignee = False, self.person(clause, duty.form, day_of(now))

    def climb(self, now: datetime) -> None:
        today = day_of(now)
        for clause in self.clauses:
            for duty in self.duties.values():
                if duty.clause != clause.key or duty.state != "open" or duty.caught_up or duty.assignee is None:
                    continue
                if any(staff == duty.assignee and start <= today <= end for staff, start, end in self.absent):
                    continue
                due_day = day_of(duty.due) - timedelta(days=1)
                for number, (offset, to) in enumerate(clause.ladder, 1):
                    if number > duty.rung and today >= due_day + timedelta(days=offset):
                        duty.rung = number
                        for person in self.told(duty, to, today):
                            self.messages.add((clause.key, duty.form, duty.step, number, person))

    def told(self, duty: Duty, to: str, today: date) -> list[int]:
        assert duty.assignee is not None
        if to == "assignee":
            return [duty.assignee]
        if to == "superior":
            superior = self.superior(duty.assignee, today)
            return [superior] if superior else []
        return self.nearest(to, duty.unit, today)

    # --- what happens

    def follow(self, now: datetime, *, customer: int | None = None, form: int | None = None) -> None:
        concerned = self.about(customer=customer, form=form)
        self.correct(concerned, now)
        self.raise_duties(concerned, now)
        self.settle(concerned, now)

    def about(self, *, customer: int | None = None, form: int | None = None) -> Callable[[int], bool]:
        if form is not None:
            return lambda one: one == form
        return lambda one: customer is None or self.forms[one].customer == customer

    def night(self, now: datetime) -> None:
        self.follow(now)
        self.climb(now)
