"""Which pieces of evidence count for a rule, as a condition on `e`."""

from __future__ import annotations

from . import days
from .running import RunningRule
from .statement import Statement


def counts(statement: Statement, rule: RunningRule, *, subject: str, assignee: str) -> str:
    """`subject` and `assignee` are columns of the duty. When it happened is asked by the caller."""
    wanted = rule.spec.evidence
    assert wanted is not None
    statement.params["evidence_kinds"] = list(wanted.kinds)
    conditions = [rule.evidence.exists, "e.kind = ANY(%(evidence_kinds)s)"]
    conditions += [rule.evidence.qualities[quality] for quality in wanted.qualities]
    # A piece that names a subject counts for that one alone, any other for all of the customer's.
    conditions.append(f"(e.subject_id IS NULL OR (e.subject_kind = %(kind)s AND e.subject_id = {subject}))")
    if wanted.same_day:
        # Written as a range: of two computed days being equal the planner has no idea how often it is so.
        day = days.day_of("e.happened_at")
        conditions.append(f"e.recorded_at >= {days.start_of(day)} AND e.recorded_at < {days.end_of(day)}")
    if wanted.by == "assignee":
        conditions.append(f"e.staff_id = {assignee}")
    return " AND ".join(f"({condition})" for condition in conditions)
