"""Settle: match unused evidence with open steps, earliest with earliest; one piece settles one step of a series.

Steps that a person can still be in time or late with come first; caught-up ones take what is left.

For the open steps of a series in the order they open, number j, let F(j) be one more than the number of pieces that
happened before step j opened. The earliest free piece for step j is then number j + max over i <= j of (F(i) - i),
which is what the window functions compute.
"""

from __future__ import annotations

from . import evidence
from .occurrences import new_statement, within_units
from .running import RunningRule
from .scope import Scope
from .statement import Statement

KEY = "subject_id, occurrence, slot, performer"
STEPS = """
SELECT d.id, d.version, d.subject_id, d.occurrence, d.slot, d.customer_id, d.assignee_id, {performer} AS performer,
  d.step, d.opens_at, d.is_caught_up
FROM rulebooks_duty d
WHERE d.rule_id = %(rule)s AND d.state = 'open' AND d.opens_at <= %(now)s + interval '10 minutes'
  AND {scope} AND {units}
"""
PIECES = """
SELECT g.subject_id, g.occurrence, g.slot, g.performer, e.id AS piece_id, e.happened_at
FROM (SELECT subject_id, occurrence, slot, performer, customer_id, min(opens_at) AS first_opens_at
      FROM steps GROUP BY subject_id, occurrence, slot, performer, customer_id) g
JOIN {relation} ON e.customer_id = g.customer_id AND e.happened_at >= g.first_opens_at
WHERE {counts}
  AND NOT EXISTS (SELECT 1 FROM rulebooks_duty u WHERE u.settled_activity_id = e.id AND u.clause_id = %(clause)s
    AND u.subject_id = g.subject_id AND u.occurrence = g.occurrence AND u.slot = g.slot)
"""
NUMBERED = """
SELECT p.*, row_number() OVER (PARTITION BY {key} ORDER BY happened_at, piece_id) AS number FROM pieces p {free}
"""
EARLIEST = """
SELECT s.id, s.version, {s_key}, 1 + count(p.piece_id) AS f,
  row_number() OVER (PARTITION BY {s_key} ORDER BY s.opens_at, s.step) AS j
FROM steps s LEFT JOIN {numbered} p ON (p.subject_id, p.occurrence, p.slot, p.performer)
  = ({s_key}) AND p.happened_at < s.opens_at
WHERE {which} AND ({s_key}) IN (SELECT {key} FROM {numbered})
GROUP BY s.id, s.version, {s_key}, s.opens_at, s.step
"""
MATCHED = """
SELECT x.id, x.version, p.piece_id, p.happened_at, p.subject_id, p.occurrence, p.slot, p.performer
FROM (SELECT y.*, j + max(f - j) OVER (PARTITION BY {key} ORDER BY j) AS wanted FROM {earliest} y) x
JOIN {numbered} p ON (p.subject_id, p.occurrence, p.slot, p.performer, p.number)
  = (x.subject_id, x.occurrence, x.slot, x.performer, x.wanted)
"""
LEFT_OVER = """WHERE NOT EXISTS (SELECT 1 FROM matched_now m WHERE m.piece_id = p.piece_id
  AND (m.subject_id, m.occurrence, m.slot) = (p.subject_id, p.occurrence, p.slot))"""
# The version is asked again so that a duty somebody changed meanwhile is left to the next run.
UPDATE = """
UPDATE rulebooks_duty d SET state = 'done', settled_at = m.happened_at, settled_activity_id = m.piece_id,
  settled_late = NOT d.is_caught_up AND m.happened_at >= d.due_at, version = d.version + 1
FROM (SELECT * FROM matched_now UNION ALL SELECT * FROM matched_then) m
WHERE d.id = m.id AND d.state = 'open' AND d.version = m.version RETURNING d.settled_late
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
    statement.part("pieces", PIECES.format(relation=rule.evidence.relation, counts=counts))
    _add_matching(statement, "now", which="NOT s.is_caught_up", free="")
    _add_matching(statement, "then", which="s.is_caught_up", free=LEFT_OVER)
    statement.part("settled", UPDATE)
    return statement.run(COUNTS)


def _add_matching(statement: Statement, name: str, *, which: str, free: str) -> None:
    numbered = statement.part(f"numbered_{name}", NUMBERED.format(key=KEY, free=free))
    s_key = ", ".join(f"s.{column}" for column in KEY.split(", "))
    earliest = statement.part(f"earliest_{name}", EARLIEST.format(key=KEY, s_key=s_key, numbered=numbered, which=which))
    statement.part(f"matched_{name}", MATCHED.format(key=KEY, earliest=earliest, numbered=numbered))
