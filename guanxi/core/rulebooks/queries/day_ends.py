"""The stored late list of a day, within the reader's scope."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from guanxi.base.kernel import statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of

from ..models import DayEnd, Duty

# Who may see a duty is asked of the duty as it stands today; what was late then stays in the list.
LISTED = """
SELECT e.clause_id, q.key, b.key, {article}, count(*), min(e.taken_at)
FROM rulebooks_dayend e CROSS JOIN LATERAL unnest(e.duty_ids) x(id) JOIN rulebooks_duty t ON t.id = x.id
JOIN rulebooks_clause q ON q.id = e.clause_id JOIN rulebooks_rulebook b ON b.id = q.rulebook_id
CROSS JOIN LATERAL (SELECT r.article, r.article_en FROM rulebooks_rule r WHERE r.clause_id = e.clause_id
  ORDER BY r.id DESC LIMIT 1) w
WHERE e.day = %(day)s AND {within} GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1
"""
WITHIN = """(t.assignee_id = ANY(%(staff)s::bigint[]) OR t.unit_id = ANY(%(units)s::bigint[])
  OR (t.assignee_id IS NULL AND EXISTS (SELECT 1 FROM customers_customer c
    WHERE c.id = t.customer_id AND c.owner_id = ANY(%(staff)s::bigint[]))))"""
ARTICLES = {"zh": "w.article", "en": "COALESCE(NULLIF(w.article_en, ''), w.article)"}


class LateLine(NamedTuple):
    clause_id: int
    clause: str
    rulebook: str
    article: str
    late: int
    taken_at: datetime


def late_at_day_end(actor: Actor, day: date) -> list[LateLine]:
    scope = scope_of(actor, Duty.KIND)
    sql = LISTED.format(
        article=ARTICLES["zh" if actor.language.startswith("zh") else "en"],
        within="TRUE" if scope.everything else WITHIN,
    )
    values = {"day": day, "staff": list(scope.staff_ids), "units": list(scope.unit_ids)}
    return [LateLine._make(row) for row in statements.rows(sql, values)]


def was_kept(day: date) -> bool:
    """A night that found nothing late keeps nothing, like a night without the check: the page says so."""
    return DayEnd.objects.filter(day=day).exists()
