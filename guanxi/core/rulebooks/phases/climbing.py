"""Climb: tell who must know, as a duty gets later. Each rung once; caught-up duties never; on leave it stands still."""

from __future__ import annotations

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
HIT = """
SELECT d.id, d.rung, d.assignee_id, d.unit_id, d.customer_id, d.subject_kind, d.subject_id, d.due_at, d.purpose,
  d.purpose_en, r.number
FROM rulebooks_duty d JOIN (VALUES {rungs}) r(number, until) ON r.number > d.rung AND d.due_at <= r.until
WHERE d.rule_id = %(rule)s AND d.state = 'open' AND NOT d.is_caught_up AND d.assignee_id IS NOT NULL
  AND d.due_at <= %(last_until)s AND {scope} AND {units}
  AND NOT EXISTS (SELECT 1 FROM org_absence x WHERE x.staff_id = d.assignee_id
    AND %(today)s BETWEEN x.starts_on AND x.ends_on)
"""
TELL = """
INSERT INTO messaging_message (recipient_id, kind, params, duty_id, subject_kind, subject_id, group_key, dedupe_key,
  created_at)
SELECT o.recipient_id, o.kind, jsonb_build_object('customer', c.name, 'assignee', a.name,
    'due_on', to_char({due_day}, 'YYYY-MM-DD'), 'purpose', h.purpose, 'purpose_en', h.purpose_en,
    'article', %(article)s::text, 'article_en', %(article_en)s::text),
  h.id, h.subject_kind, h.subject_id, o.kind || ':' || %(today)s::date, 'duty:' || h.id || ':' || h.number || ':' ||
  o.recipient_id, %(now)s
FROM hit h JOIN told o ON o.duty_id = h.id AND o.number = h.number
LEFT JOIN customers_customer c ON c.id = h.customer_id JOIN org_staff a ON a.id = h.assignee_id
ON CONFLICT (dedupe_key) DO NOTHING RETURNING 1
"""
CLIMB = """
UPDATE rulebooks_duty d SET rung = m.number FROM (SELECT id, max(number) AS number FROM hit GROUP BY id) m
WHERE d.id = m.id AND d.state = 'open' AND d.rung < m.number RETURNING 1
"""
COUNTS = "SELECT (SELECT count(*) FROM climbed) AS climbed, (SELECT count(*) FROM messages) AS messages"


def climb_ladder(rule: RunningRule, scope: Scope) -> dict[str, int]:
    ladder = rule.spec.ladder
    if not ladder:
        return {}
    statement = new_statement(rule, scope)
    statement.params |= {"article": rule.spec.article, "article_en": rule.spec.article_en}
    rows = [f"({n}, %(until{n})s::timestamptz)" for n, rung in enumerate(ladder, 1)]
    untils = [clock.end_of(_last_due_day(rung.at, clock.today())) for rung in ladder]
    statement.params |= {f"until{n}": until for n, until in enumerate(untils, 1)} | {"last_until": max(untils)}
    scopes = {"scope": scope.on_duty(), "units": within_units(rule, "d.unit_id")}
    statement.part("hit", HIT.format(rungs=", ".join(rows), **scopes))
    told = [_told(statement, number, rung) for number, rung in enumerate(ladder, 1)]
    statement.part("told", " UNION ALL ".join(told))
    statement.part("messages", TELL.format(due_day=days.day_of("h.due_at - interval '1 second'")))
    statement.part("climbed", CLIMB)
    return statement.run(COUNTS)


def _last_due_day(at: Duration, today: date) -> date:
    """A rung `due + N days` is reached when the day N days after the due day begins."""
    return today - timedelta(days=at.amount * (7 if at.unit is Unit.WEEK else 1))


def _told(statement: Statement, number: int, rung: Rung) -> str:
    join, recipient = _recipient(statement, number, rung)
    kind = REMIND if rung.deed == "remind" else LATE
    return f"""SELECT h.id AS duty_id, h.number, {recipient} AS recipient_id, '{kind}' AS kind
FROM hit h {join} WHERE h.number = {number} AND {recipient} IS NOT NULL"""


def _recipient(statement: Statement, number: int, rung: Rung) -> tuple[str, str]:
    match rung.to.kind:
        case "superior":
            people.add_superiors(statement)
            return "JOIN superiors sup ON sup.staff_id = h.assignee_id", "sup.superior_id"
        case "owner":
            return "JOIN customers_customer own ON own.id = h.customer_id", "own.owner_id"
        case "role":
            nearest = people.add_nearest(statement, rung.to.name, "hit", f"rung{number}")
            return f"JOIN {nearest} near ON near.unit_id = h.unit_id CROSS JOIN unnest(near.staff_ids) holder", "holder"
        case _:
            return "", "h.assignee_id"
