"""Administrators hear of guessing at passwords while it happens; accounts nobody uses are closed at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.events import Event, subscribe
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org import events
from guanxi.base.org.actions.account import shut
from guanxi.base.org.models import Account
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind

from .alarms import holders

SPRAYED, DORMANT = "ops:account:sprayed", "ops:account:dormant"
KEEPS = ("account", "update")
MOST_NAMES = 20
# Whatever shows that the account is somebody's: a sign-in, a new password, a program that calls with its token.
UNUSED = """
SELECT a.id, a.login FROM org_account a
WHERE a.is_active AND greatest(
  a.created_at, a.last_login, a.password_changed_at,
  (SELECT max(last_used_at) FROM org_apitoken WHERE account_id = a.id)
) < %s ORDER BY a.id
"""


def register() -> None:
    sprayed = _(
        "Many sign-ins failed: %(count)s within ten minutes. Somebody may be trying out passwords. See the trail."
    )
    dormant = _("%(count)s accounts nobody had signed in with for %(days)s days were closed: %(names)s")
    KINDS.add(MessageKind(SPRAYED, sprayed, is_late=True))
    KINDS.add(MessageKind(DORMANT, dormant))
    subscribe(events.SPRAYED, tell_of_guessing)


def tell_of_guessing(_event: Event, _actor: Actor) -> None:
    """At once, and once an hour however long it lasts."""
    hour = clock.now().strftime("%Y-%m-%dT%H")
    params = {"count": settings.SIGN_IN_ALERT, "link": "/settings/trail"}
    for staff_id in holders(*KEEPS):
        tell(staff_id, SPRAYED, params=params, dedupe_key=f"{SPRAYED}:{hour}:{staff_id}")


@action("ops:account:dormant_closed", _("%(who)s closed %(count)s accounts nobody had signed in with for long."))
def close_dormant(*, actor: Actor) -> list[str]:
    """Never the last that can administer. Returns the login names."""
    closed = [login for account_id, login in _unused(settings.DORMANT_DAYS) if _shut(account_id)]
    if not closed:
        trail.unchanged()
        return []
    ids = [("account", pk) for pk in Account.objects.filter(login__in=closed).values_list("pk", flat=True)]
    trail.record("account", None, actor=actor, changes={"count": len(closed)}, items=ids)
    params = {"count": len(closed), "days": settings.DORMANT_DAYS, "names": "、".join(closed[:MOST_NAMES])}
    for staff_id in holders(*KEEPS):
        tell(staff_id, DORMANT, params=params, dedupe_key=f"{DORMANT}:{clock.today()}:{staff_id}")
    return closed


def _unused(days: int) -> list[tuple[int, str]]:
    before: datetime = clock.now() - timedelta(days=days)
    return [(pk, login) for pk, login in statements.rows(UNUSED, [before])] if days else []


def _shut(account_id: int) -> bool:
    try:
        with transaction.atomic():
            shut(Account.objects.select_for_update().get(pk=account_id))
    except Refused:
        return False
    return True
