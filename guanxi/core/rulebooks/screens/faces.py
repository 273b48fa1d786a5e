"""Clauses as the company wrote them, each with what it made of a month and of the months before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

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


class Wording(NamedTuple):
    """A clause as a version words it, with what a line needs and no more: pages show dozens."""

    clause_id: int
    key: str
    rulebook: str
    title: str
    title_en: str
    article: str
    article_en: str
    target: int | None


WORDED = (
    "clause_id",
    "clause__key",
    "version__rulebook__key",
    "version__rulebook__title",
    "version__rulebook__title_en",
    "article",
    "article_en",
    "spec__target",
)


def clause_lines(found: Measures, actor: Actor, *, rulebook: str = "") -> list[ClauseLine]:
    """The clauses in force that ask for something, in the company's order; then those that no longer hold and still
    made something of this month."""
    in_force = asking(Rule.objects.filter(version_id__in=versions_in_force()))
    if rulebook:
        in_force = in_force.filter(version__rulebook__key=rulebook)
    rows = in_force.order_by("version__rulebook__key", "position").values_list(*WORDED)
    current = [Wording(*row) for row in rows]
    known = {one.clause_id for one in current}
    gone = [clause for clause in found.by_clause if clause not in known and found.of(clause).raised]
    return [_line(one, found, actor, True) for one in current] + [
        _line(one, found, actor, False) for one in (_latest(gone) if gone else [])
    ]


def asking(rules: QuerySet[Rule]) -> QuerySet[Rule]:
    """Clauses that forbid, and those that wait for something, have no figures."""
    return rules.exclude(spec__steps=[]).filter(spec__waits_for="")


def _latest(clauses: list[int]) -> list[Wording]:
    worded = Rule.objects.filter(clause_id__in=clauses).exclude(version__state="draft")
    rows = worded.order_by("clause_id", "-version__number").distinct("clause_id").values_list(*WORDED)
    return [Wording(*row) for row in rows]


def _line(one: Wording, found: Measures, actor: Actor, is_in_force: bool) -> ClauseLine:
    is_chinese = actor.language.startswith("zh")
    number, words = numbered(one.article if is_chinese else one.article_en or one.article)
    title = one.title if is_chinese else one.title_en or one.title
    months = found.trend(one.clause_id)
    return ClauseLine(one.clause_id, one.key, one.rulebook, title, number, words, one.target, is_in_force, months)
