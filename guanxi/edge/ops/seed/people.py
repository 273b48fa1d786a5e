"""The customers of the plan, stored in one go: what `create_customer` does, for many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff
from guanxi.core.customers import events as told
from guanxi.core.customers.access import KIND
from guanxi.core.customers.indexing import index_names
from guanxi.core.customers.models import Contact, Customer, Validity
from guanxi.core.customers.models.customer import Kind, Source, Status

from .company import FOUNDER, record_many
from .plan import Guest, Plan

# The spending from which a buyer counts as A, and as B.
GRADES = ((5000, "A"), (1500, "B"), (1, "C"))
PARTNERS = (
    ("锦江区老年大学", "林惠兰", "教务主任", "教育"),
    ("青羊社区活动中心", "蒲志刚", "主任", "社区服务"),
    ("西湖区老年大学", "沈月琴", "校长", "教育"),
    ("拱墅颐养中心", "金国平", "院长", "养老服务"),
)


def store_guests(plan: Plan, staff: Mapping[str, Staff]) -> None:
    units = {login: _unit_of(person) for login, person in staff.items()}
    rows = [_customer(guest, staff[guest.owner], units[guest.owner]) for guest in plan.guests]
    rows += _partners(staff, units)
    rows.sort(key=lambda row: row.created_at)
    Customer.objects.bulk_create(rows, batch_size=500)
    _start_histories(rows)
    _tell(rows)
    ids = {(row.phone, row.name, row.created_at): row.pk for row in rows}
    for guest in plan.guests:
        guest.id = ids[guest.phone, guest.name, guest.first_at]
    _add_contacts(rows)


def _unit_of(person: Staff) -> int:
    return person.posts.order_by("-is_main", "id").values_list("unit_id", flat=True)[0]


def _customer(guest: Guest, owner: Staff, unit_id: int) -> Customer:
    row = Customer(
        kind=Kind.PERSON,
        name=guest.name,
        phone=guest.phone,
        gender=guest.gender,
        birth_on=guest.birth_on,
        birth_is_lunar=guest.is_lunar,
        address=guest.address,
        owner=owner,
        unit_id=unit_id,
        collected_by=owner,
        status=Status.ACTIVE if guest.spent else Status.POTENTIAL,
        grade=next((grade for least, grade in GRADES if guest.spent >= least), ""),
        source=Source.DIRECT,
        created_at=guest.first_at,
        updated_at=guest.first_at,
    )
    index_names(row)
    return row


def _partners(staff: Mapping[str, Staff], units: Mapping[str, int]) -> list[Customer]:
    """A few organisations that lend rooms for events."""
    rows, since = [], clock.now() - timedelta(days=71)
    for number, (name, _contact, _position, industry) in enumerate(PARTNERS):
        owner = "linlan" if number < 2 else "shaoping"
        row = Customer(
            kind=Kind.ORGANISATION,
            name=name,
            company_name=name,
            phone=f"028-8661200{number}" if number < 2 else f"0571-8661200{number}",
            industry=industry,
            owner=staff[owner],
            unit_id=units[owner],
            collected_by=staff[owner],
            status=Status.ACTIVE,
            source=Source.COLD_VISIT,
            created_at=since,
            updated_at=since,
        )
        index_names(row)
        rows.append(row)
    return rows


def _start_histories(rows: list[Customer]) -> None:
    Validity.objects.bulk_create(
        [
            Validity(customer=row, field=name, value=str(value), from_at=row.created_at)
            for row in rows
            for name, value in (
                ("owner", row.owner_id), ("unit", row.unit_id), ("status", row.status), ("grade", row.grade)
            )
            if value
        ],
        batch_size=1000,
    )  # fmt: skip


def _add_contacts(rows: list[Customer]) -> None:
    people = {name: (contact, position) for name, contact, position, _industry in PARTNERS}
    Contact.objects.bulk_create(
        Contact(customer=row, name=people[row.name][0], phone=row.phone, position=people[row.name][1])
        for row in rows
        if row.kind == Kind.ORGANISATION
    )


def _tell(rows: list[Customer]) -> None:
    """One head row a day; each customer's history is in its items."""
    for day, group in groupby(rows, key=lambda row: clock.local_date(row.created_at)):
        ids = [row.pk for row in group]
        with clock.standing_at(clock.start_of(day) + timedelta(hours=20)):
            record_many(KIND, ids, name=told.CREATED)
            events.publish(Event(told.CREATED, KIND, ids), actor=FOUNDER)
