"""The one question every action asks first: may this actor do this to that subject?"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed

from .models import Restriction
from .scopes import may

FORBIDDING = """
SELECT reason FROM org_restriction
WHERE (staff_id = %(staff)s::bigint OR (kind = %(kind)s AND subject_id = %(subject)s::bigint))
  AND verb IN (%(verb)s, '*') AND (until IS NULL OR until > %(now)s) ORDER BY id LIMIT 1
"""


def ask(actor: Actor, verb: str, kind: str, subject_id: int | None = None) -> None:
    """Raises NotAllowed. Whether the subject lies within the actor's scope is asked by `access_<noun>`."""
    if not may(actor, kind, verb):
        raise NotAllowed(_("Your role does not include this step."))
    if not actor.is_system:
        _ask_restrictions(actor, verb, kind, subject_id)


def _ask_restrictions(actor: Actor, verb: str, kind: str, subject_id: int | None) -> None:
    given = {"staff": actor.staff_id, "kind": kind, "subject": subject_id, "verb": verb, "now": clock.now()}
    reason = statements.value(FORBIDDING, given)
    if reason is not None:
        raise NotAllowed(_("This is restricted: %(reason)s") % {"reason": reason}, code="restricted")


def restricted(actor: Actor, verb: str, kind: str, ids: Sequence[int]) -> dict[int, str]:
    """For many records at once: those a restriction stands before, each with its reason."""
    if actor.is_system or not ids:
        return {}
    rows = Restriction.objects.filter(kind=kind, subject_id__in=ids, verb__in=[verb, "*"])
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
    return {one: reason for one, reason in rows.values_list("subject_id", "reason") if one is not None}
