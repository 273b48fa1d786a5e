"""The doctor who serves a unit: the nearest at or above it, up to the branch."""

from __future__ import annotations

from guanxi.base.kernel import clock, statements
from guanxi.base.org.models import Staff

from .custody import DOCTOR

# As rules find the nearest holder of a role: in the branch of the unit, at any depth, the nearest common unit first.
NEAREST = """
WITH RECURSIVE up(id, parent_id, kind, steps) AS (
  SELECT id, parent_id, kind, 0 FROM org_unit WHERE id = %(unit)s
  UNION ALL SELECT u.id, u.parent_id, u.kind, up.steps + 1 FROM org_unit u JOIN up ON u.id = up.parent_id
  WHERE up.kind NOT IN ('branch', 'company', 'group') AND up.steps < 30
), around(id, steps, down) AS (
  SELECT id, steps, 0 FROM up
  UNION ALL SELECT u.id, a.steps, a.down + 1 FROM org_unit u JOIN around a ON u.parent_id = a.id
  WHERE u.kind NOT IN ('branch', 'company', 'group') AND a.down < 30
)
SELECT p.staff_id FROM around a JOIN org_post p ON p.unit_id = a.id JOIN org_role r ON r.id = p.role_id
JOIN org_staff s ON s.id = p.staff_id AND s.left_on IS NULL
WHERE r.key = %(role)s AND p.starts_on <= %(today)s AND (p.ends_on IS NULL OR p.ends_on >= %(today)s)
ORDER BY a.steps, a.down, p.staff_id LIMIT 1
"""


def doctor_of(unit_id: int | None) -> Staff | None:
    given = {"unit": unit_id, "role": DOCTOR, "today": clock.today()}
    found = statements.rows(NEAREST, given)
    return Staff.objects.get(id=found[0][0]) if found else None
