"""Django's sessions in the database, read with one plain statement: every request begins here."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

LIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
MOST_KNOWN = 10_000
# Whom a session speaks for never changes, so this process asks for both at once from the second request on. Only a
# guess all the same: what the session itself says is read each time.
_accounts: dict[str, int] = {}


class SessionStore(DatabaseStore):
    """`who`: the person, when read along."""

    who: Any = None

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
