"""What is lent stands in the order of the lists, whatever happens to the records and to the lending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.org.models import Reach, Staff
from guanxi.base.records.types import RECORD_TYPES
from guanxi.core.customers.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-02")]
LENT = """
SELECT reach_id, staff_id, id, until, is_kept, created_at, pinyin, last_contact_at, status, grade, owner_id, unit_id
FROM customers_customer_lent ORDER BY 1
"""
WANTED = """
SELECT r.id, r.staff_id, t.id, r.until, t.removed_at IS NULL, t.created_at, t.pinyin, t.last_contact_at, t.status,
  t.grade, t.owner_id, t.unit_id
FROM org_reach r JOIN customers_customer t ON t.id = r.record_id WHERE r.kind = 'customer' ORDER BY 1
"""


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_lent_rows_follow_every_change(customer_of: Callable[..., Customer], staff: Callable[[str], Staff]) -> None:
    random, now = Random(5), clock.now()
    customers = [customer_of("rep", name=f"崔{n}") for n in range(12)]
    people = [staff(login) for login in ("colleague", "stranger", "doctor")]
    steps: list[Callable[[Customer, Staff], object]] = [
        lambda c, s: Reach.objects.update_or_create(
            kind="customer", record_id=c.pk, staff=s, why=random.choice("ab"), defaults={"level": "work"}
        ),
        lambda c, s: Reach.objects.filter(record_id=c.pk, staff=s, why="a").delete(),
        lambda c, s: Reach.objects.filter(record_id=c.pk).update(until=clock.today() + timedelta(days=3)),
        lambda c, s: Reach.objects.filter(record_id=c.pk, staff__in=people, why="b").update(level="read"),
        lambda c, s: Customer.objects.filter(pk=c.pk).update(
            last_contact_at=now - timedelta(hours=random.randrange(9))
        ),
        lambda c, s: Customer.objects.filter(pk__gte=c.pk).update(status=random.choice(["lost", "active"]), owner=s),
        lambda c, s: Customer.objects.filter(pk=c.pk).update(removed_at=now, pinyin="a"),
        lambda c, s: Customer.objects.filter(pk=c.pk).update(removed_at=None, grade="A"),
    ]
    for _ in range(160):
        random.choice(steps)(random.choice(customers), random.choice(people))
    assert rows(LENT) == rows(WANTED)
    assert len(rows(LENT)) > 5


def test_other_kinds_are_not_kept_here(customer_of: Callable[..., Customer], staff: Callable[[str], Staff]) -> None:
    Reach.objects.create(kind="fileform", record_id=customer_of("rep").pk, staff=staff("doctor"), why="x")
    assert rows(LENT) == []


def test_the_table_has_all_that_lists_sort_and_narrow_by() -> None:
    for type_ in (t for t in RECORD_TYPES if t.lent):
        with connection.cursor() as cursor:
            known = {column.name for column in connection.introspection.get_table_description(cursor, type_.lent)}
        needed = {sort.column for sort in type_.sorts} | {f.stored_as for f in type_.fields if f.is_indexed}
        assert needed <= known
