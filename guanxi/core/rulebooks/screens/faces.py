"""Clauses as the company wrote them, each with what it made of a month and of the months before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guanxi.base.kernel.actor import Actor

from ..models import Rule
from ..phases.running import versions_in_force
from ..queries.measures import Figures, Measures
from ..queries.months import Month
from .rows import numbered

TREND = 6


@dataclass(frozen=True)
class ClauseLine:
    """`months` are the figures of the last months, the one asked for at the end."""

    clause_id: int
    key: str
    rulebook: str
    title: str
    number: str
    words: str
    target: int | None
    is_in_force: bool
    months: list[Figures]

    @property
    def figures(self) -> Figures:
        return self.months[-1]

    def points(self, months: list[Month]) -> list[tuple[str, float | None]]:
        return trend_points(months, self.months)


def trend_points(months: list[Month], figures: Iterable[Figures]) -> list[tuple[str, float | None]]:
    return [(month.text, one.share) for month, one in zip(months, figures, strict=True)]


def clause_lines(found: Measures, actor: Actor, *, rulebook: str = "") -> list[ClauseLine]:
    """The clauses in force that ask for something, in the company's order; then those that no longer hold and still
    made something of this month."""
    rows = Rule.objects.select_related("clause", "version__rulebook").defer("version__text")
    in_force = rows.filter(version_id__in=versions_in_force()).order_by("version__rulebook__key", "position")
    if rulebook:
        in_force = in_force.filter(version__rulebook__key=rulebook)
    current = [rule for rule in in_force if asks(rule)]
    known = {rule.clause_id for rule in current}
    gone = [clause for clause in found.by_clause if clause not in known and found.of(clause).raised]
    return [_line(rule, found, actor, True) for rule in current] + [
        _line(rule, found, actor, False) for rule in (_latest(gone) if gone else [])
    ]


def asks(rule: Rule) -> bool:
    """Clauses that forbid, and those that wait for something, have no figures."""
    return bool(rule.spec["steps"]) and not rule.spec.get("waits_for")


def _latest(clauses: list[int]) -> list[Rule]:
    worded = Rule.objects.filter(clause_id__in=clauses).exclude(version__state="draft")
    worded = worded.select_related("clause", "version__rulebook").defer("version__text")
    return list(worded.order_by("clause_id", "-version__number").distinct("clause_id"))


def _line(rule: Rule, found: Measures, actor: Actor, is_in_force: bool) -> ClauseLine:
    is_chinese = actor.language.startswith("zh")
    number, words = numbered(rule.article if is_chinese else rule.article_en or rule.article)
    book = rule.version.rulebook
    title = book.title if is_chinese else book.title_en or book.title
    months = found.trend(rule.clause_id)
    target = rule.spec.get("target")
    return ClauseLine(rule.clause_id, rule.clause.key, book.key, title, number, words, target, is_in_force, months)
