"""Checking a text and trying it without storing anything. What the command line and the screens call first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid
from guanxi.base.records.criteria.problems import Problem
from guanxi.base.records.criteria.wording import say

from .catalogue import current_catalogue
from .engine.reader import read_rulebook
from .engine.rules import Rule, Rulebook
from .models import Clause
from .phases.running import prepare
from .phases.scope import EVERYTHING
from .phases.trying import count_duties


class Faulty(Invalid):
    """The text has problems; `problems` hold line and column."""

    code = "faulty_rulebook"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__({"text": [located(problem) for problem in problems]})
        self.problems = problems


@dataclass(frozen=True)
class WouldRaise:
    """What a clause would raise today, were it in force. `waits_for`: it raises nothing yet; `lacks`: the parameters
    to be filled in first; `forbids`: it is a clause that forbids, and what."""

    clause: str
    article: str
    counts: dict[str, int] = field(default_factory=dict)
    waits_for: str = ""
    lacks: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    article_en: str = ""


def located(problem: Problem) -> str:
    place = {"line": problem.line, "column": problem.column, "problem": say(problem)}
    return gettext("Line %(line)s, column %(column)s: %(problem)s") % place


def check(text: str | bytes) -> list[Problem]:
    return read_rulebook(text, current_catalogue())[1]


def read_or_refuse(text: str | bytes) -> Rulebook:
    """Raises Faulty."""
    book, problems = read_rulebook(text, current_catalogue())
    if book is None:
        raise Faulty(problems)
    return book


@dataclass(frozen=True)
class Trial:
    """As an approver would decide: since when events count, until which day, for which units."""

    since: date
    until_on: date | None = None
    unit_ids: tuple[int, ...] = ()
    skips_past: bool = False
    effective_on: date | None = None


def dry_run(
    text: str | bytes,
    *,
    anchors_from: date | None = None,
    effective_on: date | None = None,
    until_on: date | None = None,
    unit_ids: Iterable[int] = (),
    skips_past: bool = False,
) -> list[WouldRaise]:
    """Counts of the duties each clause would raise now, beyond those its clause has already, and of the consequences
    it would have proposed by now. Raises Faulty."""
    book = read_or_refuse(text)
    since = anchors_from or effective_on or book.effective or clock.today()
    trial = Trial(since, until_on, tuple(unit_ids), skips_past, effective_on)
    return [_would_raise(book, rule, trial) for rule in book.rules]


def _would_raise(book: Rulebook, rule: Rule, trial: Trial) -> WouldRaise:
    plain = WouldRaise(rule.id, rule.article, article_en=rule.article_en)
    if lacks := tuple(book.lacking(rule)):
        return replace(plain, lacks=lacks)
    if rule.forbids:
        return replace(plain, forbids=rule.forbids.verbs)
    ready = prepare(
        rule,
        anchors_from=trial.since,
        effective_on=trial.effective_on,
        skips_past=trial.skips_past,
        unit_ids=trial.unit_ids,
    )
    if ready is None:
        return replace(plain, waits_for=rule.waits_for)
    known = Clause.objects.filter(rulebook__key=book.key, key=rule.id).values_list("id", flat=True).first()
    return replace(plain, counts=count_duties(replace(ready, clause_id=known, until_on=trial.until_on), EVERYTHING))
