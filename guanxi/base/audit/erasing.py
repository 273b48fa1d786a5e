"""Taking personal values out of the trail: what happened stays told and sealed, about whom it was told is gone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import statements
from guanxi.base.kernel.actor import Actor

from . import trail
from .trail import action

# The seal covers this digest; without the salt nobody can try names until one fits.
ERASE = """
WITH erased AS (
  UPDATE audit_entry SET personal = '{}', personal_salt = NULL,
    personal_digest = sha256(uuid_send(personal_salt) || convert_to(personal::text, 'UTF8'))
  WHERE kind = %(kind)s AND subject_id = %(subject)s AND personal <> '{}' AND personal_salt IS NOT NULL RETURNING id)
SELECT count(*) FROM erased
"""


@action("audit:personal:erased", _("%(who)s erased the personal values of this record from the trail."))
def erase_personal(kind: str, subject_id: int, *, why: str, actor: Actor) -> int:
    """Called by the action that has asked the gate and erases the record itself."""
    count = int(statements.value(ERASE, {"kind": kind, "subject": subject_id}))
    if count:
        trail.record(kind, subject_id, actor=actor, changes={"count": count, "why": [None, why[:200]]})
    else:
        trail.unchanged()
    return count
