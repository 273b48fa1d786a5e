"""What the product checks about rights by itself: each with its state, the evidence and what to do (SEC-05)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate

from .models import ComplianceReport
from .obligations import version_to_sign
from .reviewing import due_on
from .wording import Words

FINE, FOUND, UNKNOWN = "fine", "found", "unknown"
DORMANT = timedelta(days=90)
# More is counted, not listed.
MOST = 200
HELD = """
WITH held AS (
  SELECT s.id, s.name, s.pinyin, s.account_id, r.name AS role, r.name_en AS role_en, p.role_id
  FROM org_post p JOIN org_staff s ON s.id = p.staff_id JOIN org_role r ON r.id = p.role_id
  WHERE p.starts_on <= %(today)s AND (p.ends_on IS NULL OR p.ends_on >= %(today)s) AND s.left_on IS NULL
), may AS (SELECT h.id, h.name, h.pinyin, h.account_id, g.kind, g.verb, g.scope FROM held h
  JOIN org_grant g ON g.role_id = h.role_id)
"""
PERSON = "'/settings/staff/' || x.id"


def _people_with(first: str, second: str) -> str:
    """Who holds both, through whichever posts."""
    return f"""{HELD} SELECT x.name, '', {PERSON} FROM (SELECT id, name, pinyin FROM may GROUP BY id, name, pinyin
  HAVING bool_or({first}) AND bool_or({second})) x ORDER BY x.pinyin, x.id"""  # noqa: S608 (constants of this module)


ADMINISTERS = "kind IN ('account', 'role') AND verb = 'update'"
CUSTOMERS = "kind IN ('customer', 'fileform', 'contactform') AND verb = 'read'"
CHANGES_RIGHTS = "kind = 'role' AND verb IN ('update', 'create')"
# Nobody can change the trail, whatever the role (SEC-03): reading it takes nothing from anybody.
ERASES = "(kind = 'privacy' AND verb = 'update' OR kind = 'audit' AND verb <> 'read' OR verb = 'erase')"
READS_TRAIL = "kind = 'audit' AND verb = 'read'"
PRIVILEGED = (
    "(kind IN ('account', 'role') AND verb = 'update') OR kind = 'audit' OR (verb = 'reveal' AND scope = 'all')"
)
QUERIES = {
    "apart": _people_with(ADMINISTERS, CUSTOMERS),
    "duties": _people_with(CHANGES_RIGHTS, ERASES),
    # Who changes rights, where nobody reads the trail who does not.
    "unwatched": f"""{HELD}, sorted AS (SELECT id, name, pinyin, bool_or({CHANGES_RIGHTS}) AS changes,
    bool_or({READS_TRAIL} AND account_id IS NOT NULL) AS reads FROM may GROUP BY id, name, pinyin)
  SELECT x.name, '', {PERSON} FROM sorted x WHERE x.changes
    AND NOT EXISTS (SELECT FROM sorted w WHERE w.reads AND NOT w.changes) ORDER BY x.pinyin, x.id""",  # noqa: S608 (constants of this module)
    "dormant": """SELECT COALESCE(s.name, a.login), a.login,
  CASE WHEN s.id IS NULL THEN '/settings/staff' ELSE '/settings/staff/' || s.id END
  FROM org_account a LEFT JOIN org_staff s ON s.account_id = a.id
  WHERE a.is_active AND COALESCE(a.last_login, a.created_at) < %(dormant)s ORDER BY s.pinyin NULLS LAST, a.id""",
    "homeless": """SELECT COALESCE(s.name, a.login), a.login,
  CASE WHEN s.id IS NULL THEN '/settings/staff' ELSE '/settings/staff/' || s.id END
  FROM org_account a LEFT JOIN org_staff s ON s.account_id = a.id
  WHERE a.is_active AND (s.left_on < %(today)s OR NOT EXISTS (SELECT FROM org_post p WHERE p.staff_id = s.id
    AND p.starts_on <= %(today)s AND (p.ends_on IS NULL OR p.ends_on >= %(today)s))) ORDER BY a.id""",
    "tokens": """SELECT COALESCE(s.name, a.login), t.name,
  CASE WHEN s.id IS NULL THEN '/settings/staff' ELSE '/settings/staff/' || s.id END
  FROM org_apitoken t JOIN org_account a ON a.id = t.account_id LEFT JOIN org_staff s ON s.account_id = a.id
  WHERE t.ended_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(now)s
    AND COALESCE(t.last_used_at, t.created_at) < %(unused)s) ORDER BY t.id""",
    "wide": """SELECT r.name, string_agg(DISTINCT g.kind || ' ' || g.verb, ', '), '/settings/roles/' || r.id
  FROM org_grant g JOIN org_role r ON r.id = g.role_id
  WHERE g.scope = 'all' AND g.verb IN ('reveal', 'export') AND g.kind IN ('customer', 'fileform', 'contactform',
    'activity', 'coming', 'attendance', 'loan') GROUP BY r.id, r.name ORDER BY r.id""",
    "unsigned": f"""{HELD} SELECT x.name, '', {PERSON} FROM (SELECT DISTINCT id, name, pinyin FROM may
    WHERE {CUSTOMERS}) x
  WHERE NOT EXISTS (SELECT FROM ops_signature g WHERE g.version_id = %(version)s AND g.staff_id = x.id)
  ORDER BY x.pinyin, x.id""",  # noqa: S608 (constants of this module)
    "factor": f"""{HELD} SELECT x.name, '', {PERSON} FROM (SELECT DISTINCT id, name, pinyin, account_id FROM may
  WHERE {PRIVILEGED}) x JOIN org_account a ON a.id = x.account_id AND a.is_active
  WHERE a.second_factor_at IS NULL ORDER BY x.pinyin, x.id""",  # noqa: S608 (constants of this module)
}

Evidence = tuple[str, str, str]


@dataclass(frozen=True)
class Check:
    """`find` gives the evidence: who or what, a detail, where to correct it; None when it cannot be known here, and
    `unknown` says why. `say` puts a detail into the reader's words."""

    key: str
    title: Any
    to_do: Any
    find: Callable[[], list[Evidence] | None]
    unknown: Any = ""
    say: Callable[[str], str] = str


