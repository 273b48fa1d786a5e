"""Finding what is held about persons, and emptying it: both follow the inventory (base/kernel/personal.py)."""

# ruff: noqa: S608 (table and column names come from the models, conditions from declarations; values are parameters)
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from guanxi.base.kernel import statements
from guanxi.base.kernel.personal import INVENTORY, About, Held, Persons, Sort, Table

# A name of one letter would be found everywhere.
LEAST = 2
# An extension of four figures stands in the numbers of others.
LEAST_REACH = 6
FORMER = """
SELECT DISTINCT w FROM audit_entry e, jsonb_each(e.personal) p(field, change), jsonb_array_elements_text(
  CASE WHEN jsonb_typeof(change) = 'array' THEN change ELSE jsonb_build_array(change) END) w
WHERE e.kind = 'customer' AND e.subject_id = ANY(%(customers)s) AND field IN ('name', 'phone') AND w IS NOT NULL
"""


def persons_of(customers: Sequence[int], contacts: Sequence[int] = ()) -> Persons:
    """With all that is held about them by kind and id, and the words that name or reach them, former ones too."""
    found = Persons(tuple(customers), tuple(contacts))
    for _round in range(2):  # the second finds what hangs on records of rooms that stand above the asking table's
        found = Persons(found.customers, found.contacts, (), _records(found))
    return Persons(found.customers, found.contacts, tuple(sorted(_words(found))), found.records)


def linked() -> Iterator[Table]:
    """Tables whose rows say themselves whose they are."""
    return (table for table in INVENTORY if table.of)


def loose() -> Iterator[Table]:
    """Tables that may speak of anybody: only the words tell."""
    rows = (table for table in INVENTORY if table.about == About.CUSTOMER and not table.of)
    return (table for table in rows if not table.by_hand)


def _records(persons: Persons) -> dict[str, tuple[int, ...]]:
    return {
        table.kind: tuple(
            row[0] for row in statements.rows(f"SELECT id FROM {table.name} WHERE {table.of}", persons.given)
        )
        for table in linked()
        if table.kind
    }


def _words(persons: Persons) -> set[str]:
    found = {row[0] for row in statements.rows(FORMER, persons.given)} if persons.customers else set()
    for table in linked():
        names = [name for name in _naming(table) if not name.endswith("search")]
        if names:
            columns = ", ".join(_column(table, name) for name in names)
            rows = statements.rows(f"SELECT {columns} FROM {table.name} WHERE {table.of}", persons.given)
            sorts = [table.personal[name].sort for name in names]
            found |= {word for row in rows for sort, word in zip(sorts, row, strict=True) if _tells_who(sort, word)}
    return {form for word in found if len(word) >= LEAST and word != "—" for form in _forms(word)}


def _tells_who(sort: Sort, word: str | None) -> bool:
    """A town or a street is where many live; only with the number of the house does it lead to somebody."""
    if not word or sort == Sort.NAME:
        return bool(word)
    return len(word) >= LEAST_REACH and any(char.isdigit() for char in word)


def _naming(table: Table) -> list[str]:
    """Fields that hold what somebody is called or reached by; how it sounds names nobody alone."""
    sounds = {"pinyin", "initials", "search", "area"}
    return [
        name
        for name, held in table.personal.items()
        if held.sort in (Sort.NAME, Sort.REACH) and name not in sounds and table.about == About.CUSTOMER
    ]


def _forms(word: str) -> set[str]:
    """A telephone number is written in groups, too."""
    if not (word.isascii() and word.isdecimal() and len(word) == 11):
        return {word}
    first, second, third = word[:3], word[3:7], word[7:]
    return {word, f"{first} {second} {third}", f"{first}-{second}-{third}"}


def erase_held(persons: Persons) -> dict[str, int]:
    """How many rows of which table."""
    counts = {table.name: _erase(table, table.of, persons) for table in linked() if not table.by_hand}
    if persons.words:
        counts |= {table.name: _erase(table, _spoken(table), persons) for table in loose()}
    return {name: count for name, count in counts.items() if count}


def _spoken(table: Table) -> str:
    """The condition that some personal field holds one of the words."""
    columns = [f"{_column(table, name)}::text LIKE ANY(%(words)s)" for name in table.erased()]
    return " OR ".join(columns)


def _erase(table: Table, condition: str, persons: Persons) -> int:
    if not (table.erased() or table.is_removed):
        return 0
    if table.is_removed:
        change = f"DELETE FROM {table.name}"
    else:
        pairs = [f"{_column(table, name)} = {_empty(table, name, held)}" for name, held in table.erased().items()]
        change = f"UPDATE {table.name} SET {', '.join(pairs)}"
    sql = f"WITH gone AS ({change} WHERE {condition} RETURNING 1) SELECT count(*) FROM gone"
    return int(statements.value(sql, persons.given))


def _column(table: Table, name: str) -> str:
    return f'"{table.model._meta.get_field(name).column}"'


def _empty(table: Table, name: str, held: Held) -> str:
    """What stands in a column that holds nothing, as SQL."""
    field: Any = table.model._meta.get_field(name)
    if held.left is not None:
        return f"'{held.left}'"
    if field.null or isinstance(field, SearchVectorField):
        return "NULL"
    if isinstance(field, models.JSONField):
        return "'[]'" if field.default is list else "'{}'"
    if isinstance(field, ArrayField):
        return "'{}'"
    if isinstance(field, models.BooleanField):
        return "FALSE"
    if isinstance(field, models.CharField | models.TextField):
        return "''"
    return f"'{field.get_default()}'"
