"""A release only adds to the tables of the one before, and the check that says so finds what does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.migrations import operations

from tools.migrations import RELEASED, fault_of, too_early

from .previous import ROOT

pytestmark = pytest.mark.req("OPS-10")
NULL, PLAIN = models.TextField(null=True), models.TextField(default="")
FILLED = models.TextField(db_default="")


def test_the_migrations_of_this_release_let_the_one_before_run() -> None:
    assert list(too_early()) == []


def test_the_rooms_of_the_release_before_are_all_known() -> None:
    rooms = {path.parent.parent.name for path in ROOT.glob("guanxi/*/*/migrations/__init__.py")}
    assert set(RELEASED) == rooms - {"privacy"}


@pytest.mark.parametrize(
    "planted",
    [
        operations.RemoveField("customer", "name"),
        operations.DeleteModel("customer"),
        operations.RenameField("customer", "name", "title"),
        operations.RenameModel("customer", "client"),
        operations.AddField("customer", "mood", PLAIN),
        operations.AddIndex("customer", models.Index(fields=["name"], name="planted")),
        operations.AddConstraint("customer", models.UniqueConstraint(fields=["name"], name="planted")),
        operations.AlterField("customer", "mood", PLAIN),
        operations.RunSQL("DROP TABLE customers_customer"),
        operations.RunPython(print),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_a_step_the_release_before_would_stumble_over_is_found(planted: Any) -> None:
    assert fault_of(planted, new=set())


@pytest.mark.parametrize(
    "harmless",
    [
        operations.AddField("customer", "mood", NULL),
        operations.AddField("customer", "mood", FILLED),
        operations.AlterField("customer", "mood", NULL),
        AddIndexConcurrently("customer", models.Index(fields=["name"], name="planted")),
    ],
)
def test_what_only_adds_is_not(harmless: Any) -> None:
    assert fault_of(harmless, new=set()) == ""


def test_what_a_person_has_read_passes() -> None:
    assert fault_of(operations.RunSQL("SELECT 1"), new=set(), is_read=True) == ""
    assert fault_of(operations.RemoveField("customer", "name"), new=set(), is_read=True), "but nothing else does"


def test_a_table_of_this_release_may_be_made_in_steps() -> None:
    assert fault_of(operations.AddField("mood", "depth", PLAIN), new={"mood"}) == ""
