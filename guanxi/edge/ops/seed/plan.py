"""Who comes to which event and fills in a form: worked out in memory before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from guanxi.base.kernel import clock

from . import words
from .cast import LEAVER, SHOWN_FIRST, representatives

# Days before today. Some lie as far back as callbacks are due, so that something falls due today.
EVENT_DAYS = {
    "KH-CD": (70, 67, 63, 60, 57, 53, 50, 46, 43, 39, 36, 33, 30, 27, 24, 21, 18, 15, 12, 9, 6, 3, 1),
    "KH-HZ": (69, 66, 62, 60, 56, 52, 49, 45, 42, 38, 35, 32, 30, 26, 23, 20, 17, 15, 11, 8, 5, 3, 2),
}
# The distances of the callbacks: these events were the well attended ones, so that today is a busy day.
DUE_TODAY = (3, 15, 30, 60)
LEAVES_AFTER = 30
SECOND_FORM, BUYS, BUYS_AGAIN, COUPLE = 0.16, 0.4, 0.6, 0.04


@dataclass
class Guest:
    """A customer to be. `id` comes when it is stored."""

    name: str
    phone: str
    gender: str
    branch: str
    owner: str
    first_at: datetime
    address: str
    birth_on: date
    is_lunar: bool
    spent: Decimal = Decimal(0)
    id: int = 0


@dataclass
class Form:
    guest: Guest
    event: str
    completed_on: date
    written_at: datetime
    purchased: bool
    product: str = ""
    amount: Decimal | None = None
    health: str = ""
    remark: str = ""


@dataclass
class Plan:
    guests: list[Guest] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    phones: set[str] = field(default_factory=set)


def make_plan(dice: Random) -> Plan:
    plan = Plan()
    for days_ago, branch in sorted(((d, b) for b, days in EVENT_DAYS.items() for d in days), reverse=True):
        hold_event(plan, dice, branch, days_ago)
    plan.forms.sort(key=lambda form: form.written_at)
    return plan


def hold_event(plan: Plan, dice: Random, branch: str, days_ago: int) -> None:
    event = words.event(dice, branch)
    known = [g for g in plan.guests if g.branch == branch]
    comers: list[Guest] = []
    for _ in range(dice.randint(18, 24) if days_ago in DUE_TODAY else dice.randint(11, 17)):
        returns = known and dice.random() < SECOND_FORM
        guest = dice.choice(known) if returns else new_guest(plan, dice, branch, days_ago)
        if guest not in comers:
            comers.append(guest)
            plan.forms.append(fill_in(guest, dice, event, days_ago))


def new_guest(plan: Plan, dice: Random, branch: str, days_ago: int) -> Guest:
    neighbours = [g for g in plan.guests[-9:] if g.branch == branch]
    partner = dice.choice(neighbours) if neighbours and dice.random() < COUPLE else None
    name, gender = words.name_and_gender(dice)
    while partner and gender == partner.gender:
        name, gender = words.name_and_gender(dice)
    owners = [r for r in representatives(branch) if r != LEAVER or days_ago > LEAVES_AFTER]
    guest = Guest(
        name=name,
        phone=partner.phone if partner else _own_phone(plan, dice),
        gender=gender,
        branch=branch,
        owner=partner.owner if partner else _one_of(owners, dice, days_ago),
        first_at=_writing_time(dice, days_ago),
        address=partner.address if partner else words.address(dice, branch),
        birth_on=date(dice.randint(1938, 1964), dice.randint(1, 12), dice.randint(1, 28)),
        is_lunar=dice.random() < 0.3,
    )
    plan.guests.append(guest)
    return guest


def _one_of(owners: list[str], dice: Random, days_ago: int) -> str:
    """Whom the demo shows first has a full desk."""
    weights = [(3 if days_ago in DUE_TODAY else 2) if owner == SHOWN_FIRST else 1 for owner in owners]
    return dice.choices(owners, weights)[0]


def fill_in(guest: Guest, dice: Random, event: str, days_ago: int) -> Form:
    is_first = guest.first_at.date() == clock.today() - timedelta(days=days_ago)
    purchased = dice.random() < (BUYS if is_first else BUYS_AGAIN)
    form = Form(
        guest=guest,
        event=event,
        completed_on=clock.today() - timedelta(days=days_ago),
        written_at=guest.first_at if is_first else _writing_time(dice, days_ago),
        purchased=purchased,
        health=words.one(dice, "health"),
        remark=words.one(dice, "remarks"),
    )
    if purchased:
        form.product = dice.choice(list(words.PRODUCTS))
        form.amount = Decimal(words.PRODUCTS[form.product] * dice.choice((1, 2, 2, 3, 4, 6, 10)))
        guest.spent += form.amount
    return form


def _own_phone(plan: Plan, dice: Random) -> str:
    while (number := words.phone(dice)) in plan.phones:
        pass
    plan.phones.add(number)
    return number


def _writing_time(dice: Random, days_ago: int) -> datetime:
    day = clock.today() - timedelta(days=days_ago)
    return datetime.combine(day, time(dice.randint(15, 19), dice.randrange(60)), tzinfo=clock.ZONE)
