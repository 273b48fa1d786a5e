"""Conclude: what a rung proposes is put before whoever confirms it (POL-04). One statement: what is proposed now, what
falls away because its duty was corrected, and what passes to the next level because nobody decided in time (POL-05).

Nothing here takes anything from anybody: a proposal is a row somebody has to decide about, and everybody concerned
is told in the same statement.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from ..models import ProposalKind
from . import deciding, proposing
from .days import day_of
from .occurrences import new_statement
from .proposing import RungOf, proposing_rungs
from .running import RunningRule
from .scope import Scope
from .statement import Statement

PROPOSED, ABOUT_ME = "rulebooks:proposal:proposed", "rulebooks:proposal:about_me"
PASSED_UP, PASSED_ON = "rulebooks:proposal:passed_up", "rulebooks:proposal:passed_on"
FELL_AWAY, QUESTIONED = "rulebooks:proposal:fell_away", "rulebooks:proposal:questioned"
# Who is told what. The person concerned learns of each step that concerns him.
TOLD = f"""
SELECT id, confirmer_id AS recipient_id, '{PROPOSED}' AS kind FROM proposed
UNION ALL SELECT id, staff_id, '{ABOUT_ME}' FROM proposed
UNION ALL SELECT id, confirmer_id, '{PASSED_UP}' FROM passed_up
UNION ALL SELECT id, before_id, '{PASSED_ON}' FROM passed_up
UNION ALL SELECT id, confirmer_id, '{FELL_AWAY}' FROM fallen
UNION ALL SELECT id, staff_id, '{FELL_AWAY}' FROM fallen
UNION ALL SELECT id, decided_by_id, '{QUESTIONED}' FROM questioned
UNION ALL SELECT id, staff_id, '{QUESTIONED}' FROM questioned
"""
CHANGED = """
SELECT 'proposed' AS step, id, staff_id, confirmer_id, kind, amount, due_at, version FROM proposed
UNION ALL SELECT 'passed_up', id, staff_id, confirmer_id, kind, amount, due_at, version FROM passed_up
UNION ALL SELECT 'fell_away', id, staff_id, confirmer_id, kind, amount, due_at, version FROM fallen
UNION ALL SELECT 'questioned', id, staff_id, confirmer_id, kind, amount, due_at, version FROM questioned
"""
TELL = """
INSERT INTO messaging_message (recipient_id, kind, params, subject_kind, subject_id, group_key, dedupe_key, created_at)
SELECT o.recipient_id, o.kind, jsonb_build_object('person', s.name, 'confirmer', m.name, 'what', {what},
    'what_en', {what_en}, 'due_on', to_char({due_day}, 'YYYY-MM-DD'), 'article', %(article)s::text,
    'article_en', %(article_en)s::text, 'link', '/proposals/' || h.id),
  'proposal', h.id, o.kind || ':' || %(today)s::date, o.kind || ':' || h.id || ':' || h.version || ':' ||
  o.recipient_id, %(now)s
FROM changed h JOIN told o ON o.id = h.id JOIN org_staff s ON s.id = h.staff_id
LEFT JOIN org_staff m ON m.id = h.confirmer_id WHERE o.recipient_id IS NOT NULL
ON CONFLICT (dedupe_key) DO NOTHING RETURNING 1
"""
# The rule itself is who did it; each step about a person has its word in the trail.
TRAIL = """
INSERT INTO audit_entry (at, name, via, who, address, kind, subject_id, changes, personal)
SELECT %(now)s, 'rulebooks:proposal:' || step, 'system', left(%(article)s::text, 120), '', 'proposal', id,
  jsonb_strip_nulls(jsonb_build_object('staff', staff_id, 'confirmer', confirmer_id, 'kind', kind, 'amount', amount)),
  '{}'::jsonb
FROM changed RETURNING 1
"""
COUNTS = """SELECT (SELECT count(*) FROM proposed) AS proposed, (SELECT count(*) FROM passed_up) AS passed_up,
  (SELECT count(*) FROM fallen) AS fell_away, (SELECT count(*) FROM questioned) AS questioned,
  (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM trail) AS trail"""


def conclude(rule: RunningRule, scope: Scope) -> dict[str, int]:
    rungs = proposing_rungs(rule.spec.ladder)
    if not rungs:
        return {}
    statement = new_statement(rule, scope)
    statement.params |= {"article": rule.spec.article, "article_en": rule.spec.article_en or rule.spec.article}
    deciding.add_known(statement, rungs, scope)
    proposing.add_proposed(statement, rule, rungs, scope)
    deciding.add_changed(statement, rungs)
    statement.part("changed", CHANGED)
    statement.part("told", TOLD)
    _add_words(statement, rungs)
    statement.part("trail", TRAIL)
    counts = statement.run(COUNTS)
    return {name: count for name, count in counts.items() if name != "trail"}


def _add_words(statement: Statement, rungs: list[RungOf]) -> None:
    words = {"what": "zh-hans", "what_en": "en"}
    parts = {name: _what(statement, rungs, name, language) for name, language in words.items()}
    statement.part("messages", TELL.format(**parts, due_day=day_of("h.due_at - interval '1 second'")))


def _what(statement: Statement, rungs: list[RungOf], name: str, language: str) -> str:
    """The kind in words, with its amount: "Deduction ¥20.00"."""
    kinds = sorted({one.proposed.kind for one in rungs})
    with translation.override(language):
        statement.params |= {f"{name}_{kind}": gettext(str(ProposalKind(kind).label)) for kind in kinds}
    cases = " ".join(f"WHEN '{ProposalKind(kind).value}' THEN %({name}_{kind})s" for kind in kinds)
    amount = "CASE h.kind WHEN 'deduct' THEN to_char(h.amount, ' FM¥999999990.00') ELSE ' ' || trim_scale(h.amount) END"
    return f"(CASE h.kind {cases} ELSE h.kind END || COALESCE({amount}, ''))"
