"""Who a session speaks for, with the posts held today and what their roles grant: one query for each request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor

from .models import Account, Staff
from .scopes import RIGHTS, keep_rights
from .stamps import READ as STAMPS

ACCOUNT = [field.attname for field in Account._meta.concrete_fields]
STAFF = [field.attname for field in Staff._meta.concrete_fields]
COLUMNS = ", ".join([*(f"a.{name}" for name in ACCOUNT), *(f"s.{name}" for name in STAFF)])
WHO = f"""
SELECT {COLUMNS}, {STAMPS}, rights.posts, rights.grants
FROM org_account a LEFT JOIN org_staff s ON s.account_id = a.id
LEFT JOIN LATERAL ({RIGHTS.replace("%(staff)s", "s.id")}) rights ON TRUE
WHERE a.id = %(account)s AND a.is_active
"""  # noqa: S608 (names of our own columns)


@dataclass(frozen=True)
class Who:
    account: Account
    staff: Staff | None
    stamps: dict[str, str]
    posts: str | None
    grants: str | None

    def hand_to(self, actor: Actor) -> None:
        """What is known already is not asked again during this request; the next one asks anew."""
        keep_rights(actor, self.posts, self.grants)


def who_is(account_id: Any) -> Who | None:
    """None for accounts that are closed or gone."""
    found = statements.rows(WHO, {"account": account_id, "day": clock.today()})
    if not found:
        return None
    row = found[0]
    account = Account.from_db("default", ACCOUNT, row[: len(ACCOUNT)])
    staff = _staff(row[len(ACCOUNT) : -3])
    Account._meta.get_field("staff").set_cached_value(account, staff)
    stamps, posts, grants = row[-3:]
    return Who(account, staff, json.loads(stamps or "{}"), posts, grants)


def _staff(values: Sequence[Any]) -> Staff | None:
    return Staff.from_db("default", STAFF, values) if values[0] is not None else None
