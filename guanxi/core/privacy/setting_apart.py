"""Taking all records of a person out of every list at one moment, and bringing exactly those back."""

# ruff: noqa: S608 (table names come from the models, conditions from declarations; values are parameters)
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from guanxi.base.kernel import statements
from guanxi.base.kernel.personal import Table

from .holding import linked, persons_of


def put_away(customers: Sequence[int], at: datetime) -> None:
    persons = persons_of(customers)
    for table in _with_bin():
        sql = f"UPDATE {table.name} SET removed_at = %(at)s WHERE removed_at IS NULL AND ({table.of})"
        statements.rows(sql, persons.given | {"at": at})


def bring_back(customers: Sequence[int], at: datetime) -> None:
    """What was in the bin before stays there."""
    persons = persons_of(customers)
    for table in _with_bin():
        sql = f"UPDATE {table.name} SET removed_at = NULL WHERE removed_at = %(at)s AND ({table.of})"
        statements.rows(sql, persons.given | {"at": at})


def _with_bin() -> Iterator[Table]:
    for table in linked():
        if any(one.name == "removed_at" for one in table.model._meta.local_fields):
            yield table
