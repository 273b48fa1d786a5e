"""What duties report to the channels: late by clause and person, due today, done yesterday; what climbed a ladder.

Clauses, names of staff and counts only: never a customer, nor what somebody wrote into a task.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from guanxi.base.kernel import clock, statements
from guanxi.core.messaging.channels.papers import Section
from guanxi.core.messaging.channels.reporters import REPORTERS, Reporter
from guanxi.core.messaging.models import Alerted, Channel

from .models import Rule, VersionState

LONGEST_CLAUSE = 36
MOST_CLAUSES = 30
TREE = """
WITH RECURSIVE tree(id) AS (
  SELECT unnest(%(units)s::bigint[]) UNION SELECT u.id FROM org_unit u JOIN tree t ON u.parent_id = t.id
)"""
WITHIN = "(%(units)s::bigint[] = '{}' OR d.unit_id IN (SELECT id FROM tree))"
AMONG = "(%(people)s::bigint[] IS NULL OR d.assignee_id = ANY(%(people)s::bigint[]))"
FIGURES = f"""{TREE}, counted AS (
  SELECT 'late' AS part, d.rule_id, d.assignee_id, count(*) AS n, min(d.due_at) AS oldest FROM rulebooks_duty d
  WHERE d.state = 'open' AND NOT d.is_caught_up AND d.due_at <= %(now)s AND {WITHIN} AND {AMONG} GROUP BY 2, 3
  UNION ALL
  SELECT 'today', NULL, d.assignee_id, count(*), NULL FROM rulebooks_duty d
  WHERE d.state = 'open' AND NOT d.is_caught_up AND d.due_at > %(now)s AND d.due_at <= %(tonight)s
    AND {WITHIN} AND {AMONG} GROUP BY 3
  UNION ALL
  SELECT 'done', NULL, d.assignee_id, count(*), NULL FROM rulebooks_duty d
  WHERE d.state = 'done' AND d.settled_at >= %(yesterday)s AND d.settled_at < %(this_morning)s
    AND d.due_at > %(long_ago)s AND {WITHIN} AND {AMONG} GROUP BY 3)
SELECT c.part, c.rule_id, coalesce(r.article, ''), coalesce(r.article_en, ''), c.assignee_id, coalesce(s.name, ''),
  c.n, c.oldest
FROM counted c LEFT JOIN rulebooks_rule r ON r.id = c.rule_id LEFT JOIN org_staff s ON s.id = c.assignee_id
ORDER BY c.part, c.n DESC, c.rule_id, s.pinyin
"""  # noqa: S608  (put together from parts of our own; what users bring is a parameter)
# A duty stands on a rung that tells of lateness, and this channel has not told of that rung.
STANDS = f"""
SELECT d.id, d.rung, d.rule_id, d.assignee_id, d.due_at FROM rulebooks_duty d
JOIN unnest(%(rules)s::bigint[], %(firsts)s::int[]) AS l(rule_id, first) ON l.rule_id = d.rule_id
WHERE d.state = 'open' AND NOT d.is_caught_up AND d.due_at <= %(now)s AND d.rung >= l.first
  AND d.assignee_id IS NOT NULL AND {WITHIN}
  AND NOT EXISTS (SELECT 1 FROM messaging_alerted a
    WHERE a.channel_id = %(channel)s AND a.duty_id = d.id AND a.rung >= d.rung)
"""  # noqa: S608  (put together from parts of our own; what users bring is a parameter)
CLIMBED = f"""{TREE}, standing AS MATERIALIZED ({STANDS}), told AS (
  INSERT INTO messaging_alerted (channel_id, duty_id, rung, at)
  SELECT %(channel)s, id, rung, %(now)s FROM standing ON CONFLICT DO NOTHING RETURNING duty_id)
