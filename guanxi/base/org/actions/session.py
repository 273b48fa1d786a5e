"""Ending sessions: one's own, and somebody's."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing

from .. import gate, sessions
from ..models import SessionOf
from ..powers import within_power
from .own import own_account


@action("org:session:ended", _("%(who)s ended a session."))
def end_session(session_id: int, *, actor: Actor) -> str:
    """One's own; those of others are not there. Returns its key."""
    found = SessionOf.objects.filter(pk=session_id, account=own_account(actor)).first()
    if found is None:
        raise Missing()
    Session.objects.filter(session_key=found.session_key).delete()
    found.delete()
    trail.record("account", actor.account_id, actor=actor)
    return found.session_key


@action("org:session:others_ended", _("%(who)s ended all other sessions."))
def end_other_sessions(key: str, *, actor: Actor) -> int:
    """All but the one with this key."""
    count = sessions.end_all(own_account(actor).pk, but=key)
    trail.record("account", actor.account_id, actor=actor, changes={"count": count})
    return count


@action("org:session:all_ended", _("%(who)s ended all sessions of somebody."))
def end_sessions_of(account_id: int, *, actor: Actor) -> int:
    gate.ask(actor, "update", "account")
    account = within_power(account_id, actor, to="update")
    count = sessions.end_all(account.pk)
    trail.record("account", account.pk, actor=actor, changes={"count": count})
    return count
