"""Customers in many positions: own, a colleague's, of people below and above, of another branch, nobody's, lent, lent
until yesterday, in the bin, handed to somebody else, of a closed unit, of somebody who left, of an ended post.

Each comes with a file form, a contact, a task, a visit and a file, and every protected field has a text of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Model

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.org.models import Post, Reach, Role, Staff, Unit
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.actions.coming import announce_visit
from guanxi.core.activities.models import Activity, Coming
from guanxi.core.customers.actions import (
    add_team_member,
    create_customer,
    end_team_member,
    remove_customer,
    transfer_customers,
)
from guanxi.core.customers.models import Customer
from guanxi.core.documents.drawing import draw_waiting
from guanxi.core.rulebooks.actions import create_task
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions import complete_file_form
from guanxi.domain.archive.models import FileForm

from .policy import UNIT_OF, Lie, may
from .world import READ_ONLY, World, actor_of, let_in, put_file

LEFT, ENDED_POST = "who-left", "post-ended"


@dataclass(frozen=True)
class Place:
    """How a station comes about: `by` makes the records; then they are put where `lie` says."""

    name: str
    by: str
    lie: Lie
    expired: tuple[str, ...] = ()
    given: str = ""
    moved: bool = False


PLACES = (
    Place("the representative's", "rep", Lie("rep", "chengdu-sales")),
    Place("the colleague's", "colleague", Lie("colleague", "chengdu-sales")),
    Place("the supervisor's", "supervisor", Lie("supervisor", "chengdu-sales")),
    Place("the manager's", "manager", Lie("manager", "chengdu-sales")),
    Place("the doctor's", "doctor", Lie("doctor", "chengdu")),
    Place("the service's", "service", Lie("service", "chengdu")),
    Place("the general manager's", "gm", Lie("gm", "company")),
    Place("in the other branch", "stranger", Lie("stranger", "hangzhou-sales")),
    Place("of the other manager", "hangzhou", Lie("hangzhou", "hangzhou-sales")),
    Place("nobody's", "gm", Lie(None, None), moved=True),
    Place("nobody's in the department", "gm", Lie(None, "chengdu-sales"), moved=True),
    Place("lent to read", "stranger", Lie("stranger", "hangzhou-sales", {"rep": "read"})),
    Place("lent to work on", "stranger", Lie("stranger", "hangzhou-sales", {"rep": "work", "doctor": "work"})),
    Place("lent until today", "colleague", Lie("colleague", "chengdu-sales", {"rep": "read"})),
    Place("lent until yesterday", "stranger", Lie("stranger", "hangzhou-sales"), expired=("rep", "service")),
    Place("taken back from the team", "stranger", Lie("stranger", "hangzhou-sales")),
    Place("in the bin", "rep", Lie("rep", "chengdu-sales", is_in_bin=True)),
    Place("handed to the other branch", "rep", Lie("stranger", "hangzhou-sales"), given="stranger"),
    Place("handed to the colleague", "rep", Lie("colleague", "chengdu-sales"), given="colleague"),
    Place("of a closed unit", "gm", Lie(LEFT, "closed-sales"), moved=True),
    Place("of an ended post", "gm", Lie(ENDED_POST, "chengdu-sales"), moved=True),
)


@dataclass
class Station(World):
    place: Place = PLACES[0]
    canaries: dict[str, str] = field(default_factory=dict)
    entries: int = 0

    @property
    def is_first(self) -> bool:
        return self.place is PLACES[0]

    def lie_of(self, kind: str) -> Lie:
        """A task that was set by hand stays with whoever has it when the customer goes to somebody else."""
        by, stays = self.place.by, kind in ("duty", "daycheck")
        return Lie(by, UNIT_OF[by]) if stays and self.place.given else self.place.lie

    def seen_without_right(self, text: str, who: str) -> list[str]:
        shown = [name for name, canary in self.canaries.items() if canary in text]
        return [name for name in shown if not self.may_see(name, "rep" if who == READ_ONLY else who)]

    def may_see(self, name: str, who: str) -> bool:
        rights = SHOWN_BY.get(name, (("customer", "read"),))
        return any(may(who, kind, verb, self.lie_of(kind)) for kind, verb in rights)

    def __str__(self) -> str:
        return self.place.name


def build_stations() -> list[Station]:
    """One set of browsers and tokens serves them all."""
    who_left(), whose_post_ended()
    stations = [build(place, number) for number, place in enumerate(PLACES)]
    draw_waiting()
    let_in(stations[0])
    for station in stations:
        station.browsers, station.tokens = stations[0].browsers, stations[0].tokens
        station.entries = Entry.objects.latest("id").pk
    return stations


def build(place: Place, number: int) -> Station:
    texts, actor, today = texts_of(number), actor_of(place.by), clock.today()
    customer = create_customer(person(texts), actor=actor)
    note = NewActivity(kind="call", result="reached", note=texts["note"], happened_at=clock.now())
    activity = log_activity(customer.pk, note, actor=actor)
    bought = {"purchased": True, "product": texts["product"], "health": texts["health"]}
    form = complete_file_form(customer.pk, {"event_name": texts["event"], "completed_on": today} | bought, actor=actor)
    duty = create_task(customer.pk, purpose=texts["task"], due_on=today, actor=actor)
    visit = announce_visit(customer.pk, {"comes_on": today, "purpose": texts["visit"]}, actor=actor)
    file = put_file(customer, texts["file"], by=place.by)
    member = add_team_member(customer.pk, staff=staff_of("gm"), role="service-doctor", actor=actor)
    end_team_member(member.pk, customer_id=customer.pk, actor=actor)
    station = Station(customer, customer, member, activity, form, duty, place=place, canaries=texts)
    station.things = {"document": file.pk, "visit": visit.pk}
    put_in_place(station)
    return station


def put_in_place(station: Station) -> None:
    place, customer = station.place, station.customer
    if place.moved:
        lay(station)
    if place.given:
        transfer_customers([customer.pk], to=staff_of(place.given), actor=actor_of("gm"))
    for login, level in place.lie.lent.items():
        until = clock.today() if "today" in place.name else None
        lend(customer, login, level, until)
    for login in place.expired:
        lend(customer, login, "work", clock.today() - timedelta(days=1))
    if "team" in place.name:
        owner = actor_of(place.by)
        member = add_team_member(customer.pk, staff=staff_of("rep"), role="service-doctor", actor=owner)
        end_team_member(member.pk, customer_id=customer.pk, actor=owner)
    if place.lie.is_in_bin:
        remove_customer(customer.pk, actor=actor_of("manager"))


def lend(customer: Customer, login: str, level: str, until: date | None) -> None:
    Reach.objects.create(
        kind="customer", record_id=customer.pk, staff=staff_of(login), level=level, until=until, why="tests"
    )


def lay(station: Station) -> None:
    """What no action leads to: the owner is nobody, or somebody who cannot act."""
    owner = station.place.lie.owner
    staff = staff_of(owner) if owner else None
    unit = Unit.objects.get(code=station.place.lie.unit) if station.place.lie.unit else None
    put(Customer, station.customer.pk, owner=staff, unit=unit)
    put(FileForm, station.form.pk, representative=staff, unit=unit, holder=staff)
    put(Coming, station.things["visit"], owner=staff, unit=unit)
    put(Activity, station.activity.pk, staff=staff)
    Duty.objects.filter(customer=station.customer).update(assignee=staff, unit=unit)


def put(model: type[Model], record_id: int, **values: Any) -> None:
    model._default_manager.filter(pk=record_id).update(**values)


def staff_of(login: str) -> Staff:
    """Who left and whose post ended never sign in: they are found by number."""
    if login in (LEFT, ENDED_POST):
        return Staff.objects.get(number=login)
    return Staff.objects.get(account__login=login)


def who_left() -> None:
    """With the department, which was closed."""
    yesterday = clock.today() - timedelta(days=1)
    chengdu = Unit.objects.get(code="chengdu")
    unit = Unit.objects.create(code="closed-sales", name="已撤销售部", kind="department", parent=chengdu)
    a_post(LEFT, unit, ends_on=yesterday)
    Staff.objects.filter(number=LEFT).update(left_on=yesterday)
    Unit.objects.filter(id=unit.pk).update(closed_on=yesterday)


def whose_post_ended() -> None:
    a_post(ENDED_POST, Unit.objects.get(code="chengdu-sales"), ends_on=clock.today() - timedelta(days=1))


def a_post(number: str, unit: Unit, *, ends_on: date) -> None:
    role, chief = Role.objects.get(key="satisfaction-representative"), Post.objects.get(staff=staff_of("supervisor"))
    staff = Staff.objects.create(name=f"离岗{number}", number=number, joined_on=date(2025, 1, 1))
    begins = date(2025, 1, 1)
    Post.objects.create(staff=staff, unit=unit, role=role, superior=chief, starts_on=begins, ends_on=ends_on)


# Which right shows a text. On the customer's card stands what is to be done and who comes.
SHOWN_BY = {
    "phone": (("customer", "reveal"), ("fileform", "reveal")),
    "product": (("fileform", "read"),),
    "health": (("fileform", "reveal"),),
    "event": (("fileform", "read"),),
    # Whoever guides sees the task that is guided, and whom it is about.
    "name": (("customer", "read"), ("fileform", "read"), ("duty", "read"), ("daycheck", "create"), ("coming", "read")),
    "task": (("customer", "read"), ("duty", "read"), ("daycheck", "create")),
    "visit": (("customer", "read"), ("coming", "read")),
}


FIELDS = ("name", "address", "remark", "note", "product", "health", "event", "task", "visit", "file")


def texts_of(number: int) -> dict[str, str]:
    """Names of letters, so that no text is the beginning of another; a phone of eleven digits."""
    mark = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"[number]
    words = dict(zip(FIELDS, "名址注谈品康会办来件", strict=True))
    return {key: f"驿{mark}{word}字样" for key, word in words.items()} | {"phone": f"1376660{number:02}41"}


def person(texts: dict[str, str]) -> dict[str, Any]:
    return {"kind": "person", "birth_on": date(1950, 3, 2)} | {
        k: texts[k] for k in ("name", "phone", "address", "remark")
    }