SELECT 'late', x.rule_id, r.article, r.article_en, x.assignee_id, s.name, count(*), min(x.due_at)
FROM told t JOIN standing x ON x.id = t.duty_id JOIN rulebooks_rule r ON r.id = x.rule_id
JOIN org_staff s ON s.id = x.assignee_id GROUP BY 2, 3, 4, 5, 6, s.pinyin ORDER BY s.pinyin, 7 DESC
"""  # noqa: S608  (put together from parts of our own; what users bring is a parameter)
# Kept as long as the duty could climb on, and a while longer in case it is opened again.
FORGET = """
DELETE FROM messaging_alerted a USING rulebooks_duty d
WHERE a.channel_id = %(channel)s AND d.id = a.duty_id AND d.state <> 'open' AND a.at < %(long_ago)s
"""


class Figure(NamedTuple):
    part: str
    rule_id: int | None
    article: str
    article_en: str
    staff_id: int | None
    staff: str
    number: int
    oldest: datetime | None

    @property
    def clause(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        text = (self.article_en if english else "") or self.article or _("Tasks")
        return text if len(text) <= LONGEST_CLAUSE else text[: LONGEST_CLAUSE - 1] + "…"

    @property
    def person(self) -> str:
        return self.staff or _("Nobody")


def register() -> None:
    REPORTERS.add(Reporter("duties", day, day_of_each, climbed, begin))


def figures(unit_ids: Sequence[int], people: Sequence[int] | None) -> list[Figure]:
    today = clock.today()
    given: dict[str, Any] = {
        "units": list(unit_ids),
        "people": None if people is None else list(people),
        "now": clock.now(),
        "tonight": clock.end_of(today),
        "this_morning": clock.start_of(today),
        "yesterday": clock.start_of(today - timedelta(days=1)),
        "long_ago": clock.start_of(today - timedelta(days=366)),
    }
    return [Figure(*row) for row in statements.rows(FIGURES, given)]


def day(unit_ids: Sequence[int]) -> list[Section]:
    found = figures(unit_ids, None)
    parts = {part: [one for one in found if one.part == part] for part in ("late", "today", "done")}
    return [
        Section(_("Late: %(count)s") % {"count": total(parts["late"])}, tuple(by_clause(parts["late"]))),
        Section(_("Due today: %(count)s") % {"count": total(parts["today"])}, tuple(by_person(parts["today"]))),
        Section(_("Done yesterday: %(count)s") % {"count": total(parts["done"])}, tuple(by_person(parts["done"]))),
    ]


def day_of_each(unit_ids: Sequence[int], staff_ids: Sequence[int]) -> Mapping[int, list[Section]]:
    grouped: dict[int, list[Figure]] = defaultdict(list)
    for one in figures(unit_ids, staff_ids):
        if one.staff_id is not None:
            grouped[one.staff_id].append(one)
    return {staff_id: own_day(found) for staff_id, found in grouped.items()}


def own_day(found: Sequence[Figure]) -> list[Section]:
    late = [one for one in found if one.part == "late"]
    counts = {part: total(one for one in found if one.part == part) for part in ("today", "done")}
    return [
        Section(_("Late: %(count)s") % {"count": total(late)}, tuple(own_lines(late))),
        Section(_("Due today: %(count)s") % {"count": counts["today"]}),
        Section(_("Done yesterday: %(count)s") % {"count": counts["done"]}),
    ]


def total(found: Iterable[Figure]) -> int:
    return sum(one.number for one in found)


def by_clause(found: Sequence[Figure]) -> list[str]:
    """One line for each clause, the people with the most first."""
    grouped: dict[str, list[Figure]] = defaultdict(list)
    for one in found:
        grouped[one.clause].append(one)
    lines = [f"{clause}{_(': ')}{people(of_clause)}" for clause, of_clause in list(grouped.items())[:MOST_CLAUSES]]
    if len(grouped) > MOST_CLAUSES:
        lines.append(_("%(count)s more clauses") % {"count": len(grouped) - MOST_CLAUSES})
    return lines


def by_person(found: Sequence[Figure]) -> list[str]:
    return [people(found)] if found else []


def people(found: Sequence[Figure]) -> str:
    return _(", ").join(f"{one.person} {one.number}" for one in found)


def own_lines(found: Sequence[Figure]) -> list[str]:
    lines = []
    for one in found[:MOST_CLAUSES]:
        oldest = clock.local_date(one.oldest - timedelta(microseconds=1)).isoformat() if one.oldest else ""
        words = {"clause": one.clause, "count": one.number, "day": oldest}
        lines.append(_("%(clause)s: %(count)s, due since %(day)s") % words)
    return lines


def climbed(channel: Channel) -> Mapping[int, list[Section]]:
    statements.rows(FORGET, {"channel": channel.pk, "long_ago": clock.now() - timedelta(days=90)})
    grouped: dict[int, list[Figure]] = defaultdict(list)
    for row in statements.rows(CLIMBED, _standing(channel)):
        one = Figure(*row)
        if one.staff_id is not None:
            grouped[one.staff_id].append(one)
    return {staff_id: [Section(found[0].person, tuple(own_lines(found)))] for staff_id, found in grouped.items()}


def begin(channel: Channel) -> None:
    Alerted.objects.filter(channel=channel).delete()
    statements.rows(CLIMBED, _standing(channel))


def _standing(channel: Channel) -> dict[str, Any]:
    firsts = first_late_rungs()
    given = {"channel": channel.pk, "units": list(channel.unit_ids), "now": clock.now()}
    return given | {"rules": list(firsts), "firsts": list(firsts.values())}


def first_late_rungs() -> dict[int, int]:
    """By rule: the number of the first rung that speaks of lateness; a reminder before it does not."""
    found = {}
    for rule in Rule.objects.exclude(version__state=VersionState.DRAFT):
        late = (n for n, rung in enumerate(rule.read.ladder, 1) if not rung.from_raised and rung.at.amount >= 0)
        if (first := next(late, None)) is not None:
            found[rule.pk] = first
    return found
