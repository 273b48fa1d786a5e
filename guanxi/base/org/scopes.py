"""How far a person sees. Resolved once per request from the grants of the posts held today."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor

from .models import Reach

SCOPES = ("own", "subordinates", "unit", "unit_below", "branch", "region", "units", "all")
VERBS = ("read", "create", "update", "delete", "transfer", "export", "import", "reveal")

# Posts held on a day with their units and roles; what these roles grant; and the people below, when some role reads
# what is theirs: each as one value. The people as SUBORDINATES finds them.
RIGHTS = """
WITH held AS MATERIALIZED (
  SELECT * FROM org_post p
  WHERE p.staff_id = %(staff)s AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)
), granted AS MATERIALIZED (SELECT * FROM org_grant WHERE role_id IN (SELECT role_id FROM held))
SELECT (
  SELECT jsonb_agg(jsonb_build_array(p.id, p.unit_id, u.region, p.role_id, r.key) ORDER BY p.is_main DESC, p.id)
  FROM held p JOIN org_unit u ON u.id = p.unit_id JOIN org_role r ON r.id = p.role_id
) AS posts, (
  SELECT jsonb_agg(jsonb_build_array(g.role_id, g.kind, g.verb, g.scope, g.unit_ids) ORDER BY g.id) FROM granted g
) AS grants, CASE WHEN EXISTS (
  SELECT 1 FROM granted g WHERE g.verb = 'read' AND g.scope = 'subordinates'
  AND NOT EXISTS (SELECT 1 FROM granted a WHERE (a.kind, a.verb, a.scope) = (g.kind, g.verb, 'all'))
) THEN (
  WITH RECURSIVE below AS (
    SELECT id FROM org_post WHERE superior_id IN (SELECT id FROM held)
    UNION SELECT p.id FROM org_post p JOIN below b ON p.superior_id = b.id
  ) SELECT coalesce(jsonb_agg(DISTINCT p.staff_id), '[]') FROM below JOIN org_post p USING (id)
  WHERE p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)
) END AS below
"""
# The superior chain of posts, not the unit tree (design: access). UNION stops a loop from running for ever. A post in
# the middle that has ended hides nobody below it; only people with a post today are counted.
SUBORDINATES = """
WITH RECURSIVE below AS (
  SELECT id FROM org_post WHERE superior_id = ANY(%(posts)s)
  UNION SELECT p.id FROM org_post p JOIN below b ON p.superior_id = b.id
) SELECT array_agg(DISTINCT p.staff_id) FROM below JOIN org_post p USING (id)
WHERE p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)
"""
UNITS_BELOW = """
WITH RECURSIVE tree AS (
  SELECT id FROM org_unit WHERE id = ANY(%s) UNION SELECT u.id FROM org_unit u JOIN tree t ON u.parent_id = t.id
) SELECT array_agg(id) FROM tree
"""
# The nearest branch or company at or above the post's unit, with all below: a service department serves its branch.
BRANCH_UNITS = """
WITH RECURSIVE up AS (
  SELECT id, parent_id, kind, id AS start FROM org_unit WHERE id = ANY(%s)
  UNION SELECT u.id, u.parent_id, u.kind, up.start FROM org_unit u JOIN up ON u.id = up.parent_id
  WHERE up.kind NOT IN ('branch', 'company', 'group')
), tree AS (
  SELECT id FROM up WHERE kind IN ('branch', 'company', 'group') OR parent_id IS NULL
  UNION SELECT u.id FROM org_unit u JOIN tree t ON u.parent_id = t.id
) SELECT array_agg(id) FROM tree
"""
REGION_UNITS = "SELECT array_agg(id) FROM org_unit WHERE region = ANY(%s) AND region <> ''"


@dataclass(frozen=True)
class Held:
    """A post held today."""

    id: int
    unit_id: int
    region: str
    role_id: int
    role: str


@dataclass(frozen=True)
class Right:
    role_id: int
    kind: str
    verb: str
    scope: str
    unit_ids: tuple[int, ...]


@dataclass(frozen=True)
class Scope:
    """Rows whose owner is in `staff_ids`, or whose unit is in `unit_ids`, or which reach `reach_staff_id`."""

    everything: bool = False
    staff_ids: tuple[int, ...] = ()
    unit_ids: tuple[int, ...] = ()
    reach_staff_id: int | None = None

    @property
    def is_nothing(self) -> bool:
        return not (self.everything or self.staff_ids or self.unit_ids)

    def condition(self, *, kind: str, owner: str = "owner_id", unit: str = "unit_id", record: str = "id") -> Q:
        """For single records and small sets; long lists go by keys (records/keys.py)."""
        if self.everything:
            return Q()
        condition = Q(**{f"{owner}__in": self.staff_ids}) | Q(**{f"{unit}__in": self.unit_ids})
        if self.reach_staff_id is not None:
            condition |= Q(**{f"{record}__in": reached(kind, self.reach_staff_id)})
        return condition


NOTHING = Scope()
EVERYTHING = Scope(everything=True)


def reached(kind: str, staff_id: int) -> QuerySet[Reach, int]:
    rows = Reach.objects.filter(Q(until__isnull=True) | Q(until__gte=clock.today()), kind=kind, staff_id=staff_id)
    return rows.values_list("record_id", flat=True)


def posts_of(actor: Actor) -> list[Held]:
    if "posts" not in actor.memo:
        _read_rights(actor)
    posts: list[Held] = actor.memo["posts"]
    return posts


def grants_of(actor: Actor) -> list[Right]:
    if "grants" not in actor.memo:
        _read_rights(actor)
    grants: list[Right] = actor.memo["grants"]
    return grants


def keep_rights(actor: Actor, posts: str | None, grants: str | None, below: str | None) -> None:
    """As RIGHTS gives them, in JSON; they hold as long as the actor lives, which is a request or a job."""
    actor.memo["posts"] = [Held(*post) for post in json.loads(posts or "[]")]
    actor.memo["grants"] = [
        Right(role, kind, verb, scope, tuple(units)) for role, kind, verb, scope, units in json.loads(grants or "[]")
    ]
    if below is not None:
        actor.memo["subordinates"] = tuple(sorted(json.loads(below)))


def _read_rights(actor: Actor) -> None:
    keep_rights(actor, *statements.rows(RIGHTS, {"staff": actor.staff_id, "day": clock.today()})[0])


def has_role(actor: Actor, *keys: str) -> bool:
    return any(post.role in keys for post in posts_of(actor))


def may(actor: Actor, kind: str, verb: str) -> bool:
    """Whether the actor may do this to anything at all; which records is the scope's question."""
    return actor.is_system or any(g.kind == kind and g.verb == verb for g in grants_of(actor))


