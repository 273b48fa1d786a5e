"""Who is above somebody, level by level."""

from __future__ import annotations

from django.db import connection

from guanxi.base.kernel import clock

from . import people
from .statement import Statement

# Unlike `people.CHAIN` it goes on above the first who is found: that one may be the person concerned.
WAY_UP = """
(SELECT DISTINCT ON (a.staff_id) a.staff_id, p.superior_id AS post_id, 1 AS steps
 FROM active_posts a JOIN org_post p ON p.id = a.id WHERE a.staff_id IN (SELECT staff_id FROM asked)
 ORDER BY a.staff_id, a.is_main DESC, a.id)
UNION ALL
SELECT u.staff_id, p.superior_id, u.steps + 1 FROM way_up u JOIN org_post p ON p.id = u.post_id
WHERE u.steps < 30 AND p.superior_id IS NOT NULL
"""
LEVELS = """
SELECT u.staff_id, a.staff_id AS superior_id, min(u.steps) AS steps FROM way_up u
JOIN active_posts a ON a.id = u.post_id AND a.staff_id <> u.staff_id GROUP BY u.staff_id, a.staff_id
"""
NEXT = "SELECT superior_id FROM levels WHERE superior_id <> %(but)s ORDER BY steps, superior_id LIMIT 1"


def add_levels(statement: Statement, asked: str) -> None:
    """Part `levels`: for each `staff_id` of the query `asked`, everybody above, the nearest first."""
    statement.part("active_posts", people.ACTIVE_POSTS)
    statement.part("asked", asked)
    statement.part("way_up", WAY_UP)
    statement.part("levels", LEVELS)


def next_above(staff_id: int, *, but: int) -> int | None:
    """The nearest superior who is somebody else than `but`."""
    statement = Statement({"today": clock.today(), "staff": staff_id, "but": but})
    add_levels(statement, "SELECT %(staff)s::bigint AS staff_id")
    with connection.cursor() as cursor:
        cursor.execute(statement.text(NEXT), statement.params)
        row = cursor.fetchone()
        return int(row[0]) if row else None
