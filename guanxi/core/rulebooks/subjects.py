"""What rules can be about of the rooms below this one: people, units, departures, customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org import events as org
from guanxi.base.org.models import Departure
from guanxi.base.records.criteria.fields import Field, Fields, Kind
from guanxi.core.customers.models.customer import Grade, Status

from .joining import add_evidence, add_subject
from .registry import CUSTOMER_ALIVE, GATES, NONE, SOURCES, Alive, Evidence, Gate, Source, Subject

# Which posts a person has on a day, so that whoever changes the role keeps what was due before and owes nothing of the
# time before it. Each source about staff joins it for its own day.
HELD = """CROSS JOIN LATERAL (
  SELECT array_agg(DISTINCT r.key::text) AS roles, (array_agg(p.unit_id ORDER BY p.is_main DESC, p.id))[1] AS unit_id
  FROM org_post p JOIN org_role r ON r.id = p.role_id
  WHERE p.staff_id = s.id AND p.starts_on <= {day} AND (p.ends_on IS NULL OR p.ends_on >= {day})) held"""
STAFF = Subject(
    key="staff",
    kind="staff",
    label=_("Colleague"),
    relation="org_staff s",
    fields=Fields(
        [
            Field("role", Kind.CHOICE, _("Role"), column="roles", alias="held", is_many=True),
            Field("number", Kind.TEXT, _("Staff number")),
            Field("joined", Kind.DATE, _("Joined on"), column="joined_on"),
        ]
    ),
    customer=NONE,
    unit="held.unit_id",
    owner="s.id",
    alive=(Alive("left", "(s.left_on IS NULL OR s.left_on >= %(today)s)"),),
    name="s.name",
)
WORKDAY = Source(
    "staff",
    "workday",
    label=_("A working day of the person"),
    joins=f"""JOIN org_calendarday y ON y.is_working AND y.day BETWEEN %(since)s AND %(today)s
{HELD.format(day="y.day")}""",
    where="""held.unit_id IS NOT NULL AND NOT EXISTS (SELECT FROM org_absence b
  WHERE b.staff_id = s.id AND y.day BETWEEN b.starts_on AND b.ends_on)""",
    anchor="y.day",
    occurrence="y.day",
)
UNIT = Subject(
    key="unit",
    kind="unit",
    label=_("Unit"),
    relation="org_unit s",
    fields=Fields(
        [
            Field("kind", Kind.CHOICE, _("Kind")),
            Field("region", Kind.TEXT, _("Region")),
            Field("code", Kind.TEXT, _("Code")),
        ]
    ),
    customer=NONE,
    unit="s.id",
    owner=NONE,
    alive=(Alive("occasion", "(s.closed_on IS NULL OR s.closed_on >= %(today)s)"),),
    name="s.name",
)
MONTH = Source(
    "unit",
    "month",
    label=_("Each month"),
    joins="""CROSS JOIN LATERAL (SELECT g::date AS first, (g + interval '1 month')::date - 1 AS last
  FROM generate_series(date_trunc('month', %(since)s::timestamp), %(today)s::timestamp, '1 month') g) m""",
    anchor="m.last",
    opens="m.first",
    occurrence="to_char(m.first, 'YYYY-MM')",
)
DEPARTURE = Subject(
    key="departure",
    kind=Departure.KIND,
    label=_("Departure"),
    relation="org_departure s JOIN org_staff m ON m.id = s.staff_id",
    fields=Fields([Field("leaves", Kind.DATE, _("Leaves on"), column="leaves_on")]),
    customer=NONE,
    unit="""(SELECT p.unit_id FROM org_post p WHERE p.staff_id = s.staff_id
  ORDER BY p.ends_on IS NOT NULL, p.is_main DESC, p.id LIMIT 1)""",
    owner="s.staff_id",
    alive=(Alive("occasion", "s.cancelled_at IS NULL"),),
    people={"receiver": "s.receiver_id"},
    name="m.name",
    page="/departures/{id}",
)
ANNOUNCED = Source(
    "departure",
    "announced",
    label=_("Somebody is about to leave"),
    anchor="s.leaves_on",
    opens="LEAST((s.announced_at AT TIME ZONE 'Asia/Shanghai')::date, s.leaves_on)",
)
RECEIVED = Evidence(
    key="departure-state",
    word="state",
    label=_("Departure"),
    relation="""(SELECT d.id, 'departure' AS subject_kind, d.id AS subject_id, d.received_by_id AS staff_id,
  'received' AS kind, d.received_at AS happened_at, d.received_at AS recorded_at
  FROM org_departure d WHERE d.received_at IS NOT NULL) e""",
    kinds=("received",),
    about="subject",
    subjects=("departure",),
    labels={"received": _("Everything received by the successor")},
    places={"received": "/departures/{subject}"},
)
CUSTOMER = Subject(
    key="customer",
    kind="customer",
    label=_("Customer"),
    relation="customers_customer s JOIN customers_customer c ON c.id = s.id",
    fields=Fields(
        [
            Field("grade", Kind.CHOICE, _("Grade"), choices=tuple(Grade.values)),
            Field("status", Kind.CHOICE, _("Status"), choices=tuple(Status.values)),
            Field("kind", Kind.CHOICE, _("Kind")),
        ]
    ),
    customer="s.id",
    alive=CUSTOMER_ALIVE,
)
CREATED = Source(
    "customer",
    "created",
    label=_("The customer was entered"),
    anchor="(s.created_at AT TIME ZONE 'Asia/Shanghai')::date",
)


def register() -> None:
    add_subject(STAFF, told_by=(org.POSTS_CHANGED, org.ABSENCE_CHANGED))
    add_subject(UNIT, told_by=())
    add_subject(DEPARTURE, told_by=[f"org:departure:{step}" for step in STEPS])
    add_subject(CUSTOMER, told_by=())
    for source in (WORKDAY, MONTH, ANNOUNCED, CREATED):
        SOURCES.add(source)
    add_evidence(RECEIVED)
    GATES.add(Gate("departure", "complete", kind=Departure.KIND, label=_("leave the company")))


STEPS = ("announced", "changed", "received", "completed", "cancelled")
