"""What every phase starts from: which occurrences a rule has now, whether it applies, the dates of its steps."""

from __future__ import annotations

from guanxi.base.kernel import clock
from guanxi.base.records import criteria

from ..engine.durations import Duration
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
    if rule.unit_ids:
        statement.part("allowed", ALLOWED, rule_units=list(rule.unit_ids))
    return statement


def within_units(rule: RunningRule, column: str) -> str:
    """A rule is limited to its rulebook's units in every statement."""
    return f"{column} IN (SELECT id FROM allowed)" if rule.unit_ids else "TRUE"


def add_occurrences(statement: Statement, rule: RunningRule, scope: Scope, *, only_alive: bool) -> str:
    """Part `w`: subject, occurrence, anchor, people; `why` is empty where the rule applies."""
    subject, source = rule.subject, rule.source
    fits = _audience(statement, rule)
    alive = " AND ".join(f"({one.sql})" for one in subject.alive) or "TRUE"
    dead = " ".join(f"WHEN NOT ({one.sql}) THEN '{one.why}'" for one in subject.alive)
    fits = f"({fits} AND {within_units(rule, subject.unit)})"
    why = "''::text" if only_alive else f"CASE {dead} WHEN NOT COALESCE({fits}, FALSE) THEN 'audience' ELSE '' END"
    only = f"AND {alive} AND {fits}" if only_alive else ""
    return statement.part(
        "w",
        f"""SELECT {subject.id} AS subject_id, ({source.occurrence})::text AS occurrence, {source.anchor} AS anchor,
  {subject.customer} AS customer_id, {subject.unit} AS unit_id, {subject.owner} AS owner_id, {why} AS why
FROM {subject.relation} {source.joins}
WHERE {scope.on_subject(subject)} AND ({source.where}) AND {source.anchor} IS NOT NULL {only}""",
    )


def _audience(statement: Statement, rule: RunningRule) -> str:
    tree = criteria.parse(rule.spec.who)
    found = criteria.compile_sql(tree, rule.subject.fields, alias="s", now=clock.now(), prefix="who")
    statement.params |= found.params
    return found.sql


def add_steps(statement: Statement, rule: RunningRule, *, anchor: str = "w.anchor") -> str:
    """A LATERAL list of the rule's steps with `opens_at` and `due_at` counted from `anchor`.

    A step opens when the one before is due, the first with the day it counts from: windows never overlap.
    """
    durations = [step.due for step in rule.spec.steps]
    days.add_workdays(statement, durations)
    rows = []
    for number, step in enumerate(rule.spec.steps, 1):
        opens = days.start_of(anchor) if number == 1 else days.end_of(days.later(anchor, durations[number - 2]))
        statement.params |= {f"purpose{number}": step.purpose, f"purpose_en{number}": step.purpose_en}
        texts = f"%(purpose{number})s, %(purpose_en{number})s"
        rows.append(f"({number}, {texts}, {opens}, {_due(anchor, step.due)})")
    return f"LATERAL (VALUES {', '.join(rows)}) t(step, purpose, purpose_en, opens_at, due_at)"


def _due(anchor: str, due: Duration) -> str:
    return days.end_of(days.later(anchor, due))
