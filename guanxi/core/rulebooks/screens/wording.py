"""A rule in plain words: when, for whom, by whom, in which steps, with what evidence, and who is told if it is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor

from ..engine.durations import Duration, Unit
from ..engine.rules import Rule, Who
from ..queries.measures import Figures
from ..registry import SOURCES, SUBJECTS
from .duty import deed_of, role_names, who_of
from .reasons import asked_for


def how_it_runs(rule: Rule, actor: Actor) -> list[tuple[Any, str]]:
    """Label and text; empty for a clause that waits."""
    if rule.waits_for or not rule.steps:
        return []
    roles = role_names(actor, [rule.by, *(rung.to for rung in rule.ladder)])
    pairs = [
        (_("When"), trigger_of(rule)),
        (_("For whom"), rule.who or _("every one")),
        (_("Done by"), by_of(rule.by, roles)),
        (_("Steps"), _("; ").join(step_of(step.due, text_of(step, actor)) for step in rule.steps)),
        (_("Settled by"), " · ".join(asked_for(rule.evidence)) if rule.evidence else ""),
        (_("When it gets late"), _("; ").join(f"{distance(rung.at)} {deed_of(rung, roles)}" for rung in rule.ladder)),
        (_("Target"), _("%(share)s%% in time") % {"share": rule.target} if rule.target is not None else ""),
    ]
    return [(label, text) for label, text in pairs if text]


def text_of(step: Any, actor: Actor) -> str:
    return str(step.purpose if actor.language.startswith("zh") else step.purpose_en or step.purpose)


def trigger_of(rule: Rule) -> str:
    source, subject = SOURCES.find(f"{rule.subject}:{rule.when}"), SUBJECTS.find(rule.subject)
    return str(source.label) if source else f"{subject.label if subject else rule.subject}: {rule.when}"


def by_of(who: Who, roles: dict[str, str]) -> str:
    if who.kind == "role":
        return _("the nearest %(role)s") % {"role": roles.get(who.name, who.name)}
    if who.kind == "team":
        return _("%(role)s in the customer's team") % {"role": who.name}
    return who_of(who, roles)


def step_of(due: Duration, purpose: str) -> str:
    return _("within %(time)s: %(purpose)s") % {"time": length(due), "purpose": purpose}


def length(duration: Duration) -> str:
    count = abs(duration.amount)
    if count == 1:
        ones = {
            Unit.DAY: _("1 day"),
            Unit.WORKDAY: _("1 working day"),
            Unit.WEEK: _("1 week"),
            Unit.MONTH: _("1 month"),
        }
        return ones[duration.unit]
    texts = {
        Unit.DAY: _("%(count)s days"),
        Unit.WORKDAY: _("%(count)s working days"),
        Unit.WEEK: _("%(count)s weeks"),
        Unit.MONTH: _("%(count)s months"),
    }
    return texts[duration.unit] % {"count": count}


def distance(at: Duration) -> str:
    if at.amount == 0:
        return _("on the due day:")
    text = _("%(time)s before:") if at.amount < 0 else _("%(time)s after:")
    return text % {"time": length(at)}


@dataclass(frozen=True)
class Face:
    """One clause as the page shows it, with its figures of the month and its share in time of the last months."""

    clause_id: int
    key: str
    article: str
    number: str
    words: str
    waits_for: str
    how: list[tuple[Any, str]]
    figures: Figures
    trend: list[tuple[str, float | None]]
    target: int | None = None
