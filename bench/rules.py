"""The phases for one rule over everything, beside the statement a person would write for that rule alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.models import Rule
from guanxi.core.rulebooks.packs import pack_text
from guanxi.core.rulebooks.phases.climbing import climb_ladder
from guanxi.core.rulebooks.phases.raising import raise_duties
from guanxi.core.rulebooks.phases.running import RunningRule, running_rules
from guanxi.core.rulebooks.phases.scope import EVERYTHING
from guanxi.core.rulebooks.phases.settling import settle_duties

from .measure import Figure, compare_writes
from .pages import card_figure, workbench_figure

RAISE = """
INSERT INTO rulebooks_duty (clause_id, rule_id, subject_kind, subject_id, customer_id, unit_id, occurrence, step, assignee_id,
  purpose, purpose_en, opens_at, due_at, base_due_at, is_caught_up, created_at)
SELECT %(clause)s, %(rule)s, 'fileform', f.id, f.customer_id, c.unit_id, '', s.step, c.owner_id, s.purpose, '',
  ((f.completed_on + s.after) AT TIME ZONE 'Asia/Shanghai'), x.due_at, x.due_at, x.due_at <= %(now)s, %(now)s
FROM archive_fileform f JOIN customers_customer c ON c.id = f.customer_id
CROSS JOIN (VALUES (1, 0, 3, 'a'), (2, 3, 30, 'b'), (3, 30, 60, 'c')) s(step, after, days, purpose)
CROSS JOIN LATERAL (SELECT ((f.completed_on + s.days + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS due_at) x
WHERE f.purchased AND f.removed_at IS NULL AND c.removed_at IS NULL AND c.deceased_on IS NULL AND NOT c.is_do_not_disturb
  AND f.completed_on >= %(since)s
  AND NOT EXISTS (SELECT 1 FROM rulebooks_duty d WHERE d.clause_id = %(clause)s AND d.subject_id = f.id
    AND d.occurrence = '' AND d.step = s.step AND d.slot = 0)
ON CONFLICT DO NOTHING
"""
# One call settles the step whose window it falls into: simpler than the product's matching, which also gives later
# calls to earlier steps that are still open.
SETTLE = """
UPDATE rulebooks_duty d SET state = 'done', settled_at = e.happened_at, settled_activity_id = e.id, evidence_id = e.id,
  evidence_key = 'activity',
  settled_late = e.happened_at >= d.due_at, version = d.version + 1
FROM (SELECT DISTINCT ON (d.id) d.id AS duty_id, a.id, a.happened_at FROM rulebooks_duty d
  JOIN activities_activity a ON a.customer_id = d.customer_id AND a.happened_at >= d.opens_at AND a.staff_id = d.assignee_id
  WHERE d.rule_id = %(rule)s AND d.state = 'open' AND d.opens_at <= %(now)s AND a.kind IN ('call', 'visit')
    AND a.removed_at IS NULL AND a.result <> '' AND a.note_state = 'detailed'
    AND (a.recorded_at AT TIME ZONE 'Asia/Shanghai')::date = (a.happened_at AT TIME ZONE 'Asia/Shanghai')::date
    AND (a.subject_id IS NULL OR (a.subject_kind = d.subject_kind AND a.subject_id = d.subject_id))
    AND NOT EXISTS (SELECT 1 FROM rulebooks_duty later WHERE later.clause_id = d.clause_id
      AND later.subject_id = d.subject_id AND later.step = d.step + 1 AND later.opens_at <= a.happened_at)
    AND NOT EXISTS (SELECT 1 FROM rulebooks_duty u WHERE u.evidence_id = a.id AND u.clause_id = d.clause_id)
  ORDER BY d.id, a.happened_at, a.id) e
WHERE d.id = e.duty_id AND d.state = 'open'
"""
CLIMB = """
WITH hit AS (
  SELECT d.id, d.assignee_id, d.customer_id, d.subject_kind, d.subject_id, d.due_at, d.purpose FROM rulebooks_duty d
  WHERE d.rule_id = %(rule)s AND d.state = 'open' AND NOT d.is_caught_up AND d.rung < 2 AND d.due_at <= %(late)s
    AND d.assignee_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM org_absence x WHERE x.staff_id = d.assignee_id AND %(today)s BETWEEN x.starts_on AND x.ends_on)
), boss AS (
  SELECT p.staff_id, min(s.staff_id) AS superior_id FROM org_post p JOIN org_post s ON s.id = p.superior_id GROUP BY p.staff_id
), told AS (
  INSERT INTO messaging_message (recipient_id, kind, params, duty_id, subject_kind, subject_id, group_key, dedupe_key, created_at)
  SELECT b.superior_id, 'late', jsonb_build_object('customer', c.name, 'assignee', a.name, 'purpose', h.purpose,
      'due_on', to_char(h.due_at, 'YYYY-MM-DD')), h.id, h.subject_kind, h.subject_id, 'late', 'bench:' || h.id, %(now)s
  FROM hit h JOIN boss b ON b.staff_id = h.assignee_id JOIN customers_customer c ON c.id = h.customer_id
  JOIN org_staff a ON a.id = h.assignee_id ON CONFLICT (dedupe_key) DO NOTHING
)
UPDATE rulebooks_duty d SET rung = 2 FROM hit WHERE d.id = hit.id
"""
KEY = "buyer-callback"


def approve_pack() -> None:
    gm = Staff.objects.get(account__login="gm")
    actor = Actor(gm.name, "command", account_id=gm.account_id, staff_id=gm.pk)
    if not Rule.objects.exists():
        version = save_draft(pack_text("huixiao-archive"), actor=actor)
        since = clock.today() - timedelta(days=75)
        approve_version(version.pk, actor=actor, effective_on=since, anchors_from=since)


def the_rule() -> RunningRule:
    """The buyers' callbacks: three steps, the most work of the pack."""
    found = [rule for rule in running_rules() if len(rule.spec.steps) == 3 and rule.spec.by.kind == "owner"]
    return found[0]


def runs(sql: str, values: dict[str, object]) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    return run


def rule_figures() -> list[Figure]:
    rule, now = the_rule(), clock.now()
    values: dict[str, object] = {
        "clause": rule.clause_id,
        "rule": rule.id,
        "now": now,
        "since": rule.anchors_from,
        "late": now - timedelta(days=1),
        "today": clock.today(),
    }
    figures = [
        compare_writes("raise, one rule over all", lambda: raise_duties(rule, EVERYTHING), runs(RAISE, values), bar=1.5)
    ]
    raise_duties(rule, EVERYTHING)
    analyse()
    figures.append(
        compare_writes("settle, one rule over all", lambda: settle_duties(rule, EVERYTHING), runs(SETTLE, values), bar=None,
                       note="the hand-written statement matches windows only, not series")
    )  # fmt: skip
    settle_duties(rule, EVERYTHING)
    with connection.cursor() as cursor:
        # What was late but folded away becomes late in earnest, so that the ladder has work.
        cursor.execute("UPDATE rulebooks_duty SET is_caught_up = FALSE WHERE state = 'open'")
    analyse()
    figures.append(
        compare_writes(
            "climb, one rule over all", lambda: climb_ladder(rule, EVERYTHING), runs(CLIMB, values), bar=None
        )
    )
    return figures


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE rulebooks_duty")


def figures(size: str) -> list[Figure]:
    """And the pages that show what the rules have made."""
    approve_pack()
    return [*rule_figures(), card_figure(), workbench_figure()]
