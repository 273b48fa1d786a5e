"""What is old enough goes: whole links from the beginning of the chain, with their entries. A last link says so.

The database's own guard lets nothing younger than 180 days go, whatever is set.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor

from . import trail
from .heads import Heads
from .sealing import LOCK, add_link, write_down
from .trail import action

LEAST_DAYS = 180
# The database judges by its own clock.
CLOCKS_APART = timedelta(hours=1)
# The links before the first one that holds, or was made at, anything too young to go.
OLD = """
SELECT s.number, s.digest FROM audit_seal s
WHERE s.number < COALESCE((SELECT min(y.number) FROM audit_seal y WHERE y.at >= %(cutoff)s
    OR EXISTS (SELECT 1 FROM audit_entry e WHERE e.id = ANY(y.ids) AND e.at >= %(cutoff)s)), 0)
ORDER BY s.number DESC LIMIT 1
"""
ALLOW = "SELECT set_config('guanxi.audit_retention', %s, true)"
ITEMS = """DELETE FROM audit_item i USING audit_seal s, unnest(s.ids) u(id)
WHERE s.number <= %(to)s AND i.entry_id = u.id"""
ENTRIES = """WITH gone AS (DELETE FROM audit_entry e USING audit_seal s, unnest(s.ids) u(id)
WHERE s.number <= %(to)s AND e.id = u.id RETURNING e.id) SELECT count(*) FROM gone"""
SEALS = "DELETE FROM audit_seal WHERE number <= %(to)s"


def kept_days() -> int:
    return max(LEAST_DAYS, int(settings.AUDIT_KEPT_DAYS))


@action("audit:trail:let_go", _("%(who)s let go of %(count)s entries of the trail that had served their time."))
def let_go(*, actor: Actor) -> int:
    count = _let_go(clock.now() - timedelta(days=kept_days()) - CLOCKS_APART)
    if count:
        trail.record("audit", None, actor=actor, changes={"count": count, "days": kept_days()})
    else:
        trail.unchanged()
    return count


def _let_go(cutoff: datetime) -> int:
    heads = Heads()
    with transaction.atomic():
        if not statements.value(LOCK):
            return 0
        old = statements.rows(OLD, {"cutoff": cutoff})
        if not old:
            return 0
        to, digest = old[0]
        statements.rows(ALLOW, ["on"])
        statements.rows(ITEMS, {"to": to})
        count = int(statements.value(ENTRIES, {"to": to}))
        statements.rows(SEALS, {"to": to})
        statements.rows(ALLOW, ["off"])
        add_link(heads, let_go_to=to, let_go_digest=digest, let_go_count=count)
    transaction.on_commit(lambda: write_down(heads))
    return count
