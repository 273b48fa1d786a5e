"""Who a session speaks for, with the posts held today and what their roles grant: one query for each request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry

from .models import Account, Staff
from .scopes import RIGHTS, keep_rights
from .stamps import READ as STAMPS

ACCOUNT = [field.attname for field in Account._meta.concrete_fields]
STAFF = [field.attname for field in Staff._meta.concrete_fields]
COLUMNS = ", ".join([*(f"a.{name}" for name in ACCOUNT), *(f"s.{name}" for name in STAFF)])
WHO = """
SELECT {session}{columns}, {along}, rights.posts, rights.grants, rights.below
FROM org_account a LEFT JOIN org_staff s ON s.account_id = a.id LEFT JOIN LATERAL ({rights}) rights ON TRUE
WHERE a.id = %(account)s AND a.is_active
"""
SESSION = "(SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s), "


@dataclass(frozen=True)
class Along:
    """What an upper room wants to know about everybody who asks for a page: small, and found by an index.

    `sql` gives one jsonb over `s`, the staff; `told_to` reads it for this request.
    """

    key: str
    sql: str

    def told_to(self, actor: Actor) -> Any:
        """None when nothing was read along, as for tokens and jobs; then whoever needs it asks."""
        return actor.memo.get(f"along:{self.key}")

    def forget(self, actor: Actor) -> None:
        """After a change of it."""
        actor.memo.pop(f"along:{self.key}", None)


ALONG: Registry[Along] = Registry("read along with who asks")


@dataclass(frozen=True)
class Who:
    account: Account
    staff: Staff | None
    stamps: dict[str, str]
    rights: tuple[str | None, str | None, str | None]
    along: dict[str, Any]

    def hand_to(self, actor: Actor) -> None:
        """What is known already is not asked again during this request; the next one asks anew."""
        keep_rights(actor, *self.rights)
        actor.memo.update(self.along)


def who_is(account_id: Any) -> Who | None:
    """None for accounts that are closed or gone."""
    found = statements.rows(_statement(""), {"account": account_id, "day": clock.today()})
    return _read(found[0]) if found else None


def who_with_session(account_id: int, key: str, now: datetime) -> tuple[Who | None, str]:
    """Both at once, for whom the session is known to speak; (None, "") when either is gone."""
    asked = {"account": account_id, "day": clock.today(), "key": key, "now": now}
    found = statements.rows(_statement(SESSION), asked)
    return (_read(found[0][1:]), found[0][0]) if found and found[0][0] else (None, "")


def _read(row: Sequence[Any]) -> Who:
    values = iter(row)
    account = Account.from_db("default", ACCOUNT, list(islice(values, len(ACCOUNT))))
    staff = _staff(list(islice(values, len(STAFF))))
    Account._meta.get_field("staff").set_cached_value(account, staff)
    stamps = json.loads(next(values) or "{}")
    along = {f"along:{one.key}": json.loads(next(values) or "{}") for one in ALONG}
    return Who(account, staff, stamps, (next(values), next(values), next(values)), along)


@lru_cache(maxsize=2)
def _statement(session: str) -> str:
    """Put together at the first request, when all rooms have said what they want along."""
    along = ", ".join([STAMPS, *(one.sql for one in ALONG)])
    return WHO.format(session=session, columns=COLUMNS, along=along, rights=RIGHTS.replace("%(staff)s", "s.id"))


def _staff(values: Sequence[Any]) -> Staff | None:
    return Staff.from_db("default", STAFF, values) if values[0] is not None else None
