"""The pages of backups, under /settings/backups."""

from __future__ import annotations

from typing import Any

from .matrix import ADMIN, form, gives, page, press, thing
from .world import World

KEEPERS = frozenset({"gm", "admin"})
SET, RUN, RESTORE = thing("kept set", "set_pk"), thing("backup run", "run_id"), thing("restore", "plan_id")


def a_restore(_world: World) -> dict[str, Any]:
    return {"set": "20261115T183000Z-full-a1b2c3", "reason": "误删了一批客户"}


page("ops:backups", KEEPERS)
press("ops:backup-start", ADMIN, data=gives(kind="full"))
press("ops:backup-look", ADMIN, audits=False)
form("ops:backup-plan", ADMIN, data=gives(is_on="on", daily_at="03:10", full_on="5", every_minutes="120", version="1"))
page("ops:backup-run", KEEPERS, RUN, ok=(302,))
page("ops:backup-set", KEEPERS, SET)
press("ops:backup-verify", ADMIN, SET)
form("ops:restore-new", ADMIN, data=a_restore)
page("ops:restore", KEEPERS, RESTORE)
# The administrator asked for it, so somebody else answers.
press("ops:restore-answer", frozenset({"gm"}), RESTORE, gives(act="approve"), refusals=(403, 409))
