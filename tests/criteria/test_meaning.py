"""Python and SQL give the same answer, and the answer is the one people mean."""

from datetime import date, datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.base.kernel import clock
from guanxi.base.records.criteria import Not, compile_sql, explain, matches, parse

from .trees import FIELDS, NOW, RECORDS, trees

COLUMNS = {
    "name": "text",
    "grade": "text",
    "amount": "numeric",
    "bought": "boolean",
    "born": "date",
    "seen": "timestamptz",
}


def in_sql(tree, record):
    fragment = compile_sql(tree, FIELDS, alias="r", now=NOW)
    row = ", ".join(f"%({name})s::{kind} AS {FIELDS[name].name}" for name, kind in COLUMNS.items())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT {row}) r WHERE {fragment.sql}", fragment.params | record)
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees(), RECORDS)
def test_the_compiled_condition_agrees_with_the_answer_in_memory(tree, record):
    assert in_sql(tree, record) == matches(tree, record, FIELDS, now=NOW)


@given(trees(), RECORDS)
def test_not_is_the_opposite_also_where_fields_are_empty(tree, record):
    assert matches(Not(tree), record, FIELDS, now=NOW) is not matches(tree, record, FIELDS, now=NOW)


@given(trees(), RECORDS)
def test_a_record_that_fails_is_told_at_least_one_reason_and_one_that_fits_none(tree, record):
    assert bool(explain(tree, record, FIELDS, now=NOW)) is not matches(tree, record, FIELDS, now=NOW)


@pytest.mark.parametrize(
    ("text", "seen", "fits"),
    [
        ("seen = 2026-11-16", "11-16 00:00", True),
        ("seen = 2026-11-16", "11-17 00:00", False),
        ("seen <= 2026-11-16", "11-16 23:59", True),
        ("seen > 2026-11-16", "11-16 23:59", False),
        ("seen > 2026-11-16", "11-17 00:00", True),
        ("seen < now - 30 days", "10-17 09:29", True),
        ("seen < now - 30 days", "10-17 09:31", False),
        ("seen < today - 30 days", "10-17 00:00", False),
        ("seen >= today - 1 month", "10-16 00:00", True),
        ("seen < now - 2 hours", "11-16 07:29", True),
        ("seen < now - 2 hours", "11-16 07:31", False),
    ],
)
def test_times_are_compared_as_people_mean_them(text, seen, fits):
    record = {"seen": datetime.fromisoformat(f"2026-{seen}+08:00")}
    assert matches(parse(text), record, FIELDS, now=NOW) is fits


@given(st.dates(date(2027, 3, 29), date(2027, 3, 31)))
def test_a_month_before_a_day_that_month_lacks_is_its_last_day(day):
    now = clock.start_of(day)
    assert matches(parse("born = today - 1 month"), {"born": date(2027, 2, 28)}, FIELDS, now=now)


def test_explain_names_what_stands_in_the_way():
    tree = parse("bought = yes and (grade = A or amount > 100) and not name contains 王")
    record = {"bought": False, "grade": "B", "amount": 3, "name": "王五"}
    failures = explain(tree, record, FIELDS, now=NOW)
    assert [f.condition for f in failures] == ["bought = yes", "grade = A", "amount > 100", "not name contains 王"]