@dataclass(frozen=True)
class Finding:
    check: Check
    state: str
    evidence: list[Evidence]

    def told(self) -> list[Evidence]:
        return [(who, self.check.say(detail), url) for who, detail, url in self.evidence]

    def advice(self) -> str:
        """What to do, or why nothing could be looked at; empty when all is in order."""
        return str({FOUND: self.check.to_do, UNKNOWN: self.check.unknown}.get(self.state, ""))

    def kept(self) -> dict[str, Any]:
        return {"key": self.check.key, "state": self.state, "evidence": [list(one) for one in self.evidence]}


def _from(key: str) -> Callable[[], list[Evidence]]:
    return lambda: _rows(QUERIES[key])


def _rows(sql: str, **more: int) -> list[Evidence]:
    now = clock.now()
    given = {"today": clock.today(), "now": now, "dormant": now - DORMANT, "unused": now - DORMANT, **more}
    return [(str(who), str(detail), str(url)) for who, detail, url in statements.rows(sql, given)]


def _not_signed() -> list[Evidence] | None:
    """Of the text in force; without one there is nothing to sign: that nobody is missing would say nothing."""
    version = version_to_sign()
    return _rows(QUERIES["unsigned"], version=version.pk) if version else None


def _duties() -> list[Evidence]:
    return list(dict.fromkeys([*_rows(QUERIES["duties"]), *_rows(QUERIES["unwatched"])]))


def _rights_in_words(detail: str) -> str:
    words = Words()
    return gettext("; ").join(words.right([*right.split(" ", 1), "record"]) for right in detail.split(", "))


def _review_overdue() -> list[Evidence]:
    day = due_on()
    return [(str(day), "", "/settings/security/reviews")] if day < clock.today() else []


CHECKS = [
    Check(
        "apart",
        _("Who administers accounts or roles reads no customers"),
        _("Give the person a second account for customers, or take one of the two posts away."),
        _from("apart"),
    ),
    Check(
        "duties",
        _("Whoever changes permissions erases nobody, and somebody else reads the trail"),
        _("Separate the duties: one role changes permissions, another erases persons and reads the trail."),
        _duties,
    ),
    Check(
        "dormant",
        _("No account has been idle for more than 90 days"),
        _("Close the account; it can be opened again."),
        _from("dormant"),
    ),
    Check(
        "homeless",
        _("Every open account belongs to somebody who works here and has a post"),
        _("Close the account, or give the person a post."),
        _from("homeless"),
    ),
    Check(
        "tokens",
        _("Every API token has an end and is in use"),
        _("End the token in the review of rights, and create one with an end where it is needed."),
        _from("tokens"),
    ),
    Check(
        "wide",
        _("No role reveals or exports everything"),
        _("Narrow the right to a branch or unit, or keep it to a role that few people have."),
        _from("wide"),
        say=_rights_in_words,
    ),
    Check(
        "factor",
        _("Everybody with a privileged role has a second factor"),
        _("Ask the person to set up a second factor, or take the role away until then."),
        _from("factor"),
    ),
    Check(
        "unsigned",
        _("Everybody who reads customers has signed the confidentiality obligations"),
        _("Remind the person; the list of obligations shows who is missing."),
        _not_signed,
        unknown=_("No conduct text is in force, so nobody could sign anything. Have one approved first."),
    ),
    Check(
        "review",
        _("Rights were reviewed in time"),
        _("Begin a review and go through its lines."),
        _review_overdue,
    ),
]
BY_KEY = {check.key: check for check in CHECKS}


def examine(checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """All of them, now."""
    return [_found(check, check.find()) for check in checks]


def _found(check: Check, evidence: list[Evidence] | None) -> Finding:
    if evidence is None:
        return Finding(check, UNKNOWN, [])
    return Finding(check, FOUND if evidence else FINE, evidence[:MOST])


def read_again(kept: list[dict[str, Any]]) -> list[Finding]:
    """Of a report; checks that are no more are left out."""
    rows = [(BY_KEY[one["key"]], one) for one in kept if one["key"] in BY_KEY]
    return [Finding(check, one["state"], [tuple(row) for row in one["evidence"]]) for check, one in rows]


@action("ops:compliance:reported", _("%(who)s made a compliance report: %(count)s checks found something."))
def make_report(*, actor: Actor) -> ComplianceReport:
    gate.ask(actor, "update", ComplianceReport.KIND)
    findings = examine()
    report = ComplianceReport.objects.create(
        made_at=clock.now(), made_by_id=actor.staff_id, found=[one.kept() for one in findings]
    )
    count = sum(one.state == FOUND for one in findings)
    trail.record(ComplianceReport.KIND, report.pk, actor=actor, changes={"count": count, "checks": len(findings)})
    return report
