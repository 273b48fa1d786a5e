"""Correct: what was raised follows what is true now.

Open duties are re-dated, given to whom they belong now, or withdrawn with the reason; withdrawn ones come back when
the reason has gone; settled ones are opened again when their evidence has gone. A correction may take lateness away
from something settled, and never lays it on anybody.
"""

from __future__ import annotations

from . import evidence, people
from .occurrences import add_occurrences, dates_of, new_statement, steps_of
from .running import RunningRule
from .scope import Scope

# Duties of other versions follow their own wording, except that only the version in force brings withdrawn ones back.
TRUE_NOW = """
SELECT d.id, d.version AS old_version, d.state AS old_state, d.assignee_id AS old_assignee, d.due_at AS old_due,
  CASE WHEN w.subject_id IS NULL THEN 'occasion' WHEN t.step IS NULL THEN 'audience' WHEN w.why <> '' THEN w.why
    ELSE {renewed} END AS why,
  w.customer_id, w.unit_id, t.purpose, t.purpose_en, x.opens_at, x.due_at AS base_due_at,
  GREATEST(x.due_at, d.postponed_to) AS due_at,
  CASE WHEN d.is_hand_assigned AND hand.id IS NOT NULL THEN d.assignee_id ELSE {assignee} END AS assignee_id,
  d.is_hand_assigned AND hand.id IS NOT NULL AS is_hand_assigned,
  d.state = 'done' AND e.id IS NOT NULL AS is_proved, e.happened_at, {later} AS is_recorded_later
FROM rulebooks_duty d LEFT JOIN w ON w.subject_id = d.subject_id AND w.occurrence = d.occurrence
LEFT JOIN {steps} ON t.step = d.step {join}
CROSS JOIN LATERAL (SELECT {opens_at} AS opens_at, {due_at} AS due_at) x
LEFT JOIN org_staff hand ON hand.id = d.assignee_id AND {still_here}
LEFT JOIN {relation} ON e.id = d.evidence_id AND d.evidence_key = %(evidence_key)s AND {belongs}
  AND e.happened_at >= CASE WHEN w.why = '' THEN x.opens_at ELSE d.opens_at END AND {counts}
WHERE d.clause_id = %(clause)s AND {which} AND d.withdrawn_why <> 'by_hand' AND {scope}
"""
WHICH = {
    True: "CASE WHEN d.state = 'withdrawn' THEN TRUE ELSE d.rule_id = %(rule)s END",
    False: "d.rule_id = %(rule)s AND d.state <> 'withdrawn'",
}
DECIDED = """
SELECT n.*,
  CASE WHEN old_state = 'done' AND is_proved THEN 'done' WHEN why <> '' THEN 'withdrawn' ELSE 'open' END AS state
FROM true_now n
"""
# Dates move with the anchor as long as the rule applies. What falls due in the past by a correction, or fell due
# while it was withdrawn, is caught up.
UPDATE = """
UPDATE rulebooks_duty d SET version = d.version + 1, state = n.state,
  rule_id = CASE WHEN n.state = 'open' AND n.old_state = 'withdrawn' THEN %(rule)s ELSE d.rule_id END,
  purpose = CASE WHEN n.state = 'open' AND n.old_state = 'withdrawn' THEN n.purpose ELSE d.purpose END,
  purpose_en = CASE WHEN n.state = 'open' AND n.old_state = 'withdrawn' THEN n.purpose_en ELSE d.purpose_en END,
  customer_id = CASE WHEN n.why = '' THEN n.customer_id ELSE d.customer_id END,
  unit_id = CASE WHEN n.state = 'open' THEN n.unit_id ELSE d.unit_id END,
  assignee_id = CASE WHEN n.state = 'open' THEN n.assignee_id ELSE d.assignee_id END,
  is_hand_assigned = CASE WHEN n.state = 'open' THEN n.is_hand_assigned ELSE d.is_hand_assigned END,
  opens_at = CASE WHEN n.why = '' THEN n.opens_at ELSE d.opens_at END,
  base_due_at = CASE WHEN n.why = '' THEN n.base_due_at ELSE d.base_due_at END,
  due_at = CASE WHEN n.why = '' THEN n.due_at ELSE d.due_at END,
  is_caught_up = {caught_up},
  rung = CASE WHEN n.state = 'open' AND d.withdrawn_why = 'renewed' THEN 0 ELSE d.rung END,
  settled_at = CASE WHEN n.state = 'done' THEN n.happened_at END,
  is_recorded_later = n.state = 'done' AND n.is_recorded_later,
  settled_activity_id = CASE WHEN n.state = 'done' THEN d.settled_activity_id END,
  evidence_id = CASE WHEN n.state = 'done' THEN d.evidence_id END,
  evidence_key = CASE WHEN n.state = 'done' THEN d.evidence_key ELSE '' END,
  settled_late = n.state = 'done' AND d.settled_late AND (n.why <> '' OR n.happened_at >= n.due_at),
  withdrawn_at = CASE WHEN n.state = 'withdrawn' THEN COALESCE(d.withdrawn_at, %(now)s) END,
  withdrawn_why = CASE WHEN n.state <> 'withdrawn' THEN '' WHEN d.state = 'withdrawn' THEN d.withdrawn_why
    ELSE n.why END
FROM decided n WHERE d.id = n.id AND d.version = n.old_version AND ({changed})
RETURNING n.old_state, n.state, n.old_due, d.due_at, n.old_assignee, d.assignee_id
"""
CAUGHT_UP = """CASE
    WHEN n.why <> '' OR n.state = 'done' THEN d.is_caught_up
    WHEN n.due_at <> d.due_at THEN n.due_at <= %(now)s
    WHEN n.old_state = 'withdrawn' AND d.withdrawn_at < d.due_at AND d.due_at <= %(now)s THEN TRUE
    ELSE d.is_caught_up END"""
