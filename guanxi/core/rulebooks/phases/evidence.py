"""Which pieces of evidence count for a rule, as conditions on `e`."""

from __future__ import annotations

from . import days
from .running import RunningRule
from .statement import Statement


def belongs(rule: RunningRule, *, to: str, customer: str) -> str:
    """What a piece belongs to: `to` is a duty or a series of duties, `customer` a column with theirs."""
    wanted = rule.evidence
    if wanted.about == "customer":
        return f"e.customer_id = {customer}"
    conditions = ["e.subject_kind = %(kind)s", f"e.subject_id = {to}.subject_id"]
    if wanted.has_occurrence or wanted.about == "duty":
        conditions.append(f"e.occurrence = {to}.occurrence")
    if wanted.about == "duty":
        conditions.append("e.clause_id = %(clause)s")
    return " AND ".join(conditions)


def counts(statement: Statement, rule: RunningRule, *, subject: str, assignee: str) -> str:
    """`subject` and `assignee` are columns of the duty. When it happened is asked by the caller."""
    wanted = rule.spec.evidence
    assert wanted is not None
    statement.params |= {"evidence_kinds": list(wanted.kinds), "evidence_key": rule.evidence.key}
    conditions = [rule.evidence.exists, "e.kind = ANY(%(evidence_kinds)s)"]
    conditions += [rule.evidence.qualities[quality] for quality in wanted.qualities]
    if rule.evidence.about == "customer":
        # A piece that names a subject counts for that one alone, any other for all of the customer's.
        conditions.append(f"(e.subject_id IS NULL OR (e.subject_kind = %(kind)s AND e.subject_id = {subject}))")
    if wanted.same_day:
        # Written as a range: of two computed days being equal the planner has no idea how often it is so.
        day = days.day_of("e.happened_at")
        conditions.append(f"e.recorded_at >= {days.start_of(day)} AND e.recorded_at < {days.end_of(day)}")
    if wanted.by == "assignee":
        conditions.append(f"e.staff_id = {assignee}")
    return " AND ".join(f"({condition})" for condition in conditions)


def recorded_later(rule: RunningRule) -> str:
    """Written down on another day than it happened."""
    assert rule.spec.evidence is not None
    return "FALSE" if rule.spec.evidence.same_day else f"(e.recorded_at >= {days.end_of(days.day_of('e.happened_at'))})"
