"""Checking a text and trying it without storing anything. What the command line and the screens call first."""

from __future__ import annotations

from dataclasses import dataclass, field
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
from .phases.raising import count_duties
from .phases.running import RunningRule, prepare
from .phases.scope import EVERYTHING


class Faulty(Invalid):
    """The text has problems; `problems` hold line and column."""

    code = "faulty_rulebook"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__({"text": [located(problem) for problem in problems]})
        self.problems = problems


@dataclass(frozen=True)
class WouldRaise:
    """What a clause would raise today, were it in force. `waits_for`: it raises nothing yet."""

    clause: str
    article: str
    counts: dict[str, int] = field(default_factory=dict)
    waits_for: str = ""


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


def dry_run(text: str | bytes, *, anchors_from: date | None = None, skips_past: bool = False) -> list[WouldRaise]:
    """Counts of the duties each clause would raise now, beyond those its clause has already. Raises Faulty."""
    book = read_or_refuse(text)
    since = anchors_from or book.effective or clock.today()
    return [_would_raise(book.key, rule, since, skips_past) for rule in book.rules]


def _would_raise(key: str, rule: Rule, since: date, skips_past: bool) -> WouldRaise:
    ready = prepare(rule, anchors_from=since, skips_past=skips_past)
    if ready is None:
        return WouldRaise(rule.id, rule.article, waits_for=rule.waits_for)
    known = Clause.objects.filter(rulebook__key=key, key=ready.spec.id).values_list("id", flat=True).first()
    counts = count_duties(RunningRule(**{**vars(ready), "clause_id": known}), EVERYTHING)
    return WouldRaise(ready.spec.id, ready.spec.article, counts)
