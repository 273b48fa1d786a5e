"""Python and SQL give the same answer, and the answer is the one people mean."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.base.kernel import clock
from guanxi.base.records.criteria import Not, compile_sql, explain, matches, parse

from .trees import FIELDS, NOW, PLAIN, READER, RECORDS, trees

COLUMNS = {
    "name": "text",
    "grade": "text",
    "amount": "numeric",
    "purchased": "boolean",
    "born": "date",
    "seen": "timestamptz",
    "owner_id": "bigint",
}
OWN_KEYS = [field.key for field in FIELDS if field.is_own]


def values_of(record):
    return [record[field.key] for field in PLAIN]


def as_own(record):
    """Fields of the company's own, as the column `own` has them: without those never filled in."""
    own = {key: record[key] for key in OWN_KEYS if record[key] is not None}
    return json.dumps(
        {key: float(value) if isinstance(value, Decimal) else value for key, value in own.items()}, default=str
    )


def in_sql(tree, record):
    """One row and its children, as parts of the statement; a removed child that would meet everything is among them."""
    fragment = compile_sql(tree, FIELDS, alias="t", now=NOW, reader=READER)
    condition, params = fragment.positional()
    columns = ", ".join(f"%s::{kind} AS {name}" for name, kind in COLUMNS.items())
    children = [(values_of(child), None) for child in record["visit"]] + [(values_of(record), NOW)]
    visits = " UNION ALL ".join(f"SELECT 1 AS record_id, %s::timestamptz AS removed_at, {columns}" for _ in children)
    given = [value for values, removed in children for value in (removed, *values)]
    sql = f"""WITH visits AS ({visits}) SELECT count(*)
              FROM (SELECT 1 AS id, %s::jsonb AS own, {columns}) t WHERE {condition}"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [*given, as_own(record), *values_of(record), *params])
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees(), RECORDS)
def test_the_compiled_condition_agrees_with_the_answer_in_memory(tree, record):
    assert in_sql(tree, record) == matches(tree, record, FIELDS, now=NOW, reader=READER)


@given(trees(), RECORDS)
def test_not_is_the_opposite_also_where_fields_are_empty(tree, record):
    assert matches(Not(tree), record, FIELDS, now=NOW, reader=READER) is not matches(
        tree, record, FIELDS, now=NOW, reader=READER
    )


@given(trees(), RECORDS)
def test_a_record_that_fails_is_told_at_least_one_reason_and_one_that_fits_none(tree, record):
    assert bool(explain(tree, record, FIELDS, now=NOW, reader=READER)) is not matches(
        tree, record, FIELDS, now=NOW, reader=READER
    )


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
    assert matches(parse(text), record, FIELDS, now=NOW, reader=READER) is fits


@given(st.dates(date(2027, 3, 29), date(2027, 3, 31)))
def test_a_month_before_a_day_that_month_lacks_is_its_last_day(day):
    now = clock.start_of(day)
    assert matches(parse("born = today - 1 month"), {"born": date(2027, 2, 28)}, FIELDS, now=now)


def test_explain_names_what_stands_in_the_way():
    tree = parse("bought = yes and (grade = A or amount > 100) and not name contains 王")
    record = {"bought": False, "grade": "B", "amount": 3, "name": "王五"}
    failures = explain(tree, record, FIELDS, now=NOW, reader=READER)
    assert [f.condition for f in failures] == ["bought = yes", "grade = A", "amount > 100", "not name contains 王"]


def test_explain_counts_the_children_within_the_window():
    tree = parse("count(visit where seen within 2 days and born < today) >= 2")
    seen = {"seen": NOW, "born": date(2026, 11, 1)}
    record = {"visit": [seen, seen | {"born": date(2026, 11, 17)}]}
    (failure,) = explain(tree, record, FIELDS, now=NOW)
    assert (failure.field, failure.actual) == ("visit", 1)
