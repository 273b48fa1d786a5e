"""A company to measure with: made by SQL in the database, always the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.org.calendar import fill_calendar
from guanxi.base.org.models import Account, Post, Role, Staff, Unit
from guanxi.edge.ops.roles import load_roles

from .loading import bare
from .names import NAME, build_names

UNITS, REPRESENTATIVES = 40, 400
BRANCHES = 4
# Who reads how far. The old department's rows are all old; "lent" owns nothing and is lent very many.
READERS = {
    "own": "rep7",
    "subordinates": "manager3",
    "old department": "manager5",
    "branch": "doctor-u3",
    "all": "gm",
    "100,000 lent": "lent",
}
LENT = 100_000


@dataclass(frozen=True)
class Size:
    name: str
    customers: int
    activities: int
    forms: int


SIZES = {
    "100k": Size("100k", 100_000, 1_000_000, 100_000),
    "1m": Size("1m", 1_000_000, 10_000_000, 1_000_000),
    "small": Size("small", 2_000, 10_000, 2_000),
}

# One unit holds customers who are all old: the case that a plain ORDER BY ... LIMIT walks the whole index for.
CUSTOMERS = f"""
INSERT INTO customers_customer (number, kind, name, pinyin, initials, phone, owner_id, unit_id, status, type, grade, gender,
  birth_is_lunar, address, company_name, industry, source, route, need, remark, is_do_not_disturb, last_contact_at,
  search, own, version, created_at, updated_at)
SELECT 'K' || lpad(nextval('customers_number')::text, 8, '0'), 'person', n.name, n.pinyin, n.initials,
  '139' || lpad(i::text, 8, '0'), o.staff_id, o.unit_id,
  (ARRAY['potential','active','dormant','lost'])[1 + (hashint8extended(i, 5) & 3)], '',
  (CASE WHEN hashint8extended(i, 5) & 3 = 0 THEN ARRAY['A','A','C',''] ELSE ARRAY['A','B','C',''] END)[1 + (hashint8extended(i, 6) & 3)], '', FALSE, '', '', '', '', '', '', '', FALSE,
  CASE WHEN i %% 3 > 0 THEN %(now)s::timestamptz - (i %% 900) * interval '1 hour' END,
  array_to_tsvector(n.words || ('#' || reverse('139' || lpad(i::text, 8, '0')))),
  '{{}}', 1,
  %(now)s::timestamptz - CASE WHEN o.unit_no = 5 THEN interval '900 days' ELSE interval '0' END - (i %% 60000) * interval '11 minutes',
  %(now)s
FROM generate_series(1, %(count)s) i
JOIN bench_owner o ON o.position = i %% %(owners)s
CROSS JOIN LATERAL ({NAME}) n
"""
ACTIVITIES = """
INSERT INTO activities_activity (customer_id, kind, direction, happened_at, recorded_at, staff_id, purpose, result, note,
  note_digest, note_state, subject_kind, details, version)
SELECT c.id, (ARRAY['call','visit','message'])[1 + i %% 3], 'out', at, at, c.owner_id, '', 'reached', 'note ' || i,
  md5(i::text), 'detailed', '', '{}', 1
FROM (SELECT i, %(first)s + i %% %(customers)s AS customer_id, %(now)s::timestamptz - (i %% 2000) * interval '1 hour' AS at
      FROM generate_series(1, %(count)s) i) x
JOIN customers_customer c ON c.id = x.customer_id
"""
LENDING = """
INSERT INTO org_reach (kind, record_id, staff_id, level, why)
SELECT 'customer', c.id, s.id, CASE WHEN c.id %% 2 = 0 THEN 'work' ELSE 'read' END, 'bench'
FROM customers_customer c JOIN org_staff s ON s.name = 'lent'
WHERE c.id %% %(step)s = 0 ORDER BY c.id LIMIT %(most)s
"""
FORMS = """
INSERT INTO archive_fileform (number, customer_id, event_name, completed_on, purchased, product, health, representative_id,
  unit_id, remark, version, created_at, updated_at)
SELECT 'D' || lpad(nextval('archive_form_number')::text, 8, '0'), c.id, 'event ' || i %% 50,
  (%(now)s::timestamptz)::date - (i %% 70)::int, i %% 2 = 0, '', '', c.owner_id, c.unit_id, '', 1, %(now)s, %(now)s
FROM (SELECT i, %(first)s + i %% %(customers)s AS customer_id FROM generate_series(1, %(count)s) i) x
JOIN customers_customer c ON c.id = x.customer_id
"""


def build(size: Size) -> None:
    if Staff.objects.exists():
        return
    load_roles()
    fill_calendar(clock.today().year - 1, clock.today().year + 1)
    build_people()
    build_names()
    now = clock.now()
    fill("customers_customer", CUSTOMERS, {"now": now, "count": size.customers, "owners": REPRESENTATIVES})
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM customers_customer")
        common = {"first": cursor.fetchone()[0], "customers": size.customers, "now": now}
        cursor.execute(LENDING, {"step": max(1, size.customers // LENT), "most": LENT})
    fill("activities_activity", ACTIVITIES, common | {"count": size.activities})
    fill("archive_fileform", FORMS, common | {"count": size.forms})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill(table: str, sql: str, values: dict[str, object]) -> None:
    with bare(table), connection.cursor() as cursor:
        cursor.execute(sql, values)


def build_people() -> None:
    roles = {role.key: role for role in Role.objects.all()}
    company = Unit.objects.create(code="company", name="Company", kind="company")
    gm = _person("gm", company, roles["general-manager"], None)
    branches = [
        Unit.objects.create(code=f"b{i}", name=f"Branch {i}", kind="branch", parent=company) for i in range(BRANCHES)
    ]
    units = [Unit.objects.create(code=f"u{i}", name=f"Unit {i}", parent=branches[i % BRANCHES]) for i in range(UNITS)]
    managers = [_person(f"manager{i}", unit, roles["sales-manager"], gm) for i, unit in enumerate(units)]
    for unit in units:
        _person(f"doctor-{unit.code}", unit, roles["service-doctor"], gm)
    _person("lent", units[0], roles["satisfaction-representative"], managers[0])
    posts = [
        _person(f"rep{i}", units[i % UNITS], roles["satisfaction-representative"], managers[i % UNITS])
        for i in range(REPRESENTATIVES)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_owner (position int PRIMARY KEY, staff_id bigint, unit_id bigint, unit_no int)"
        )
        cursor.executemany(
            "INSERT INTO bench_owner VALUES (%s, %s, %s, %s)",
            [(i, post.staff_id, post.unit_id, i % UNITS) for i, post in enumerate(posts)],
        )


def _person(login: str, unit: Unit, role: Role, superior: Post | None) -> Post:
    account = Account.objects.create(login=login, password="!", must_change_password=False, created_at=clock.now())
    staff = Staff.objects.create(
        account=account, name=login, pinyin=login, number=login, joined_on=date(clock.today().year - 1, 1, 1)
    )
    return Post.objects.create(
        staff=staff, unit=unit, role=role, superior=superior, starts_on=date(clock.today().year - 1, 1, 1)
    )
