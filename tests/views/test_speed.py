"""Criteria about children are answered by the indexes of the children."""

import pytest
from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.records.conditions import understood
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = pytest.mark.django_db
CUSTOMERS_MADE, EACH = 5_000, 20
FILL = """
INSERT INTO customers_customer (kind, name, pinyin, initials, phone, status, type, grade, gender, birth_is_lunar,
  address, company_name, industry, source, route, need, remark, is_do_not_disturb, own, version, created_at, updated_at)
SELECT 'person', 'n' || g, 'n', 'n', '', 'active', '', 'A', '', false, '', '', '', '', '', '', '', false, '{}', 1,
  %(now)s, %(now)s FROM generate_series(1, %(customers)s) g;
INSERT INTO activities_activity (customer_id, kind, direction, happened_at, recorded_at, purpose, result, note,
  note_digest, note_state, subject_kind, details, version)
SELECT c.id, 'call', 'out', %(now)s - (g * 9 + c.id %% 9) * interval '1 day', %(now)s, '', 'reached', '', '', 'empty',
  '', '{}', 1 FROM customers_customer c, generate_series(1, %(each)s) g;
"""


TEXTS = (
    "exists(activity where happened_at >= now - 30 days)",
    "not exists(activity where happened_at >= now - 30 days)",
    "exists(activity where kind = call and happened_at within 30 days)",
    "count(activity where happened_at within 90 days) < 2",
    "count(activity) = 0",
    "latest(activity.happened_at) < now - 30 days",
    "grade = B or exists(activity where happened_at >= now - 30 days)",
)
FIRST_PAGE = "ORDER BY t.created_at DESC, t.id DESC LIMIT 51"
ONE_RECORD = "AND t.id = (SELECT min(id) FROM customers_customer)"


@pytest.fixture
def many():
    """A hundred thousand activities."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"now": clock.now(), "customers": CUSTOMERS_MADE, "each": EACH})
        cursor.execute("ANALYZE customers_customer")
        cursor.execute("ANALYZE activities_activity")
        yield cursor


def plan_of(cursor, condition, params, rest):
    sql = f"EXPLAIN SELECT t.id FROM customers_customer t WHERE t.removed_at IS NULL AND {condition} {rest}"
    cursor.execute(sql, params)
    return "\n".join(row[0] for row in cursor.fetchall())


def test_no_plan_walks_all_activities(many, actor):
    for text in TEXTS:
        condition, params = understood(CUSTOMERS, text, actor("gm")).condition()
        for rest in (FIRST_PAGE, ONE_RECORD):
            plan = plan_of(many, condition, params, rest)
            assert "Seq Scan on activities_activity" not in plan, (text, plan)
            assert "activity_" in plan, (text, plan)
