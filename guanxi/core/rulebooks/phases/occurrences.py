"""What every phase starts from: which occurrences a rule has now, whether it applies, the dates of its steps."""

from __future__ import annotations

from guanxi.base.kernel import clock
from guanxi.base.records import criteria

from ..registry import NONE
from . import days
from .running import RunningRule
from .scope import Scope
from .statement import Statement

ALLOWED = """
SELECT id FROM org_unit WHERE id = ANY(%(rule_units)s)
UNION SELECT u.id FROM org_unit u JOIN allowed a ON u.parent_id = a.id
"""


def new_statement(rule: RunningRule, scope: Scope) -> Statement:
    statement = Statement({"now": clock.now(), "today": clock.today(), **scope.params})
    statement.params |= {"rule": rule.id, "clause": rule.clause_id, "kind": rule.subject.kind}
    statement.params["since"] = rule.anchors_from
    if rule.unit_ids:
        statement.part("allowed", ALLOWED, rule_units=list(rule.unit_ids))
    return statement


def within_units(rule: RunningRule, column: str) -> str:
    """A rule is limited to its rulebook's units in every statement."""
    return f"{column} IN (SELECT id FROM allowed)" if rule.unit_ids else "TRUE"


def add_occurrences(statement: Statement, rule: RunningRule, scope: Scope, *, only_alive: bool) -> str:
    """Part `w`: subject, occurrence, days, people; `why` is empty where the rule applies."""
    subject, source, by = rule.subject, rule.source, rule.spec.by
    person = subject.people.get(by.name, NONE) if by.kind == "person" else NONE
    fits = _audience(statement, rule)
    alive = " AND ".join(f"({one.sql})" for one in subject.alive) or "TRUE"
    dead = " ".join(f"WHEN NOT ({one.sql}) THEN '{one.why}'" for one in subject.alive)
    fits = f"({fits} AND {within_units(rule, subject.unit)})"
    why = "''::text" if only_alive else f"CASE {dead} WHEN NOT COALESCE({fits}, FALSE) THEN 'audience' ELSE '' END"
    only = f"AND {alive} AND {fits}" if only_alive else ""
    return statement.part(
        "w",
        f"""SELECT {subject.id} AS subject_id, ({source.occurrence})::text AS occurrence, {source.anchor} AS anchor,
  {source.opens or source.anchor} AS opens_on, {subject.customer} AS customer_id, {subject.unit} AS unit_id,
  {subject.owner} AS owner_id, {person} AS person_id, {why} AS why
FROM {subject.relation} {source.joins}
WHERE {scope.on_subject(subject)} AND ({source.where}) AND {source.anchor} IS NOT NULL {only}""",
    )


def _audience(statement: Statement, rule: RunningRule) -> str:
    tree = criteria.parse(rule.spec.who)
    found = criteria.compile_sql(tree, rule.subject.fields, alias="s", now=clock.now(), prefix="who")
    statement.params |= found.params
    return found.sql


def steps_of(statement: Statement, rule: RunningRule) -> str:
    """A list of the rule's steps: number and purpose."""
    rows = []
    for number, step in enumerate(rule.spec.steps, 1):
        statement.params |= {f"purpose{number}": step.purpose, f"purpose_en{number}": step.purpose_en}
        rows.append(f"({number}, %(purpose{number})s, %(purpose_en{number})s)")
    return f"(VALUES {', '.join(rows)}) t(step, purpose, purpose_en)"


def dates_of(statement: Statement, rule: RunningRule, *, step: str) -> tuple[str, str]:
    """When a step opens and when it is due, counted from the day `w.anchor`.

    A step opens when the one before is due, the first with the day its source says: windows never overlap.
    """
    anchor = "w.anchor"
    durations = [one.due for one in rule.spec.steps]
    days.add_workdays(statement, durations)
    dues = [days.end_of(days.later(anchor, duration)) for duration in durations]
    return _by_step(step, [days.start_of("w.opens_on"), *dues[:-1]]), _by_step(step, dues)


def _by_step(step: str, expressions: list[str]) -> str:
    cases = " ".join(f"WHEN {number} THEN {one}" for number, one in enumerate(expressions, 1))
    return f"CASE {step} {cases} END"
