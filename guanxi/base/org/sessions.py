"""Django's sessions in the database, read with one plain statement: every request begins here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from . import devices

LIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
OF_ACCOUNT = """
SELECT o.id, o.session_key, d.session_data FROM org_sessionof o JOIN django_session d USING (session_key)
WHERE o.account_id = %s AND d.expire_date > %s
"""
LINK = """
INSERT INTO org_sessionof (session_key, account_id) VALUES (%s, %s) ON CONFLICT (session_key) DO NOTHING
"""
UNLINK = "DELETE FROM org_sessionof WHERE session_key = %s"
END = """
WITH gone AS (DELETE FROM org_sessionof WHERE account_id = %s AND session_key <> %s RETURNING session_key)
DELETE FROM django_session WHERE session_key IN (SELECT session_key FROM gone)
"""
CLEAR = (
    "DELETE FROM org_sessionof o WHERE NOT EXISTS (SELECT 1 FROM django_session d WHERE d.session_key = o.session_key)"
)
MOST_KNOWN = 10_000
# What a session carries: when it was last seen, since when, when its person last proved to be there; and from where.
SEEN, SINCE, CONFIRMED, LINKED = "seen_at", "signed_in_at", "confirmed_at", "linked"
ADDRESS, DEVICE = "address", "device"
PROOF_SECONDS = 600
# Whom a session speaks for never changes, so this process asks for both at once from the second request on. Only a
# guess all the same: what the session itself says is read each time.
_accounts: dict[str, int] = {}


class SessionStore(DatabaseStore):
    """`who`: the person, when read along."""

    who: Any = None

    def save(self, must_create: bool = False) -> None:
        """Who has which sessions is written beside, once for each key: both or neither, or it could not be ended."""
        owner = self._get_session(no_load=must_create).get(SESSION_KEY)
        if self.session_key is None or owner is None or self.get(LINKED) == self.session_key:
            return self._write(must_create)
        self[LINKED] = self.session_key
        with transaction.atomic(), connection.cursor() as cursor:
            self._write(must_create)
            cursor.execute(LINK, [self.session_key, int(owner)])

    def _write(self, must_create: bool) -> None:
        """Django takes a lost database for a session that was deleted meanwhile, and answers 400."""
        try:
            super().save(must_create)
        except UpdateError as problem:
            if isinstance(problem.__context__, OperationalError | InterfaceError):
                raise problem.__context__ from None
            raise

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            with connection.cursor() as cursor:
                cursor.execute(UNLINK, [key])

    def load(self) -> dict[str, Any]:
        return self._load_with_account() or self._load_alone()

    def _load_with_account(self) -> dict[str, Any]:
        from .who import who_with_session  # models are not there yet when Django loads this module

        key = self.session_key
        if key not in _accounts:
            return {}
        who, text = who_with_session(_accounts[key], key, timezone.now())
        data: dict[str, Any] = self.decode(text) if who else {}
        if not who or data.get(SESSION_KEY) != str(who.account.pk):
            _accounts.pop(key, None)
            return {}
        self.who = who
        return data

    def _load_alone(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(LIVE, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        return data


def remember(key: str, account_id: int) -> None:
    if len(_accounts) >= MOST_KNOWN:
        _accounts.clear()
    _accounts[key] = account_id


@dataclass(frozen=True)
class Live:
    id: int
    key: str
    device: str
    address: str
    since: datetime
    seen: datetime


def begin(request: HttpRequest, *, address: str) -> None:
    """At the sign-in: the same session may have been somebody's before."""
    for name in (SINCE, SEEN, CONFIRMED):
        request.session.pop(name, None)
    request.session[ADDRESS] = address
    request.session[DEVICE] = devices.named(request.headers.get("User-Agent", ""))


def is_over(session: Any) -> bool:
    """Idle for too long, or signed in too long ago: the cookie's age alone would start anew with every write."""
    now = seconds()
    idle, age = now - session.get(SEEN, now), now - session.get(SINCE, now)
    return bool(idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_COOKIE_AGE)


def speaks_for(account: Any, session: Any) -> bool:
    """Not after a change of password. A SECRET_KEY that was replaced still counts as long as it is a fallback."""
    known = session.get(HASH_SESSION_KEY, "")
    hashes = [account.get_session_auth_hash(), *account.get_session_auth_fallback_hash()]
    return any(constant_time_compare(known, one) for one in hashes)


def confirm(session: SessionBase) -> None:
    session[CONFIRMED] = seconds()


def is_confirmed(session: SessionBase) -> bool:
    """The person proved to be there within ten minutes, by signing in or by confirming."""
    now = seconds()
    return now - max(session.get(CONFIRMED, 0), session.get(SINCE, now)) <= PROOF_SECONDS


def seconds() -> int:
    return int(timezone.now().timestamp())


def live_of(account: Any) -> list[Live]:
    from . import factors  # models are not there yet when Django loads this module

    with connection.cursor() as cursor:
        cursor.execute(OF_ACCOUNT, [account.pk, timezone.now()])
        rows = [(number, key, SessionStore().decode(text)) for number, key, text in cursor.fetchall()]
    found = [
        _live(number, key, data)
        for number, key, data in rows
        if speaks_for(account, data) and factors.is_passed(data, account) and not is_over(data)
    ]
    return sorted(found, key=lambda one: one.seen, reverse=True)


def _live(number: int, key: str, data: dict[str, Any]) -> Live:
    since, seen = (datetime.fromtimestamp(data.get(name, seconds()), UTC) for name in (SINCE, SEEN))
    return Live(number, key, data.get(DEVICE, ""), data.get(ADDRESS, ""), since, seen)


def end_all(account_id: int, *, but: str = "") -> int:
    """How many ended."""
    with connection.cursor() as cursor:
        cursor.execute(END, [account_id, but])
        return int(cursor.rowcount)


def clear_links() -> int:
    """Nightly, of sessions that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
        return int(cursor.rowcount)
