"""A searchable own field gets an index from the worker and loses it with the mark."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from guanxi.base.kernel import clock
from guanxi.base.org import stamps
from guanxi.base.records.own_fields import indexing, provider
from guanxi.base.records.own_fields.jobs import tend_index
from guanxi.base.records.own_fields.models import OwnField
from guanxi.core.customers.models import Customer


def row(**more: object) -> OwnField:
    with transaction.atomic():
        stamps.renew(provider.STAMP)
        return OwnField.objects.create(
            kind="customer", field_kind="text", label="会员卡号", position=1, created_at=clock.now(),
            updated_at=clock.now(), **more,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_worker_builds_it_lists_use_it_and_it_goes_again() -> None:
    field = row(is_searchable=True, index_state="building")
    assert not provider.fields_of("customer")[0].is_indexed
    for _again in range(2):
        tend_index(field.pk)
    assert provider.fields_of("customer")[0].is_indexed
    assert indexing.index_is_valid(field)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            cursor.execute(f"EXPLAIN SELECT id FROM customers_customer WHERE own->'{field.key}' = '\"a\"'::jsonb")
            assert field.index_name in str(cursor.fetchall())
        finally:
            cursor.execute("RESET enable_seqscan")
    OwnField.objects.update(is_searchable=False)
    tend_index(field.pk)
    field.refresh_from_db()
    assert (field.index_state, indexing.index_is_valid(field)) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_an_index_that_broke_off_is_built_anew() -> None:
    now = clock.now()
    Customer.objects.bulk_create(Customer(name=name, created_at=now, updated_at=now) for name in ("崔强", "夏梅"))
    field = row(is_searchable=True)
    # A unique index over something equal breaks off and stays behind, as one does when the server stops meanwhile.
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {field.index_name} ON customers_customer ((id < 0))")
    assert indexing.index_is_valid(field) is False
    tend_index(field.pk)
    field.refresh_from_db()
    assert (field.index_state, indexing.index_is_valid(field)) == ("ready", True)
    indexing.drop(field)
