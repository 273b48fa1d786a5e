"""People taken in by the thousand: the set-based twin of `create_customer`, for imports. Call inside a transaction.

The relation has one row per person: line, the columns of `COPIED`, customer_id and is_new (both filled in here).
`INTAKE` is what the import of any record type asks of this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import pinyin
from guanxi.base.kernel.pinyin import Words
from guanxi.base.records.defaults import column_defaults
from guanxi.base.records.imports import readers
from guanxi.base.records.imports.intakes import Intake, Key

from . import events
from .models import Customer, Validity
from .models.customer import Kind

# pinyin, initials and search come ready-made (kernel/pinyin.py): SQL does not know how names sound.
# Column to what stands for an empty cell; "" where NULL may stay.
COPIED = dict.fromkeys(("phone", "name", "pinyin", "initials", "gender", "address"), "''")
COPIED |= {
    "birth_is_lunar": "FALSE",
    "birth_on": "",
    "search": "",
    "owner_id": "",
    "unit_id": "",
    "collected_by_id": "",
}

RECOGNISE = """
UPDATE {relation} p SET customer_id = c.id FROM customers_customer c
WHERE c.phone = p.phone AND c.name = p.name AND c.kind = 'person' AND c.removed_at IS NULL AND c.phone <> ''
"""
# In order of the file, so that numbers follow it. Whoever was created meanwhile on a screen is recognised afterwards.
INSERT = """
WITH made AS (
  INSERT INTO customers_customer ({columns})
  SELECT {values} FROM {relation} WHERE customer_id IS NULL ORDER BY line
  ON CONFLICT DO NOTHING
  RETURNING id, phone, name
)
UPDATE {relation} p SET customer_id = made.id, is_new = TRUE FROM made
WHERE made.phone = p.phone AND made.name = p.name
"""
START_HISTORY = """
INSERT INTO customers_validity (customer_id, field, value, from_at)
SELECT p.customer_id, v.field, v.value, %(now)s FROM {relation} p
CROSS JOIN LATERAL (
  VALUES ('owner', p.owner_id::text), ('unit', p.unit_id::text), ('status', 'potential')
) v(field, value)
WHERE p.is_new AND v.value IS NOT NULL
"""
NEW_IDS = "SELECT customer_id FROM {relation} WHERE is_new ORDER BY customer_id"


def take_in_people(cursor: CursorWrapper, relation: str, *, batch_id: int, now: datetime) -> list[int]:
    """Ids of the new customers, owned as the relation says. People known by phone and name keep what they have."""
    fixed = {"kind": "person", "status": "potential", "batch_id": batch_id, "created_at": now, "updated_at": now}
    fixed |= column_defaults(Customer, given={*fixed, *COPIED})
    recognise = RECOGNISE.format(relation=relation)
    cursor.execute(recognise)
    cursor.execute(_insert(relation, list(fixed)), fixed)
    cursor.execute(f"{recognise} AND p.customer_id IS NULL")
    cursor.execute(START_HISTORY.format(relation=relation), {"now": now})
    cursor.execute(NEW_IDS.format(relation=relation))
    return [row[0] for row in cursor.fetchall()]


def _insert(relation: str, fixed: list[str]) -> str:
    copied = {column: f"COALESCE({column}, {blank})" if blank else column for column, blank in COPIED.items()}
    values = [*copied.values(), *(f"%({column})s" for column in fixed)]
    return INSERT.format(relation=relation, columns=", ".join([*copied, *fixed]), values=", ".join(values))


# The history of values, over the ids of `relation`.
PRESENT = ", ".join(
    f"('{field}', t.{field}{'_id' if field in ('owner', 'unit') else ''}::text)" for field in Validity.FIELDS
)
START = f"""
INSERT INTO customers_validity (customer_id, field, value, from_at)
SELECT t.id, v.field, v.value, %(now)s FROM {{relation}} n JOIN customers_customer t ON t.id = n.id
CROSS JOIN LATERAL (VALUES {PRESENT}) v(field, value) WHERE v.value <> ''
  AND NOT EXISTS (SELECT FROM customers_validity o WHERE o.customer_id = t.id AND o.field = v.field AND o.to_at IS NULL)
"""  # noqa: S608 (constants only)
CLOSE = f"""
UPDATE customers_validity o SET to_at = %(now)s FROM {{relation}} n JOIN customers_customer t ON t.id = n.id
CROSS JOIN LATERAL (VALUES {PRESENT}) v(field, value)
WHERE o.customer_id = t.id AND o.field = v.field AND o.to_at IS NULL AND o.value IS DISTINCT FROM v.value
"""  # noqa: S608 (constants only)


def start_histories(cursor: CursorWrapper, relation: str, now: datetime) -> None:
    cursor.execute(START.format(relation=relation), {"now": now})


def continue_histories(cursor: CursorWrapper, relation: str, now: datetime) -> None:
    cursor.execute(CLOSE.format(relation=relation), {"now": now})
    start_histories(cursor, relation, now)


def words_of(values: Mapping[str, Any]) -> Words:
    name, phone = values.get("name") or "", values.get("phone") or ""
    is_person = (values.get("kind") or Kind.PERSON) == Kind.PERSON
    company = values.get("company_name") or ""
    if is_person and not company:
        return pinyin.words_of_person(name, phone)
    tokens = pinyin.search_tokens(name, phones=[phone], other_names=[company], is_person=is_person)
    return Words(pinyin.sort_key(name, is_person=is_person), pinyin.initials(name, is_person=is_person), tokens)


INTAKE = Intake(
    key=Customer.KIND,
    created=events.CREATED,
    changed=events.CHANGED,
    removed=events.REMOVED,
    keys=(
        Key("person", _("Phone and name"), ("phone", "name")),
        Key("number", _("Number"), ("number",)),
        Key("phone", _("Phone"), ("phone",)),
        Key("name", _("Name"), ("name",), is_telling=False),
    ),
    words_from=("name", "phone", "kind", "company_name"),
    words=words_of,
    started=start_histories,
    continued=continue_histories,
    also={"collected_by_id": "{owner}"},
    readers={"name": readers.name, "gender": readers.gender},
    beside=("contacts",),
)
# Whoever was asked to help with a customer keeps it from going with its import.
TEAM_STAYS = "EXISTS (SELECT FROM customers_teammember m WHERE m.customer_id = t.id)"
