"""The history of owner, unit, type, grade and status: closed and opened in the action that changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from guanxi.base.kernel import statements

from .models import Customer, Validity

CLOSE = "UPDATE customers_validity SET to_at = %s WHERE customer_id = ANY(%s) AND field = %s AND to_at IS NULL"
OPEN = """
INSERT INTO customers_validity (customer_id, field, value, from_at)
SELECT x.id, %s, x.value, %s FROM unnest(%s::bigint[], %s::text[]) AS x(id, value) WHERE x.value <> ''
"""

START = """
INSERT INTO customers_validity (customer_id, field, value, from_at)
SELECT %s, v.field, v.value, %s FROM unnest(%s::text[], %s::text[]) AS v(field, value)
"""


def start_history(customer: Customer, at: datetime) -> None:
    values = {field: value for field in Validity.FIELDS if (value := _text(customer, field))}
    statements.rows(START, [customer.pk, at, list(values), list(values.values())])


def continue_history(customer: Customer, changed: Mapping[str, Any], at: datetime) -> None:
    """Call after the new values are set on `customer`; `changed` names the fields that differ."""
    fields = [f for f in Validity.FIELDS if f in changed or f"{f}_id" in changed]
    if not fields:
        return
    Validity.objects.filter(customer=customer, field__in=fields, to_at=None).update(to_at=at)
    rows = [(f, _text(customer, f)) for f in fields]
    Validity.objects.bulk_create(
        Validity(customer=customer, field=field, value=value, from_at=at) for field, value in rows if value
    )


def continue_many(ids: Sequence[int], field: str, values: Sequence[Any], at: datetime) -> None:
    """For many customers at once: `values` beside `ids`."""
    if field not in Validity.FIELDS:
        return
    texts = ["" if value is None else str(value) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [at, list(ids), field])
        cursor.execute(OPEN, [field, at, list(ids), texts])


def _text(customer: Customer, field: str) -> str:
    value = getattr(customer, f"{field}_id" if field in ("owner", "unit") else field)
    return "" if value is None else str(value)
