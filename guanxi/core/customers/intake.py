"""People taken in by the thousand: the set-based twin of `create_customer`, for imports. Call inside a transaction.

The relation has one row per person: line, phone, name, customer_id (filled in), is_new (filled in), owner_id, unit_id
and the columns of `COPIED`.
"""

from __future__ import annotations

from datetime import datetime

from django.db.backends.utils import CursorWrapper

# pinyin, initials and search come ready-made (kernel/pinyin.py): SQL does not know how names sound.
COPIED = ("phone", "name", "pinyin", "initials", "search", "gender", "birth_on", "birth_is_lunar", "address")

RECOGNISE = """
UPDATE {relation} p SET customer_id = c.id FROM customers_customer c
WHERE c.phone = p.phone AND c.name = p.name AND c.kind = 'person' AND c.removed_at IS NULL AND c.phone <> ''
"""
# In order of the file, so that numbers follow it. Whoever was created meanwhile on a screen is recognised afterwards.
INSERT = """
WITH made AS (
  INSERT INTO customers_customer (
    kind, status, owner_id, unit_id, collected_by_id, batch_id, created_at, updated_at, {columns}
  )
  SELECT 'person', 'potential', owner_id, unit_id, owner_id, %(batch)s, %(now)s, %(now)s, {values}
  FROM {relation} WHERE customer_id IS NULL ORDER BY line
  ON CONFLICT DO NOTHING
  RETURNING id, phone, name
)
UPDATE {relation} p SET customer_id = made.id, is_new = TRUE FROM made
WHERE made.phone = p.phone AND made.name = p.name
"""
START_HISTORY = """
INSERT INTO customers_validity (customer_id, field, value, from_at)
SELECT p.customer_id, v.field, v.value, %(now)s FROM {relation} p
CROSS JOIN LATERAL (VALUES ('owner', p.owner_id::text), ('unit', p.unit_id::text), ('status', 'potential')) v(field, value)
WHERE p.is_new AND v.value IS NOT NULL
"""
NEW_IDS = "SELECT customer_id FROM {relation} WHERE is_new ORDER BY customer_id"


def take_in_people(cursor: CursorWrapper, relation: str, *, batch_id: int, now: datetime) -> list[int]:
    """Ids of the new customers, owned as the relation says. People known by phone and name keep what they have."""
    given = {"batch": batch_id, "now": now}
    names = {"relation": relation, "columns": ", ".join(COPIED), "values": ", ".join(map(_filled, COPIED))}
    cursor.execute(RECOGNISE.format(**names))
    cursor.execute(INSERT.format(**names), given)
    cursor.execute(f"{RECOGNISE.format(**names)} AND p.customer_id IS NULL")
    cursor.execute(START_HISTORY.format(**names), given)
    cursor.execute(NEW_IDS.format(**names))
    return [row[0] for row in cursor.fetchall()]


def _filled(column: str) -> str:
    return {"birth_on": "birth_on", "birth_is_lunar": "COALESCE(birth_is_lunar, FALSE)"}.get(
        column, f"COALESCE({column}, '')" if column != "search" else "search"
    )