CHANGED = """n.state <> d.state
  OR (n.state = 'done' AND (n.happened_at, n.is_recorded_later) IS DISTINCT FROM (d.settled_at, d.is_recorded_later))
  OR (n.why = '' AND (n.opens_at, n.base_due_at, n.due_at, n.customer_id)
      IS DISTINCT FROM (d.opens_at, d.base_due_at, d.due_at, d.customer_id))
  OR (n.state = 'open' AND (n.assignee_id, n.unit_id, n.is_hand_assigned)
      IS DISTINCT FROM (d.assignee_id, d.unit_id, d.is_hand_assigned))"""
COUNTS = """SELECT count(*) FILTER (WHERE old_state = 'open' AND state = 'withdrawn') AS withdrawn,
  count(*) FILTER (WHERE old_state = 'withdrawn' AND state = 'open') AS reinstated,
  count(*) FILTER (WHERE old_state = 'done' AND state <> 'done') AS reopened,
  count(*) FILTER (WHERE old_state = state AND old_due <> due_at) AS redated,
  count(*) FILTER (WHERE old_state = 'open' AND state = 'open' AND old_assignee IS DISTINCT FROM assignee_id)
    AS reassigned,
  count(*) AS changed FROM corrected"""


def correct_duties(rule: RunningRule, scope: Scope) -> dict[str, int]:
    statement = new_statement(rule, scope)
    add_occurrences(statement, rule, scope, only_alive=False)
    join, assignee = people.assignee(statement, rule.spec.by, "w", "w")
    opens_at, due_at = dates_of(statement, rule, step="d.step")
    statement.part(
        "true_now",
        TRUE_NOW.format(
            steps=steps_of(statement, rule),
            opens_at=opens_at,
            due_at=due_at,
            join=join,
            assignee=assignee,
            still_here=people.STILL_HERE.format("hand"),
            relation=rule.evidence.relation,
            belongs=evidence.belongs(rule, to="d", customer="COALESCE(w.customer_id, d.customer_id)"),
            later=evidence.recorded_later(rule),
            renewed="'renewed'" if rule.is_renewed else "''",
            counts=evidence.counts(statement, rule, subject="d.subject_id", assignee="d.assignee_id"),
            which=WHICH[rule.is_in_force],
            scope=scope.on_duty(),
        ),
    )
    statement.part("decided", DECIDED)
    statement.part("corrected", UPDATE.format(caught_up=CAUGHT_UP, changed=CHANGED))
    return statement.run(COUNTS)
