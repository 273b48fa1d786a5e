"""A trail to be sealed, a hand that alters it past all guards, and heads of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from guanxi.base.audit import trail
from guanxi.base.audit.models import Entry
from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor

WHO = Actor.system("test rule")


@pytest.fixture(autouse=True)
def heads(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA_DIR=tmp_path):
        yield tmp_path / "audit" / "heads"


def say(number: int, **more: Any) -> Entry:
    """One entry with all that an entry can have."""
    told = {
        "changes": {"grade": ["A", number]},
        "personal": {"phone": [None, f"1380000{number:04}"]},
        "items": [("thing", number), ("thing", number + 1)],
    }
    return trail.record("thing", number, actor=WHO, name="test:thing:done", **(told | more))


@pytest.fixture
def history(db: None) -> list[int]:
    """Six seals of five entries, half an hour apart."""
    return sealed_history()


def sealed_history(seals: int = 6, each: int = 5) -> list[int]:
    ids = []
    for seal in range(seals):
        ids += [say(seal * each + n).pk for n in range(each)]
        clock.advance(minutes=30)
        seal_waiting()
    return ids


TABLES = ("audit_entry", "audit_item", "audit_seal")
UNBIND = """
DO $$ DECLARE bond record; BEGIN
  FOR bond IN SELECT conname FROM pg_constraint WHERE conrelid = 'audit_item'::regclass AND contype = 'f' LOOP
    EXECUTE format('ALTER TABLE audit_item DROP CONSTRAINT %I', bond.conname);
  END LOOP;
END $$
"""


@contextmanager
def unguarded() -> Iterator[Any]:
    """What somebody can do who owns the database: no trigger, no foreign key. Undone with the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(UNBIND)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def alter(sql: str, *parameters: Any) -> int:
    with unguarded() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
