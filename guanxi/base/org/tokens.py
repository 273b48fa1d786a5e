"""API tokens: shown once, kept as a digest, ended at any time."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor

from . import stamps
from .models import Account, ApiToken
from .scopes import RIGHTS, keep_rights
from .stamps import READ as STAMPS

# Who calls, and whether within the budget: so many calls at once, refilled evenly over the minute. One statement, so
# that parallel calls of all processes share it, and one round trip; the budget's table is not logged by the database,
# so the answer never waits for the disk. A refused call costs nothing.
LIVE = f"""
WITH live AS (
  SELECT t.id, t.may_write, t.last_used_at, a.id AS account, a.login, s.id AS staff, s.name
  FROM org_apitoken t JOIN org_account a ON a.id = t.account_id LEFT JOIN org_staff s ON s.account_id = a.id
  WHERE t.digest = %(digest)s AND t.ended_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(now)s)
    AND a.is_active
), used AS (
  UPDATE org_apitoken t SET last_used_at = %(now)s FROM live
  WHERE t.id = live.id AND (live.last_used_at IS NULL OR live.last_used_at < %(now)s - interval '1 minute')
), budget AS (
  INSERT INTO org_apibudget AS b (token_id, calls, at, is_over)
  SELECT id, %(most)s - 1, %(now)s, FALSE FROM live
  ON CONFLICT (token_id) DO UPDATE SET (calls, at, is_over) = (
    SELECT full_now - (full_now >= 1)::int, %(now)s, full_now < 1 FROM (SELECT least(
      %(most)s::float8, b.calls + greatest(0, extract(epoch FROM %(now)s - b.at)) * %(most)s / 60
    ) AS full_now) x
  ) RETURNING calls, is_over
)
SELECT live.id, live.may_write, live.account, live.login, live.staff, live.name, budget.is_over, budget.calls,
  {STAMPS}, rights.*
FROM live CROSS JOIN budget LEFT JOIN LATERAL ({RIGHTS.replace("%(staff)s", "live.staff")}) rights ON TRUE
"""  # noqa: S608 (names of our own columns)


@dataclass(frozen=True)
class Bearer:
    token_id: int
    may_write: bool
    account_id: int
    login: str
    staff_id: int | None
    staff_name: str | None
    is_over: bool
    calls_left: float
    stamps: str | None
    rights: tuple[str | None, str | None, str | None]

    @property
    def seconds_to_wait(self) -> int:
        """Until the next call is let through."""
        return max(1, ceil((1 - self.calls_left) * 60 / settings.API_CALLS_A_MINUTE))

    def hand_to(self, actor: Actor) -> None:
        """What is known already is not asked again during this request; the next one asks anew."""
        keep_rights(actor, *self.rights)
        stamps.brought(json.loads(self.stamps or "{}"))


@action("org:token:given", _("%(who)s created an API token."))
def give_token(account: Account, *, name: str, actor: Actor, may_write: bool = True, days: int | None = None) -> str:
    """Returns the token itself, which cannot be read again."""
    token = f"gx_{secrets.token_urlsafe(32)}"
    expires = clock.now() + timedelta(days=days) if days else None
    made = ApiToken.objects.create(
        account=account,
        name=name,
        digest=digest_of(token),
        may_write=may_write,
        created_at=clock.now(),
        expires_at=expires,
    )
    trail.record("token", made.id, actor=actor, changes={"name": [None, name], "may_write": [None, may_write]})
    return token


@action("org:token:ended", _("%(who)s ended an API token."))
def end_token(token: ApiToken, *, actor: Actor) -> None:
    ApiToken.objects.filter(id=token.id).update(ended_at=clock.now())
    trail.record("token", token.id, actor=actor)


def token_for(text: str) -> Bearer | None:
    """Who a live token speaks for; None for anything else. In plain SQL: every call of a program begins here."""
    now = clock.now()
    asked = {"digest": digest_of(text), "now": now, "day": now.date(), "most": settings.API_CALLS_A_MINUTE}
    found = statements.rows(LIVE, asked)
    if not found:
        return None
    token, may_write, account, login, staff, name, is_over, calls, read, *rights = found[0]
    return Bearer(token, may_write, account, login, staff, name, is_over, calls, read, tuple(rights))


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
