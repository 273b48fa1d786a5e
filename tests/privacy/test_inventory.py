"""Every field of every table says whether it is personal; a new one that says nothing is found."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from guanxi.base.kernel.personal import INVENTORY, About, Kept, Sort, fields_of, undeclared

from .planting import tables


def every_model() -> list[type[models.Model]]:
    return [one for one in apps.get_models(include_auto_created=True) if one._meta.app_label != "toy"]


@pytest.mark.req("SEC-01", "SEC-10")
def test_every_field_of_every_table_is_declared() -> None:
    models_ = every_model()
    assert [fault for one in models_ for fault in undeclared(one)] == []
    assert {one._meta.label for one in models_} == {table.key for table in INVENTORY if "toy" not in table.key}
    assert len(models_) >= 110
    assert sum(len(one._meta.local_fields) for one in models_) >= 1100
    assert len(list(fields_of())) >= 180


def test_a_new_field_of_which_nobody_said_anything_is_found() -> None:
    class Hole(models.Model):
        name = models.CharField(max_length=20)
        phone = models.CharField(max_length=20)
        mail = models.EmailField()
        born_on = models.DateField()
        more = models.JSONField(default=dict)
        count = models.IntegerField()
        at = models.DateTimeField()
        state = models.CharField(max_length=5, choices=[("a", "A")])

        class Meta:
            app_label = "hole"

    try:
        assert undeclared(Hole) == [f"hole.Hole.{name}" for name in ("name", "phone", "mail", "born_on", "more")]
    finally:
        del apps.all_models["hole"]


def test_a_declared_field_that_is_gone_is_found() -> None:
    table = INVENTORY.get("customers.Contact")
    table.personal["nickname"] = table.personal["name"]  # type: ignore[index]  # a planted hole
    try:
        assert undeclared(table.model) == ["customers.Contact.nickname"]
    finally:
        del table.personal["nickname"]  # type: ignore[attr-defined]  # a planted hole


# What is said to be kept for months at most, and which night takes it away or empties it.
TAKEN_AWAY = {
    "audit.Operation": "ops:upkeep",
    "org.SignInAttempt": "ops:upkeep",
    "org.Tally": "ops:upkeep",
    "procrastinate.ProcrastinateJob": "ops:upkeep",
    "records.ExportPart": "ops:upkeep",
    "records.ImportPart": "the end of the import",
    "records.ImportRun": "the end of the import",
    "records.ImportRow": "privacy:keeping",
    "records.ImportChange": "privacy:keeping",
    "records.BulkItem": "privacy:keeping",
    "privacy.PersonFile": "privacy:keeping",
    "messaging.Delivery": "the sending",
}


@pytest.mark.req("SEC-10")
def test_nothing_is_said_to_be_kept_shortly_that_nobody_takes_away() -> None:
    assert {table.key for table, _name, held in fields_of() if held.kept == Kept.SHORT} == set(TAKEN_AWAY)


@pytest.mark.django_db
def test_no_table_of_the_database_is_unknown_to_the_inventory() -> None:
    # Ids of records in order, kept beside their table by the database itself.
    known = {table.name for table in INVENTORY} | {"django_migrations", "customers_customer_lent"}
    assert set(tables()) - known - {name for name in tables() if name.startswith("toy_")} == set()


def test_health_is_sensitive_and_rests_on_separate_consent() -> None:
    health = [held for _table, _name, held in fields_of() if held.sort == Sort.HEALTH]
    assert len(health) >= 4
    assert all(held.is_sensitive and held.basis == "separate" for held in health)


def test_nothing_personal_stands_in_tables_about_nobody() -> None:
    assert [t.key for t in INVENTORY if t.about == About.NOBODY and t.personal] == []


@pytest.mark.django_db
def test_conditions_of_the_inventory_are_right_sql() -> None:
    from guanxi.core.privacy.holding import persons_of

    found = persons_of([0], [0])
    assert found.customers == (0,)
    with connection.cursor() as cursor:
        for table in INVENTORY:
            if table.of:
                cursor.execute(f"SELECT count(*) FROM {table.name} WHERE {table.of}", found.given)
                assert cursor.fetchone() == (0,)


def test_every_table_with_personal_data_has_a_name_that_people_read() -> None:
    from guanxi.core.privacy.shown import lines
    from guanxi.core.privacy.table_names import TABLE_NAMES

    named = {line.table for line in lines()}
    assert len(named) >= 55
    assert named & ({table.name for table in INVENTORY} | {table.key for table in INVENTORY}) == set()
    name = TABLE_NAMES.pop("org.Post")
    try:
        assert "org_post" in {line.table for line in lines()}
    finally:
        TABLE_NAMES["org.Post"] = name


def test_customers_are_told_what_concerns_them_and_not_how_staff_work_together() -> None:
    from guanxi.base.kernel.personal import LABELS, Purpose
    from guanxi.core.privacy.shown import told

    purposes = {purpose for one in told() for purpose in one.purposes}
    assert LABELS["purpose"][Purpose.SERVICE] in purposes
    assert LABELS["purpose"][Purpose.EMPLOYMENT] not in purposes
