"""Climb: tell who must know, as a duty gets later. Each rung once; caught-up duties never; on leave it stands still.

A rung that proposes something is passed over here and only counted: concluding.py works on the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from guanxi.base.kernel import clock

from ..engine.durations import Duration, Unit
from ..engine.rules import Rung
from . import days, people
from .occurrences import new_statement, within_units
from .running import RunningRule
from .scope import Scope
from .statement import Statement

REMIND, LATE = "rulebooks:duty:remind", "rulebooks:duty:late"
# Which rungs of `rungs` a duty has come to. What is proposed or told at once comes whenever the duty is due.
HIT = """
SELECT d.id, d.clause_id, d.rung, d.assignee_id, d.unit_id, d.customer_id, d.subject_kind, d.subject_id, d.due_at,
  d.purpose, d.purpose_en, r.number
FROM rulebooks_duty d JOIN (VALUES {rungs}) r(number, until) ON d.due_at <= r.until AND {not_yet}
WHERE d.rule_id = %(rule)s AND d.state = 'open' AND NOT d.is_caught_up AND d.assignee_id IS NOT NULL
  AND d.due_at <= %(last_until)s AND {scope} AND {units}
  AND NOT EXISTS (SELECT 1 FROM org_absence x WHERE x.staff_id = d.assignee_id
    AND %(today)s BETWEEN x.starts_on AND x.ends_on)
"""
# A message about something without a customer calls it by its own name.
TELL = """
INSERT INTO messaging_message (recipient_id, kind, params, duty_id, subject_kind, subject_id, group_key, dedupe_key,
  created_at)
SELECT o.recipient_id, o.kind, jsonb_build_object('customer', COALESCE(c.name, {name}, ''), 'assignee', a.name,
    'due_on', to_char({due_day}, 'YYYY-MM-DD'), 'purpose', h.purpose, 'purpose_en', h.purpose_en,
    'article', %(article)s::text, 'article_en', %(article_en)s::text),
  h.id, h.subject_kind, h.subject_id, o.kind || ':' || %(today)s::date, 'duty:' || h.id || ':' || h.number || ':' ||
  o.recipient_id, %(now)s
FROM hit h JOIN told o ON o.duty_id = h.id AND o.number = h.number
LEFT JOIN customers_customer c ON c.id = h.customer_id JOIN org_staff a ON a.id = h.assignee_id
ON CONFLICT (dedupe_key) DO NOTHING RETURNING 1
"""
NOBODY = "SELECT h.id AS duty_id, h.number, NULL::bigint AS recipient_id, '' AS kind FROM hit h WHERE FALSE"
CLIMB = """
UPDATE rulebooks_duty d SET rung = m.number FROM (SELECT id, max(number) AS number FROM hit GROUP BY id) m
WHERE d.id = m.id AND d.state = 'open' AND d.rung < m.number RETURNING 1
"""
COUNTS = "SELECT (SELECT count(*) FROM climbed) AS climbed, (SELECT count(*) FROM messages) AS messages"
PROPOSE = "propose"


def climb_ladder(rule: RunningRule, scope: Scope) -> dict[str, int]:
    ladder = list(enumerate(rule.spec.ladder, 1))
    if not ladder:
        return {}
    statement = new_statement(rule, scope)
    statement.params |= {"article": rule.spec.article, "article_en": rule.spec.article_en}
    add_hit(statement, rule, scope, ladder, not_yet="r.number > d.rung")
    told = [_told(statement, rule, number, rung) for number, rung in ladder if rung.deed != PROPOSE]
    statement.part("told", " UNION ALL ".join(told or [NOBODY]))
    name, due_day = name_of(rule, "h"), days.day_of("h.due_at - interval '1 second'")
    statement.part("messages", TELL.format(due_day=due_day, name=name))
    statement.part("climbed", CLIMB)
    return statement.run(COUNTS)


def add_hit(
    statement: Statement, rule: RunningRule, scope: Scope, rungs: Sequence[tuple[int, Rung]], *, not_yet: str
) -> None:
    """Part `hit`: a row for each open duty and each of these rungs that it has come to; `not_yet` is a condition on
    `d` and `r.number` that leaves out what was done at an earlier run."""
    untils = {number: _until(rung) for number, rung in rungs}
    statement.params |= {f"until{number}": until for number, until in untils.items()}
    statement.params["last_until"] = _last(list(untils.values()))
    rows = [f"({number}, %(until{number})s::timestamptz)" for number in untils]
    scopes = {"scope": scope.on_duty(), "units": within_units(rule, "d.unit_id")}
    statement.part("hit", HIT.format(rungs=", ".join(rows), not_yet=not_yet, **scopes))


FOR_EVER = "infinity"


def _until(rung: Rung) -> str:
    if rung.from_raised:
        return FOR_EVER
    return clock.end_of(_last_due_day(rung.at, clock.today())).isoformat()


def _last(untils: list[str]) -> str:
    return FOR_EVER if FOR_EVER in untils else max(untils)


def _last_due_day(at: Duration, today: date) -> date:
    """A rung `due + N days` is reached when the day N days after the due day begins."""
    return today - timedelta(days=at.amount * (7 if at.unit is Unit.WEEK else 1))


def name_of(rule: RunningRule, alias: str) -> str:
    """What the subject of a row is called."""
    return about(rule, rule.subject.name, alias) if rule.subject.name else "NULL::text"


def about(rule: RunningRule, expression: str, alias: str) -> str:
    """Something of the subject of a row, e.g. of `hit`."""
    subject = rule.subject
    return f"(SELECT {expression} FROM {subject.relation} WHERE {subject.id} = {alias}.subject_id)"


def _told(statement: Statement, rule: RunningRule, number: int, rung: Rung) -> str:
    join, recipient = recipient_of(statement, rule, rung, f"rung{number}")
    kind = REMIND if rung.deed == "remind" else LATE
    return f"""SELECT h.id AS duty_id, h.number, {recipient} AS recipient_id, '{kind}' AS kind
FROM hit h {join} WHERE h.number = {number} AND {recipient} IS NOT NULL"""


def recipient_of(statement: Statement, rule: RunningRule, rung: Rung, slug: str) -> tuple[str, str]:
    """(join, expression) over `hit h`: whoever is to be told, one or several."""
    match rung.to.kind:
        case "superior":
            people.add_superiors(statement)
            return "JOIN superiors sup ON sup.staff_id = h.assignee_id", "sup.superior_id"
        case "owner":
            return _one(about(rule, rule.subject.owner, "h")), "one.id"
        case "person":
            return _one(about(rule, rule.subject.people.get(rung.to.name, "NULL::bigint"), "h")), "one.id"
        case "named":
            statement.params[f"number_{slug}"] = rung.to.name
            return _one(f"(SELECT x.id FROM org_staff x WHERE x.number = %(number_{slug})s)"), "one.id"
        case "role":
            nearest = people.add_nearest(statement, rung.to.name, "hit", slug)
            return f"JOIN {nearest} near ON near.unit_id = h.unit_id CROSS JOIN unnest(near.staff_ids) holder", "holder"
        case "team":
            team = people.add_team(statement, rung.to.name, "hit", slug)
            return f"JOIN {team} near ON near.customer_id = h.customer_id CROSS JOIN unnest(near.staff_ids) t", "t"
        case _:
            return "", "h.assignee_id"


def _one(staff_id: str) -> str:
    return f"JOIN org_staff one ON one.id = {staff_id} AND {people.STILL_HERE.format('one')}"
