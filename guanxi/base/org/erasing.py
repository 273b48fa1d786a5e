"""Words that wait in a session to be shown once may name somebody who is erased now."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.sessions.models import Session

from guanxi.base.kernel.personal import Persons
from guanxi.base.ui.toasts import KEY

from .sessions import SessionStore


def erase_from_sessions(persons: Persons) -> Mapping[str, int]:
    """Those that ran out are looked at as well: they lie there until the night."""
    speaking = [session.pk for session in Session.objects.iterator() if _speaks_of(session, persons)]
    return {Session._meta.db_table: sum(_silence(key, persons) for key in speaking)}


def _speaks_of(session: Session, persons: Persons) -> bool:
    told = str(session.get_decoded().get(KEY, ""))
    return any(word in told for word in persons.words)


def _silence(key: str, persons: Persons) -> bool:
    """Read once more, and held: its owner may go on writing it, or sign out, at this very moment."""
    session = Session.objects.select_for_update().filter(pk=key).first()
    if session is None or not _speaks_of(session, persons):
        return False
    told = session.get_decoded()
    del told[KEY]
    session.session_data = SessionStore().encode(told)
    session.save(update_fields=["session_data"])
    return True
