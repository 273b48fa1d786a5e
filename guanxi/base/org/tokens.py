"""API tokens: shown once, kept as a digest, ended at any time."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor

from . import stamps
from .models import Account, ApiToken
from .scopes import RIGHTS, keep_rights
from .stamps import READ as STAMPS

LIVE = f"""
SELECT t.id, t.may_write, a.id, a.login, s.id, s.name, {STAMPS}, rights.*
FROM org_apitoken t JOIN org_account a ON a.id = t.account_id LEFT JOIN org_staff s ON s.account_id = a.id
LEFT JOIN LATERAL ({RIGHTS.replace("%(staff)s", "s.id")}) rights ON TRUE
WHERE t.digest = %(digest)s AND t.ended_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(now)s) AND a.is_active
"""  # noqa: S608 (names of our own columns)


@dataclass(frozen=True)
class Bearer:
    token_id: int
    may_write: bool
    account_id: int
    login: str
    staff_id: int | None
    staff_name: str | None
    stamps: str | None
    rights: tuple[str | None, str | None, str | None]

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
    found = statements.rows(LIVE, {"digest": digest_of(text), "now": now, "day": now.date()})
    if not found:
        return None
    token, may_write, account, login, staff, name, read, *rights = found[0]
    return Bearer(token, may_write, account, login, staff, name, read, tuple(rights))


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
