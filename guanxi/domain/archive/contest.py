"""The file-quality contest of a quarter, by unit (FIL-14): measured anew each time, so nothing is entered by hand but
what a spot check found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guanxi.base.kernel import statements

from .models import FileContest, Measure

# What a form should hold: event and day always do; a buyer's product, the health, the remarks, a customer's phone.
FILLED = """((f.health <> '')::int + (f.remark <> '')::int + (c.phone <> '')::int
  + (NOT f.purchased OR f.product <> '')::int + (NOT f.purchased OR f.amount IS NOT NULL)::int) / 5.0"""
OF_QUARTER = """
FROM archive_fileform f JOIN customers_customer c ON c.id = f.customer_id JOIN org_unit u ON u.id = f.unit_id
WHERE f.removed_at IS NULL AND f.completed_on >= %(from)s AND f.completed_on < %(to)s
"""
FORMS = f"SELECT u.id, u.name, count(*), avg({FILLED}) {OF_QUARTER} GROUP BY u.id, u.name"
CHECKS = """
SELECT u.id, u.name, count(k.is_true), avg(k.is_true::int) FROM archive_contestcheck k
JOIN org_unit u ON u.id = k.unit_id WHERE k.contest_id = %(contest)s GROUP BY u.id, u.name
"""
# The same number of forms of each unit, by chance.
DRAW = """
INSERT INTO archive_contestcheck (contest_id, form_id, unit_id, note)
SELECT %(contest)s, d.id, d.unit_id, '' FROM (
  SELECT f.id, f.unit_id, row_number() OVER (PARTITION BY f.unit_id ORDER BY random()) AS place
  FROM archive_fileform f WHERE f.removed_at IS NULL AND f.unit_id IS NOT NULL
    AND f.completed_on >= %(from)s AND f.completed_on < %(to)s
) d WHERE d.place <= %(sample)s ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True)
class Standing:
    """`count` of forms or of checks done; `share` of what is complete or true."""

    unit_id: int
    unit: str
    count: int
    share: float | None


def quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def next_quarter(quarter: date) -> date:
    return date(quarter.year + 1, 1, 1) if quarter.month > 9 else date(quarter.year, quarter.month + 3, 1)


def quarter_before(quarter: date) -> date:
    return date(quarter.year - 1, 10, 1) if quarter.month == 1 else date(quarter.year, quarter.month - 3, 1)


def number_of(quarter: date) -> int:
    return quarter.month // 3 + 1


def standings(contest: FileContest) -> list[Standing]:
    """The best first."""
    given = {"from": contest.quarter, "to": next_quarter(contest.quarter), "contest": contest.pk}
    rows = statements.rows(CHECKS if contest.measure == Measure.TRUTHFULNESS else FORMS, given)
    found = [Standing(unit_id, name, count, None if s is None else float(s)) for unit_id, name, count, s in rows]
    if contest.measure == Measure.REGISTERED:
        return sorted(found, key=lambda one: (-one.count, one.unit_id))
    return sorted(found, key=lambda one: (-(one.share or 0), -one.count, one.unit_id))


def draw(contest: FileContest) -> int:
    given = {"from": contest.quarter, "to": next_quarter(contest.quarter)}
    return len(statements.rows(DRAW, given | {"contest": contest.pk, "sample": contest.sample}))
