"""What becomes of proposals by themselves: they fall away, are called into question, or pass to the next level."""

from __future__ import annotations

from datetime import timedelta

from guanxi.base.kernel import clock

from . import days, people
from .proposing import RungOf, deadline, until
from .scope import Scope
from .statement import Statement

# Confirmed ones older than this are looked at again only when their own duty changes.
FOLLOWED = timedelta(days=100)
KNOWN = """
SELECT p.id, p.state, p.rung, p.staff_id, p.confirmer_id, p.due_at <= %(now)s AS is_over, {gone} AS is_gone
FROM rulebooks_proposal p JOIN rulebooks_duty d ON d.id = p.duty_id
JOIN (VALUES {rungs}) r(number, until, days) ON r.number = p.rung
WHERE p.rule_id = %(rule)s AND {which} AND {scope}
"""
UNDECIDED = "p.state = 'proposed'"
CONFIRMED = """p.state = 'confirmed' AND p.clause_id = %(clause)s AND p.review = '' AND p.reversed_month IS NULL
  AND ({everywhere} OR p.proposed_at > %(followed)s)"""
# The truth about the duty counts, not what was put off after the proposal: nobody postpones himself out of it.
GONE = """(d.state = 'withdrawn' OR (p.late_since IS NOT NULL AND (d.is_caught_up
  OR (d.state = 'open' AND d.base_due_at > LEAST(r.until, %(now)s))
  OR (d.state = 'done' AND (d.settled_at < GREATEST(p.late_since, d.base_due_at)
    OR {settled_on} < {due_on} + r.days)))))"""
# Confirmed, so it stays confirmed: a person looks at it again. Nothing is undone silently either.
QUESTIONED = """
UPDATE rulebooks_proposal p SET review = 'open', review_at = %(now)s, version = p.version + 1
FROM known k WHERE p.id = k.id AND k.is_gone AND k.state = 'confirmed' AND p.state = 'confirmed' AND p.review = ''
RETURNING p.id, p.staff_id, p.confirmer_id, p.decided_by_id, p.kind, p.amount, p.due_at, p.version
"""
FALLEN = """
UPDATE rulebooks_proposal p SET state = 'withdrawn', version = p.version + 1
FROM known k WHERE p.id = k.id AND k.is_gone AND p.state = 'proposed'
RETURNING p.id, p.staff_id, p.confirmer_id, p.kind, p.amount, p.due_at, p.version
"""
NEXT = """
SELECT k.id, k.confirmer_id, COALESCE(
  (SELECT l.superior_id FROM levels l WHERE l.staff_id = k.confirmer_id AND l.superior_id <> k.staff_id
   ORDER BY l.steps, l.superior_id LIMIT 1),
  (SELECT l.superior_id FROM levels l WHERE NOT {here} AND l.staff_id = k.staff_id
   ORDER BY l.steps, l.superior_id LIMIT 1)) AS next_id, CASE k.rung {deadlines} END AS due_at
FROM known k JOIN org_staff m ON m.id = k.confirmer_id
WHERE k.state = 'proposed' AND NOT k.is_gone AND (k.is_over OR NOT {here})
"""
PASSED_UP = """
UPDATE rulebooks_proposal p SET confirmer_id = n.next_id, level = p.level + 1, due_at = n.due_at,
  version = p.version + 1
FROM next_level n WHERE p.id = n.id AND p.state = 'proposed' AND n.next_id IS NOT NULL
  AND p.confirmer_id = n.confirmer_id
RETURNING p.id, p.staff_id, p.confirmer_id, n.confirmer_id AS before_id, p.kind, p.amount, p.due_at, p.version
"""


def add_known(statement: Statement, rungs: list[RungOf], scope: Scope) -> None:
    """Part `known`: what the rule proposed before and whether its duty still bears it."""
    rows = []
    for one in rungs:
        statement.params |= {f"until{one.number}": until(one), f"days{one.number}": one.days}
        rows.append(f"({one.number}, %(until{one.number})s::timestamptz, %(days{one.number})s::int)")
    statement.params["followed"] = clock.now() - FOLLOWED
    due_on = days.day_of("GREATEST(p.late_since, d.base_due_at) - interval '1 second'")
    gone = GONE.format(settled_on=days.day_of("d.settled_at"), due_on=due_on)
    confirmed = CONFIRMED.format(everywhere=str(not scope.is_everything).upper())
    shared = {"gone": gone, "rungs": ", ".join(rows), "scope": scope.on_duty()}
    parts = [KNOWN.format(which=which, **shared) for which in (UNDECIDED, confirmed)]
    statement.part("known", " UNION ALL ".join(parts))


def add_changed(statement: Statement, rungs: list[RungOf]) -> None:
    here = people.STILL_HERE.format("m")
    deadlines = " ".join(f"WHEN {one.number} THEN {deadline(one)}" for one in rungs)
    statement.part("questioned", QUESTIONED)
    statement.part("fallen", FALLEN)
    statement.part("next_level", NEXT.format(here=here, deadlines=deadlines))
    statement.part("passed_up", PASSED_UP)
