"""Settle: match unused evidence with open steps, earliest with earliest; one piece settles one step of a series.

Steps that a person can still be in time or late with come first; caught-up ones take what is left.

For the open steps of a series in the order they open, number j, let F(j) be one more than the number of pieces that
happened before step j opened. The earliest free piece for step j is then number j + max over i <= j of (F(i) - i).
Steps and pieces stand in one list, so that windows alone do the matching: joins of the two would depend on how many
there are, which the planner cannot know.
"""

from __future__ import annotations

from . import evidence
from .occurrences import new_statement, within_units
from .running import RunningRule
from .scope import Scope
from .statement import Statement

SERIES = "subject_id, occurrence, slot, performer"
STEP, PIECE = 0, 1
STEPS = """
SELECT d.id, d.version, d.subject_id, d.occurrence, d.slot, d.customer_id, d.assignee_id, {performer} AS performer,
  d.step, d.opens_at, d.is_caught_up, FALSE AS is_recorded_later
FROM rulebooks_duty d
WHERE d.rule_id = %(rule)s AND d.state = 'open' AND d.opens_at <= %(now)s + interval '10 minutes'
  AND {scope} AND {units}
"""
PIECES = f"""
SELECT {{g}}, {PIECE} AS sort, e.id, 0 AS version, e.happened_at AS at, {{later}} AS is_recorded_later
FROM (SELECT {SERIES}, customer_id, min(opens_at) AS first_opens_at FROM steps GROUP BY {SERIES}, customer_id) g
JOIN {{relation}} ON {{belongs}} AND e.happened_at >= g.first_opens_at
WHERE {{counts}}
  AND NOT EXISTS (SELECT 1 FROM rulebooks_duty u WHERE u.evidence_id = e.id AND u.clause_id = %(clause)s
    AND u.evidence_key = %(evidence_key)s
    AND u.subject_id = g.subject_id AND u.occurrence = g.occurrence AND u.slot = g.slot)
"""
LISTED = f"""
SELECT {SERIES}, {STEP} AS sort, id, version, opens_at AS at, is_recorded_later
FROM steps WHERE {{which}} UNION ALL TABLE {{pieces}}
"""
# A step's own number and the pieces seen before it; a piece's number counts itself.
COUNTED = f"""
SELECT l.*, count(*) FILTER (WHERE sort = {STEP}) OVER w AS j, count(*) FILTER (WHERE sort = {PIECE}) OVER w AS seen
FROM {{listed}} l WINDOW w AS (PARTITION BY {SERIES} ORDER BY at, sort, id ROWS UNBOUNDED PRECEDING)
"""
PLACED = f"""
SELECT c.*, CASE sort WHEN {PIECE} THEN seen
  ELSE j + max(seen + 1 - j) FILTER (WHERE sort = {STEP}) OVER w END AS place
FROM {{counted}} c WINDOW w AS (PARTITION BY {SERIES} ORDER BY at, sort, id ROWS UNBOUNDED PRECEDING)
"""
# At each place of a series stands at most one step and one piece.
PAIRED = f"""
SELECT p.*, lead(id) OVER w AS piece_id, lead(at) OVER w AS happened_at, lag(id) OVER w AS step_id,
  lead(is_recorded_later) OVER w AS piece_later
FROM {{placed}} p WINDOW w AS (PARTITION BY {SERIES}, place ORDER BY sort)
"""
LEFT_OVER = f"""
SELECT {SERIES}, sort, id, version, at, is_recorded_later FROM paired_now WHERE sort = {PIECE} AND step_id IS NULL
"""
# The version is asked again so that a duty somebody changed meanwhile is left to the next run.
UPDATE = f"""
UPDATE rulebooks_duty d SET state = 'done', settled_at = m.happened_at, evidence_id = m.piece_id,
  evidence_key = %(evidence_key)s, settled_activity_id = CASE WHEN %(evidence_key)s = 'activity' THEN m.piece_id END,
  settled_late = NOT d.is_caught_up AND m.happened_at >= d.due_at, is_recorded_later = m.piece_later,
  version = d.version + 1
FROM (SELECT * FROM paired_now UNION ALL SELECT * FROM paired_then) m
WHERE m.sort = {STEP} AND m.piece_id IS NOT NULL AND d.id = m.id AND d.state = 'open' AND d.version = m.version
RETURNING d.settled_late
"""
COUNTS = "SELECT count(*) AS settled, count(*) FILTER (WHERE settled_late) AS late FROM settled"


def settle_duties(rule: RunningRule, scope: Scope) -> dict[str, int]:
    statement = new_statement(rule, scope)
    assert rule.spec.evidence is not None
    # Who performs divides a series only where it matters: another's call settles nothing of mine.
    performer = "d.assignee_id" if rule.spec.evidence.by == "assignee" else "0::bigint"
    where = {"scope": scope.on_duty(), "units": within_units(rule, "d.unit_id")}
    statement.part("steps", STEPS.format(performer=performer, **where))
    counts = evidence.counts(statement, rule, subject="g.subject_id", assignee="g.performer")
    g = ", ".join(f"g.{column}" for column in SERIES.split(", "))
    belongs = evidence.belongs(rule, to="g", customer="g.customer_id")
    later, relation = evidence.recorded_later(rule), rule.evidence.relation
    statement.part("pieces", PIECES.format(g=g, relation=relation, belongs=belongs, counts=counts, later=later))
    _match(statement, "now", which="NOT is_caught_up", pieces="pieces")
    statement.part("left_over", LEFT_OVER)
    _match(statement, "then", which="is_caught_up", pieces="left_over")
    statement.part("settled", UPDATE)
    return statement.run(COUNTS)


def _match(statement: Statement, name: str, *, which: str, pieces: str) -> None:
    statement.part(f"listed_{name}", LISTED.format(which=which, pieces=pieces))
    statement.part(f"counted_{name}", COUNTED.format(listed=f"listed_{name}"))
    statement.part(f"placed_{name}", PLACED.format(counted=f"counted_{name}"))
    statement.part(f"paired_{name}", PAIRED.format(placed=f"placed_{name}"))
