"""Rows that allow one thing which wants consent: given by whoever decides, used up by the action they allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.kernel.registry import Registry

from .models import Permit, PermitRequest, Staff

DEFAULT_ROLE = "general-manager"
# A clause of a rulebook for some units binds the people who have a post there or below.
WITHIN = """(r.unit_ids = '{}' OR EXISTS (
  WITH RECURSIVE above(id) AS (
    SELECT p.unit_id FROM org_post p WHERE p.staff_id = %(staff)s::bigint AND p.starts_on <= %(today)s
      AND (p.ends_on IS NULL OR p.ends_on >= %(today)s)
    UNION SELECT u.parent_id FROM above a JOIN org_unit u ON u.id = a.id WHERE u.parent_id IS NOT NULL)
  SELECT 1 FROM above WHERE id = ANY(r.unit_ids)))"""
# As the gate asks: the clause that stands before this person.
STANDING = f"""
SELECT r.clause, r.clause_en, r.permit_role FROM org_restriction r
WHERE r.kind = %(kind)s AND r.verb = %(verb)s AND r.subject_id IS NULL AND r.staff_id IS NULL AND r.needs_permit
  AND (r.until IS NULL OR r.until > %(now)s) AND {WITHIN} ORDER BY r.id LIMIT 1
"""  # noqa: S608 (constants only)


@dataclass(frozen=True)
class Permittable:
    """A step that somebody may be allowed. Rooms register theirs:

    PERMITTABLE.add(Permittable("contactform", "open-sealed", _("Open a sealed form"), label=..., access=..., page=...))

    `access(actor, id)` raises Missing for who may not even know of the record; `label(id)` is a number the approver
    reads, never a customer's name; `page(id)` is where the asker goes on. A clause may name another role.
    """

    kind: str
    verb: str
    name: Any
    label: Callable[[int], str]
    access: Callable[[Actor, int], object]
    page: Callable[[int], str] = lambda subject_id: ""
    role: str = DEFAULT_ROLE

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.verb}"


PERMITTABLE: Registry[Permittable] = Registry("permittable steps")


def give(staff_id: int, verb: str, kind: str, subject_id: int, *, given_by: int, until: datetime | None = None) -> None:
    """For one use. Part of the action that decides, which also writes the trail."""
    Permit.objects.create(
        staff_id=staff_id, verb=verb, kind=kind, subject_id=subject_id, given_by_id=given_by, until=until
    )


def use(staff_id: int | None, verb: str, kind: str, subject_id: int) -> bool:
    """Takes one use away, in the transaction of what it allows: undone with it."""
    valid = waiting(staff_id, verb, kind, subject_id)
    if valid is None:
        return False
    return Permit.objects.filter(id=valid.pk, uses_left__gt=0).update(uses_left=F("uses_left") - 1) == 1


def waiting(staff_id: int | None, verb: str, kind: str, subject_id: int) -> Permit | None:
    """The permit that would be used next."""
    return _valid(staff_id, verb, kind, subject_id).order_by("id").first()


def holds(staff_id: int | None, verb: str, kind: str, subject_id: int) -> bool:
    """Whether a permit waits to be used; for screens that say what is possible."""
    return _valid(staff_id, verb, kind, subject_id).exists()


def _valid(staff_id: int | None, verb: str, kind: str, subject_id: int) -> QuerySet[Permit]:
    about = Permit.objects.filter(staff_id=staff_id or -1, verb=verb, kind=kind, subject_id=subject_id)
    return about.filter(Q(until=None) | Q(until__gt=clock.now()), uses_left__gt=0)


@dataclass(frozen=True)
class Terms:
    """What a permit for a step would rest on: the clause that wants it, and the role that may give it."""

    step: Permittable
    clause: str
    clause_en: str
    role: str


def terms_of(verb: str, kind: str, staff_id: int | None) -> Terms:
    """For this person: a clause may be for some units alone. Raises Missing for a step that nobody can be allowed."""
    step = PERMITTABLE.find(f"{kind}:{verb}")
    if step is None:
        raise Missing()
    given = {"kind": kind, "verb": verb, "staff": staff_id, "now": clock.now(), "today": clock.today()}
    rows = statements.rows(STANDING, given)
    if not rows:
        return Terms(step, "", "", step.role)
    clause, clause_en, role = rows[0]
    return Terms(step, clause, clause_en, role or step.role)


def deciders(role: str) -> QuerySet[Staff]:
    """Who may give permits of this role today."""
    today = clock.today()
    held = Q(posts__starts_on__lte=today) & (Q(posts__ends_on=None) | Q(posts__ends_on__gte=today))
    people = Staff.objects.filter(held, posts__role__key=role, left_on=None, account__is_active=True)
    return people.distinct().order_by("pinyin", "id")


def requests_to(actor: Actor) -> QuerySet[PermitRequest]:
    """What the actor may decide: requests of others to a role the actor holds today. Nobody permits themselves."""
    today = clock.today()
    roles = Staff.objects.filter(
        Q(posts__ends_on=None) | Q(posts__ends_on__gte=today), id=actor.staff_id or -1, posts__starts_on__lte=today
    ).values("posts__role__key")
    rows = PermitRequest.objects.filter(approver_role__in=roles).exclude(staff_id=actor.staff_id)
    return rows.select_related("staff", "decided_by").order_by("-id")


def requests_of(actor: Actor) -> QuerySet[PermitRequest]:
    rows = PermitRequest.objects.filter(staff_id=actor.staff_id or -1)
    return rows.select_related("staff", "decided_by").order_by("-id")


def step_name(request: PermitRequest) -> str:
    step = PERMITTABLE.find(f"{request.kind}:{request.verb}")
    return str(step.name) if step else str(_("A step that no longer exists"))
