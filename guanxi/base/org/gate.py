"""The one question every action asks first: may this actor do this to that subject?"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NeedsPermit, NotAllowed

from . import permits
from .models import Restriction
from .scopes import may

FORBIDDING = """
SELECT r.reason, r.clause, r.clause_en, r.needs_permit, r.permit_role FROM org_restriction r
WHERE (r.staff_id = %(staff)s::bigint OR (r.kind = %(kind)s AND r.subject_id = %(subject)s::bigint)
    OR (r.kind = %(kind)s AND r.subject_id IS NULL AND r.staff_id IS NULL AND {within}))
  AND r.verb IN (%(verb)s, '*') AND (r.until IS NULL OR r.until > %(now)s)
ORDER BY r.needs_permit, r.id LIMIT 1
"""
ASKED = FORBIDDING.replace("{within}", permits.WITHIN)

MOST_ID = 2**63 - 1


def ask(actor: Actor, verb: str, kind: str, subject_id: int | None = None) -> None:
    """Raises NotAllowed, or NeedsPermit where a clause wants consent; a permit is used up by being asked for here, in
    the transaction of the action. Whether the subject lies within the actor's scope is asked by `access_<noun>`."""
    if not may(actor, kind, verb):
        raise NotAllowed(_("Your role does not include this step."))
    ask_rules(actor, verb, kind, subject_id)


def ask_rules(actor: Actor, verb: str, kind: str, subject_id: int | None = None) -> None:
    """The restrictions alone, for steps that are no right of a role (copying, borrowing for another purpose)."""
    if actor.is_system:
        return
    if subject_id is not None and subject_id > MOST_ID:
        raise Missing()
    given = {"staff": actor.staff_id, "kind": kind, "subject": subject_id, "verb": verb}
    found = statements.rows(ASKED, given | {"now": clock.now(), "today": clock.today()})
    if not found:
        return
    reason, clause, clause_en, needs_permit, role = found[0]
    words = clause if actor.language.startswith("zh") else clause_en or clause
    if not needs_permit:
        raise NotAllowed(_("This is restricted: %(reason)s") % {"reason": words or reason}, code="restricted")
    if subject_id is None or not permits.use(actor.staff_id, verb, kind, subject_id):
        raise NeedsPermit(kind, str(subject_id or ""), verb=verb, clause=words, role=role)


def restricted(actor: Actor, verb: str, kind: str, ids: Sequence[int]) -> dict[int, str]:
    """For many records at once: those a restriction stands before, each with its reason."""
    if actor.is_system or not ids:
        return {}
    rows = Restriction.objects.filter(kind=kind, subject_id__in=ids, verb__in=[verb, "*"])
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
    return {one: reason for one, reason in rows.values_list("subject_id", "reason") if one is not None}