def scope_of(actor: Actor, kind: str, verb: str = "read") -> Scope:
    if actor.is_system:
        return EVERYTHING
    key = f"scope:{kind}:{verb}"
    if key not in actor.memo:
        actor.memo[key] = _resolve(actor, kind, verb)
    return actor.memo[key]


def _resolve(actor: Actor, kind: str, verb: str) -> Scope:
    rights = [g for g in grants_of(actor) if g.kind == kind and g.verb == verb]
    if not rights or actor.staff_id is None:
        return NOTHING
    names = {right.scope for right in rights}
    if "all" in names:
        return EVERYTHING
    staff: set[int] = {actor.staff_id}
    if "subordinates" in names:
        staff |= set(subordinates_of(actor))
    return Scope(
        staff_ids=tuple(sorted(staff)),
        unit_ids=tuple(sorted(_units(actor, rights))),
        reach_staff_id=actor.staff_id if verb == "read" else None,
    )


def _units(actor: Actor, rights: list[Right]) -> set[int]:
    units: set[int] = set()
    for right in rights:
        posts = [post for post in posts_of(actor) if post.role_id == right.role_id]
        match right.scope:
            case "unit":
                units |= {post.unit_id for post in posts}
            case "unit_below":
                units |= _among_units(actor, UNITS_BELOW, [post.unit_id for post in posts])
            case "branch":
                units |= _among_units(actor, BRANCH_UNITS, [post.unit_id for post in posts])
            case "region":
                units |= _among_units(actor, REGION_UNITS, [post.region for post in posts])
            case "units":
                units |= set(right.unit_ids)
    return units


def _among_units(actor: Actor, sql: str, of: list[int] | list[str]) -> set[int]:
    """Several verbs reach as far; the units are asked for once."""
    key = f"units:{sql}:{of}"
    if key not in actor.memo:
        actor.memo[key] = set(_array(sql, [of]))
    units: set[int] = actor.memo[key]
    return units


def subordinates_of(actor: Actor) -> tuple[int, ...]:
    if "subordinates" not in actor.memo:
        posts = [post.id for post in posts_of(actor)]
        found = _array(SUBORDINATES, {"posts": posts, "day": clock.today()})
        actor.memo["subordinates"] = tuple(sorted(found))
    return actor.memo["subordinates"]


def _array(sql: str, parameters: statements.Parameters) -> list[int]:
    value = statements.value(sql, parameters)
    return list(value) if isinstance(value, list) else []
