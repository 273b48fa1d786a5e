"""Whether somebody is known already, also beyond one's scope (查重): who owns them and in which unit, nothing else."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused, Unreadable
from guanxi.base.kernel.names import name_key
from guanxi.base.kernel.phone import digits_of, read_phone
from guanxi.base.org import gate, limits
from guanxi.base.org.limits import Limit

from .access import KIND

MOST_AN_HOUR = 30
SHOWN = 5
# The whole number, backwards as the search index has it, for people and organisations alike; or the end of it.
KNOWN = """
SELECT c.id, c.name, coalesce(s.name, ''), coalesce(u.name, '') FROM customers_customer c
LEFT JOIN org_staff s ON s.id = c.owner_id LEFT JOIN org_unit u ON u.id = c.unit_id
WHERE c.removed_at IS NULL AND c.search @@ (SELECT %s::tsquery) ORDER BY c.id LIMIT 200
"""


class Known(NamedTuple):
    owner: str
    unit: str


@action("customers:customer:looked_up", _("%(who)s looked up whether a customer is known already."))
def look_up(*, phone: str, name: str = "", actor: Actor) -> list[Known]:
    """By the whole phone, or by the exact name with the last four digits. Raises Invalid, or Refused past the limit.

    What was asked for is not written down: only by what, and which customers the answer was about.
    """
    gate.ask(actor, "create", KIND)
    query = query_of(phone, name)
    take_one(actor)
    rows = [row for row in _rows(query) if not name or name_key(row[1]) == name_key(name)]
    by = "name and digits" if name else "phone"
    items = [(KIND, row[0]) for row in rows]
    trail.record(KIND, None, actor=actor, changes={"by": by, "found": len(rows)}, items=items)
    return list(dict.fromkeys(Known(owner or "–", unit or "–") for _id, _name, owner, unit in rows))[:SHOWN]


def query_of(phone: str, name: str) -> str:
    """Only digits reach it."""
    if name:
        digits = digits_of(phone)
        if len(digits) != 4:
            raise Invalid({"phone": [_("Beside a name, enter exactly the last four digits of the phone.")]})
        return f"'#{digits[::-1]}':*"
    try:
        return f"'#{digits_of(read_phone(phone))[::-1]}'"
    except Unreadable as problem:
        raise Invalid({"phone": [problem.message]}) from problem


def take_one(actor: Actor) -> None:
    """Somebody who tries numbers one after the other soon has to wait."""
    if actor.account_id and not limits.take(Limit("duplicates", str(actor.account_id), MOST_AN_HOUR, minutes=60)):
        raise Refused(
            _("You have looked up %(most)s times within this hour. Go on in the next hour.") % {"most": MOST_AN_HOUR},
            code="too_many_look_ups",
        )


def _rows(query: str) -> list[tuple[int, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [query])
        return list(cursor.fetchall())
