"""Who: owner, superior, a person the subject knows, one named by number, the nearest holder of a role, a role in the
customer's team. All as joins."""

from __future__ import annotations

from ..engine.rules import Who
from .statement import Statement

STILL_HERE = "({0}.left_on IS NULL OR {0}.left_on >= %(today)s)"
ACTIVE_POSTS = f"""
SELECT p.id, p.staff_id, p.unit_id, p.role_id, p.is_main FROM org_post p JOIN org_staff m ON m.id = p.staff_id
WHERE p.starts_on <= %(today)s AND (p.ends_on IS NULL OR p.ends_on >= %(today)s) AND {STILL_HERE.format("m")}
"""
# Up the chain of posts from the main post; one that is vacant, or held by the person himself, is passed over.
CHAIN = """
(SELECT DISTINCT ON (a.staff_id) a.staff_id, p.superior_id AS post_id, 1 AS steps
 FROM active_posts a JOIN org_post p ON p.id = a.id ORDER BY a.staff_id, a.is_main DESC, a.id)
UNION ALL
SELECT u.staff_id, p.superior_id, u.steps + 1 FROM chain u JOIN org_post p ON p.id = u.post_id
WHERE u.steps < 30 AND NOT EXISTS (SELECT 1 FROM active_posts a WHERE a.id = p.id AND a.staff_id <> u.staff_id)
"""
SUPERIORS = """
SELECT u.staff_id, a.staff_id AS superior_id FROM chain u
JOIN active_posts a ON a.id = u.post_id AND a.staff_id <> u.staff_id
"""
# Holders serve their own unit and the units above up to the next branch; a unit asks upward from itself. So a doctor
# in the service department of a branch serves its sales departments, and never another branch.
HOLDERS = """
SELECT DISTINCT a.unit_id, a.staff_id FROM active_posts a JOIN org_role r ON r.id = a.role_id WHERE r.key = %(role_{0})s
"""
SERVED = """
SELECT DISTINCT h.unit_id AS holder_unit, h.unit_id AS at, 0 AS down FROM holders_{0} h
UNION ALL
SELECT s.holder_unit, u.parent_id, s.down + 1 FROM served_{0} s JOIN org_unit u ON u.id = s.at
WHERE u.parent_id IS NOT NULL AND u.kind NOT IN ('branch', 'company') AND s.down < 30
"""
ABOVE = """
SELECT DISTINCT q.unit_id AS unit_id, q.unit_id AS at, 0 AS up FROM {1} q WHERE q.unit_id IS NOT NULL
UNION ALL
SELECT v.unit_id, u.parent_id, v.up + 1 FROM above_{0} v JOIN org_unit u ON u.id = v.at
WHERE u.parent_id IS NOT NULL AND v.up < 30
"""
NEAREST = """
SELECT n.unit_id, array_agg(DISTINCT h.staff_id ORDER BY h.staff_id) AS staff_ids
FROM (SELECT v.unit_id, s.holder_unit, rank() OVER (PARTITION BY v.unit_id ORDER BY v.up, s.down) AS place
      FROM above_{0} v JOIN served_{0} s ON s.at = v.at) n
JOIN holders_{0} h ON h.unit_id = n.holder_unit WHERE n.place = 1 GROUP BY n.unit_id
"""
TEAM = f"""
SELECT q.customer_id, array_agg(DISTINCT m.id ORDER BY m.id) AS staff_ids
FROM (SELECT DISTINCT customer_id FROM {{0}}) q JOIN customers_teammember t ON t.customer_id = q.customer_id
JOIN org_staff m ON m.id = t.staff_id AND {STILL_HERE.format("m")}
WHERE t.role = %(team_role_{{1}})s AND t.from_on <= %(today)s AND (t.to_on IS NULL OR t.to_on > %(today)s)
GROUP BY q.customer_id
"""


def assignee(statement: Statement, who: Who, relation: str, alias: str) -> tuple[str, str]:
    """(join, expression) giving one person for each row of `relation`, or NULL when nobody is found."""
    match who.kind:
        case "owner":
            return f"LEFT JOIN org_staff own ON own.id = {alias}.owner_id AND {STILL_HERE.format('own')}", "own.id"
        case "superior":
            add_superiors(statement)
            return f"LEFT JOIN superiors sup ON sup.staff_id = {alias}.owner_id", "sup.superior_id"
        case "person":
            return f"LEFT JOIN org_staff own ON own.id = {alias}.person_id AND {STILL_HERE.format('own')}", "own.id"
        case "named":
            statement.params["by_number"] = who.name
            return f"LEFT JOIN org_staff own ON own.number = %(by_number)s AND {STILL_HERE.format('own')}", "own.id"
        case "role":
            nearest = add_nearest(statement, who.name, relation, "by")
            return f"LEFT JOIN {nearest} near ON near.unit_id = {alias}.unit_id", _one_of("near", alias)
        case _:
            team = add_team(statement, who.name, relation, "by")
            return f"LEFT JOIN {team} near ON near.customer_id = {alias}.customer_id", _one_of("near", alias)


def _one_of(people: str, alias: str) -> str:
    """Of several, always the same one for the same subject, evenly spread."""
    return f"{people}.staff_ids[1 + ({alias}.subject_id %% cardinality({people}.staff_ids))::int]"


def add_team(statement: Statement, role: str, relation: str, slug: str) -> str:
    """The part that gives `staff_ids` with this role in the team, for every `customer_id` of `relation`."""
    return statement.part(f"team_{slug}", TEAM.format(relation, slug), **{f"team_role_{slug}": role})


def add_superiors(statement: Statement) -> None:
    statement.part("active_posts", ACTIVE_POSTS)
    statement.part("chain", CHAIN)
    statement.part("superiors", SUPERIORS)


def add_nearest(statement: Statement, role: str, relation: str, slug: str) -> str:
    """The part that gives `staff_ids` of the nearest holders for every `unit_id` of `relation`."""
    statement.part("active_posts", ACTIVE_POSTS)
    statement.part(f"holders_{slug}", HOLDERS.format(slug), **{f"role_{slug}": role})
    statement.part(f"served_{slug}", SERVED.format(slug))
    statement.part(f"above_{slug}", ABOVE.format(slug, relation))
    return statement.part(f"nearest_{slug}", NEAREST.format(slug))
