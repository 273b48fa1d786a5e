"""Words that wait in a session to be shown once may name somebody who is erased now."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.sessions.models import Session

from guanxi.base.kernel import clock
from guanxi.base.kernel.personal import Persons
from guanxi.base.ui.toasts import KEY

from .sessions import SessionStore


def erase_from_sessions(persons: Persons) -> Mapping[str, int]:
    count = 0
    for session in Session.objects.filter(expire_date__gt=clock.now()).iterator():
        told = session.get_decoded()
        if any(word in str(told.get(KEY, "")) for word in persons.words):
            told.pop(KEY)
            session.session_data = SessionStore().encode(told)
            session.save(update_fields=["session_data"])
            count += 1
    return {Session._meta.db_table: count}
