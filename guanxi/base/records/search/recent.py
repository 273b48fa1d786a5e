"""What a person opened and searched lately. It belongs to them alone, and old entries make room for new ones."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.phone import digits_of
from guanxi.base.org.scopes import may

from ..types import RECORD_TYPES, RecordType
from .models import Opened, Searched

KEPT = 20
# The rows before this one are what the statement sees: nineteen of them stay beside it.
PUT = """
WITH put AS (
  INSERT INTO {table} (account_id, at, {columns}) VALUES (%s, %s, {places})
  ON CONFLICT (account_id, {columns}) DO UPDATE SET at = EXCLUDED.at
)
DELETE FROM {table} WHERE account_id = %s AND id IN (
  SELECT id FROM {table} WHERE account_id = %s AND ({columns}) IS DISTINCT FROM ({places})
  ORDER BY at DESC, id DESC OFFSET %s
)
"""


def opened(actor: Actor, kind: str, record_id: int) -> None:
    """One statement, part of showing a card."""
    if actor.account_id and not actor.is_system:
        _put(Opened._meta.db_table, "kind, record_id", [kind, record_id], actor)


def searched(actor: Actor, text: str) -> None:
    """Never phone numbers: a list of those is nobody's to keep."""
    if actor.account_id and text and not has_phone(text):
        _put(Searched._meta.db_table, "text", [text[:80]], actor)


def has_phone(text: str) -> bool:
    return any(len(digits_of(part)) > 4 for part in re.findall(r"[\d\-+() ]{5,}", text))


def _put(table: str, columns: str, values: list[Any], actor: Actor) -> None:
    places = ", ".join(["%s"] * len(values))
    sql = PUT.format(table=table, columns=columns, places=places)
    account = actor.account_id
    with connection.cursor() as cursor:
        cursor.execute(sql, [account, clock.now(), *values, account, account, *values, KEPT - 1])


def searches_of(actor: Actor, *, most: int) -> list[str]:
    rows = Searched.objects.filter(account_id=actor.account_id).order_by("-at", "-id")
    return list(rows.values_list("text", flat=True)[:most])


def opened_by(actor: Actor, *, most: int) -> list[tuple[RecordType, int]]:
    """Newest first, whether or not they may still be seen."""
    rows = Opened.objects.filter(account_id=actor.account_id).order_by("-at", "-id").values_list("kind", "record_id")
    found = [(RECORD_TYPES.find(kind), record_id) for kind, record_id in rows[:most]]
    return [(type_, record_id) for type_, record_id in found if type_ and may(actor, type_.key, "read")]
