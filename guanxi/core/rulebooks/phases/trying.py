"""What a clause would have made happen: counted in one statement, with nothing stored (POL-06)."""

from __future__ import annotations

from ..engine.durations import Unit
from ..engine.rules import Rung
from . import evidence
from .occurrences import new_statement
from .raising import add_missing
from .running import RunningRule
from .scope import Scope
from .statement import Statement

COUNTS = """SELECT count(*) AS raised, count(*) FILTER (WHERE m.is_past) AS caught_up,
 count(*) FILTER (WHERE m.assignee_id IS NULL) AS without_assignee, {proposed} AS proposed FROM missing m"""
# A duty that was not done before the rung was reached, had the clause been in force then. One piece may be seen for
# two steps here, which the real phases part.
REACHED = """count(*) FILTER (WHERE m.assignee_id IS NOT NULL AND {reach} <= %(now)s AND NOT EXISTS (
 SELECT 1 FROM {relation} WHERE {belongs} AND {counts} AND e.happened_at >= m.opens_at AND e.happened_at < {reach}))"""
RAISED = "count(*) FILTER (WHERE m.assignee_id IS NOT NULL)"


def count_duties(rule: RunningRule, scope: Scope) -> dict[str, int]:
    """What raising would do, without doing it; and what would have been proposed by now."""
    statement = new_statement(rule, scope)
    add_missing(statement, rule, scope)
    proposing = [rung for rung in rule.spec.ladder if rung.proposed]
    proposed = " + ".join(_proposed(statement, rule, rung) for rung in proposing) or "0"
    return statement.run(COUNTS.format(proposed=proposed))


def _proposed(statement: Statement, rule: RunningRule, rung: Rung) -> str:
    if rung.from_raised:
        return RAISED
    days = rung.at.amount * (7 if rung.at.unit is Unit.WEEK else 1)
    # `due + 1 day` is reached when that day begins, which is when the due day ends; nothing is proposed before.
    reach = f"(m.due_at + interval '{max(days - 1, 0):d} days')"
    return REACHED.format(
        reach=reach,
        relation=rule.evidence.relation,
        belongs=evidence.belongs(rule, to="m", customer="m.customer_id"),
        counts=evidence.counts(statement, rule, subject="m.subject_id", assignee="m.assignee_id"),
    )
