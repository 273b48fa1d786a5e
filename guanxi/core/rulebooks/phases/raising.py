"""Raise: every step that an occurrence should have and has not yet."""

from __future__ import annotations

from . import people
from .occurrences import add_occurrences, dates_of, new_statement, steps_of
from .running import RunningRule
from .scope import Scope
from .statement import Statement

# NOT EXISTS does the work; ON CONFLICT is only for two runs that meet (stack.md C3).
COLUMNS = """clause_id, rule_id, subject_kind, subject_id, customer_id, unit_id, occurrence, step, assignee_id,
 purpose, purpose_en, opens_at, due_at, base_due_at, is_caught_up, created_at"""
INSERT = f"""INSERT INTO rulebooks_duty ({COLUMNS})
SELECT %(clause)s, %(rule)s, %(kind)s, subject_id, customer_id, unit_id, occurrence, step, assignee_id,
 purpose, purpose_en, opens_at, due_at, due_at, is_past, %(now)s FROM missing
ON CONFLICT (clause_id, subject_id, occurrence, step, slot) DO NOTHING RETURNING is_caught_up, assignee_id"""
COUNTS = """SELECT count(*) AS raised, count(*) FILTER (WHERE is_caught_up) AS caught_up,
 count(*) FILTER (WHERE assignee_id IS NULL) AS without_assignee FROM raised"""


def raise_duties(rule: RunningRule, scope: Scope) -> dict[str, int]:
    statement = new_statement(rule, scope)
    add_missing(statement, rule, scope)
    statement.part("raised", INSERT)
    return statement.run(COUNTS)


def add_missing(statement: Statement, rule: RunningRule, scope: Scope) -> None:
    """The part `missing`."""
    add_occurrences(statement, rule, scope, only_alive=True)
    join, assignee = people.assignee(statement, rule.spec.by, "w", "w")
    opens_at, due_at = dates_of(statement, rule, step="w.step")
    # OFFSET 0 keeps the planner from working out dates for the many that are there already.
    statement.part(
        "missing",
        f"""SELECT w.subject_id, w.customer_id, w.unit_id, w.occurrence, {assignee} AS assignee_id,
  w.step, w.purpose, w.purpose_en, {opens_at} AS opens_at, x.due_at, x.due_at <= %(now)s AS is_past
FROM (SELECT w.*, t.* FROM w CROSS JOIN {steps_of(statement, rule)}
  WHERE w.anchor >= %(since)s AND {_until(statement, rule)} AND NOT EXISTS (SELECT 1 FROM rulebooks_duty d
    WHERE d.clause_id = %(clause)s AND d.subject_id = w.subject_id AND d.occurrence = w.occurrence
      AND d.step = t.step AND d.slot = 0) OFFSET 0) w
CROSS JOIN LATERAL (SELECT {due_at} AS due_at) x {join} WHERE {_wanted(rule)}""",
    )


def _until(statement: Statement, rule: RunningRule) -> str:
    """What happens after the last day of a version is no matter of it."""
    statement.params["until_on"] = rule.until_on
    return "w.anchor <= %(until_on)s" if rule.until_on else "TRUE"


def _wanted(rule: RunningRule) -> str:
    """A step whose time is over is raised as caught up, unless the version or whoever brought the subject skips it."""
    if rule.skips_past:
        return "x.due_at > %(now)s"
    return """(x.due_at > %(now)s OR NOT EXISTS (SELECT 1 FROM rulebooks_pastskipped k
    WHERE k.subject_kind = %(kind)s AND k.subject_id = w.subject_id))"""
