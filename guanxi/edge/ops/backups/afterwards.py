"""After a restore and before anybody comes in: run by the preparation of every start while the note lies there."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.heads import Heads, Returned
from guanxi.base.audit.restores import AFTER_RESTORE, Restored, Step
from guanxi.base.audit.sealing import LAST, write_down
from guanxi.base.audit.trail import action
from guanxi.base.kernel import statements
from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.installation import Installation

from . import restoring
from .models import RESTORED

# One that waits is enough for each queueing lock: two of them may well have been running at once.
REQUEUE = """
UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing'
  AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs other WHERE other.queueing_lock = procrastinate_jobs.queueing_lock
                  AND (other.status = 'todo' OR other.status = 'doing' AND other.id < procrastinate_jobs.id))
RETURNING id
"""
STALE = "UPDATE procrastinate_jobs SET status = 'aborted', worker_id = NULL WHERE status = 'doing' RETURNING id"
KNOWN = "SELECT 1 FROM audit_entry WHERE name = %s AND changes -> 'set' ->> 1 = %s AND changes -> 'at' ->> 1 = %s"


def register() -> None:
    """In the order they run."""
    AFTER_RESTORE.add(Step("heads of the trail", return_heads))
    AFTER_RESTORE.add(Step("sessions", end_sessions))
    AFTER_RESTORE.add(Step("jobs", requeue_jobs))
    AFTER_RESTORE.add(Step("trail", lambda restored: note_in_trail(restored, actor=Actor.system("guanxi restore"))))


def carry_out(here: Installation) -> list[str]:
    """Every step registered; the site opens only when all of them are through."""
    restored = restoring.pending(here)
    if restored is None:
        return []
    told = [line for step in AFTER_RESTORE if (line := step.run(restored))]
    restoring.settled(here)
    return told


def return_heads(restored: Restored) -> str:
    """The trail is shorter than its heads say, and rightly so. It is said in their own file, so that the check of the
    trail goes on finding a cut."""
    with transaction.atomic():
        number, digest, _total = (statements.rows(LAST) or [(0, "", 0)])[0]
    heads = Heads()
    if heads.known_name():
        if heads.last() > number:
            heads.note_restore(Returned(number, digest, restored.at, restored.set))
        write_down(heads)
    return f"The trail goes on after seal {number}."


def end_sessions(_restored: Restored) -> str:
    """Who was signed in then may have lost the right since: everybody signs in again."""
    count, _by_model = Session.objects.all().delete()
    return f"{count} sessions were ended."


def requeue_jobs(_restored: Restored) -> str:
    """Their workers are of another life."""
    with connection.cursor() as cursor:
        cursor.execute(REQUEUE)
        again = len(cursor.fetchall())
        cursor.execute(STALE)
        dropped = len(cursor.fetchall())
        cursor.execute("DELETE FROM procrastinate_workers")
    return f"{again} interrupted jobs run again, {dropped} were already waiting once more." if again + dropped else ""


@action(RESTORED, _("%(who)s restored the data from a backup."))
def note_in_trail(restored: Restored, *, actor: Actor) -> str:
    if statements.rows(KNOWN, [RESTORED, restored.set, restored.at]):
        trail.unchanged()
        return ""
    changes = {"set": [None, restored.set], "moment": [None, restored.moment], "at": [None, restored.at]}
    trail.record("backup", None, actor=actor, changes=changes)
    return f"Restored from {restored.set} to {restored.moment}."
