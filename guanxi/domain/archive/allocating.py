"""Whom a first-contact form goes to: five rules in order, each proposal with its reason (CUS-23)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.names import name_key
from guanxi.base.org.access import current_posts
from guanxi.base.org.scopes import subordinates_of
from guanxi.core.customers.models import Customer
from guanxi.core.customers.models.customer import Kind

from .models import AllocationRule, ContactForm

REPRESENTATIVE = "satisfaction-representative"
COLLECTORS = (REPRESENTATIVE, "sales-supervisor")
LOOKED_BACK = timedelta(days=90)
CANDIDATES = """
SELECT s.id, s.name, s.joined_on,
  NOT EXISTS (SELECT 1 FROM org_absence a WHERE a.staff_id = s.id AND %(today)s BETWEEN a.starts_on AND a.ends_on),
  s.id = ANY(%(representatives)s::bigint[]),
  (SELECT count(*) FROM rulebooks_duty d WHERE d.assignee_id = s.id AND d.state = 'open' AND d.opens_at <= %(now)s),
  (SELECT avg((NOT d.settled_late)::int) FROM rulebooks_duty d
   WHERE d.assignee_id = s.id AND d.state = 'done' AND NOT d.is_caught_up AND d.settled_at > %(since)s),
  (SELECT count(*) FROM customers_customer c WHERE c.owner_id = s.id AND c.removed_at IS NULL)
FROM org_staff s WHERE s.id = ANY(%(ids)s::bigint[]) AND s.left_on IS NULL ORDER BY s.pinyin, s.id
"""
NEIGHBOURS = """
SELECT a.area, c.owner_id, count(*) FROM unnest(%(areas)s::text[]) AS a(area)
JOIN customers_customer c ON c.owner_id = ANY(%(ids)s::bigint[]) AND c.removed_at IS NULL
  AND strpos(c.address, a.area) > 0
GROUP BY a.area, c.owner_id
"""


@dataclass(frozen=True)
class Candidate:
    """`in_time`: the share of duties done in time lately; None when there were none."""

    id: int
    name: str
    joined_on: date
    is_here: bool
    is_representative: bool
    open_duties: int
    in_time: float | None
    customers: int

    @property
    def load(self) -> tuple[float, int, int]:
        """Who works reliably and has least to do comes first."""
        late = 1 - (1.0 if self.in_time is None else float(self.in_time))
        return (self.open_duties + self.customers / 10) * (1 + late), self.customers, self.id

    @property
    def is_new(self) -> bool:
        return self.joined_on > clock.today() - timedelta(days=30 * settings.ALLOCATION_NEWCOMER_MONTHS)


@dataclass(frozen=True)
class Proposal:
    """`known`: the customer this person is already; who then keeps their owner."""

    form: ContactForm
    owner: Candidate | None
    rule: Any
    reason: Any
    known: Customer | None = None


def candidates(actor: Actor) -> list[Candidate]:
    """Representatives and supervisors below the manager."""
    held = current_posts().filter(staff_id__in=subordinates_of(actor), role__key__in=COLLECTORS)
    roles = list(held.values_list("staff_id", "role__key"))
    given = {
        "ids": list({staff_id for staff_id, _role in roles}),
        "representatives": [staff_id for staff_id, role in roles if role == REPRESENTATIVE],
        "today": clock.today(),
        "now": clock.now(),
        "since": clock.now() - LOOKED_BACK,
    }
    return [Candidate(*row) for row in statements.rows(CANDIDATES, given)]


def propose(forms: Sequence[ContactForm], people: Sequence[Candidate]) -> list[Proposal]:
    known, turn = known_customers(forms), count()
    near = neighbours(forms, people)
    free = {one.id: one for one in people if one.is_here and one.is_representative}
    found = []
    for form in sorted(forms, key=lambda one: one.pk):
        proposal = _propose(form, people, free, near, turn)
        found.append(replace(proposal, known=known.get(form.pk)))
        _one_more(free, proposal)
    return found


def _propose(
    form: ContactForm,
    people: Sequence[Candidate],
    free: dict[int, Candidate],
    near: dict[str, dict[int, int]],
    turn: Iterator[int],
) -> Proposal:
    collector = next((one for one in people if one.id == form.collector_id), None)
    if collector:
        return Proposal(form, collector, AllocationRule.COLLECTOR, _("Collected it, and so keeps it."))
    if not free:
        return Proposal(form, None, AllocationRule.MANAGER, _("The rules name nobody; please choose."))
    if around := near.get(form.area):
        closest = min((one for one in free.values() if one.id in around), key=lambda one: (-around[one.id], one.load))
        words = _("Has %(count)s customers in %(area)s.") % {"count": around[closest.id], "area": form.area}
        return Proposal(form, closest, AllocationRule.AREA, words)
    new = [one for one in free.values() if one.is_new]
    if new and next(turn) % max(settings.ALLOCATION_NEWCOMER_EVERY, 1) == 0:
        return Proposal(form, min(new, key=_load), AllocationRule.NEWCOMER, _("New here, and gets a share."))
    least = min(free.values(), key=_load)
    return Proposal(form, least, AllocationRule.WORKLOAD, described(least))


def _load(one: Candidate) -> tuple[float, int, int]:
    return one.load


def described(one: Candidate) -> Any:
    figures = {"duties": one.open_duties, "customers": one.customers}
    if one.in_time is None:
        return _("Has least to do: %(duties)s open duties, %(customers)s customers.") % figures
    words = _("Has least to do: %(duties)s open duties, %(customers)s customers, %(share)s%% in time.")
    return words % (figures | {"share": round(float(one.in_time) * 100)})


def _one_more(free: dict[int, Candidate], proposal: Proposal) -> None:
    """What is proposed counts for the next one, or all would go to the same person."""
    if proposal.owner and proposal.owner.id in free and proposal.known is None:
        mine = free[proposal.owner.id]
        free[mine.id] = replace(mine, customers=mine.customers + 1, open_duties=mine.open_duties + 1)


def neighbours(forms: Iterable[ContactForm], people: Sequence[Candidate]) -> dict[str, dict[int, int]]:
    """How many customers each person who is here has in each area."""
    areas = sorted({form.area for form in forms if form.area})
    ids = [one.id for one in people if one.is_here and one.is_representative]
    found: dict[str, dict[int, int]] = {}
    for area, owner, number in statements.rows(NEIGHBOURS, {"areas": areas, "ids": ids}) if areas else []:
        found.setdefault(area, {})[owner] = number
    return found


def known_customers(forms: Sequence[ContactForm]) -> dict[int, Customer]:
    """The same name on the same phone is one person (F-23): by form, the customer there is already."""
    phones = {form.phone for form in forms if form.phone}
    rows = Customer.objects.kept().filter(kind=Kind.PERSON, phone__in=phones).exclude(phone="")
    people = {(one.phone, name_key(one.name)): one for one in rows.select_related("owner", "unit")}
    found = {form.pk: people.get((form.phone, name_key(form.name))) for form in forms}
    return {form_id: one for form_id, one in found.items() if one is not None}
