"""A rule in plain words: when, for whom, by whom, in which steps, with what evidence, and who is told if it is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base.kernel.actor import Actor

from ..engine.durations import Duration
from ..engine.rules import Forbidden, Rule, Rung, Who
from ..queries.measures import Figures
from ..registry import GATES, SOURCES, SUBJECTS, evidence_for
from .audience import audience_words, roles_in
from .deeds import deed_of, length, people_of, role_names, who_of
from .reasons import asked_for

QUALITIES = {"record": gettext_lazy("a detailed record")}


def names_in(rules: Iterable[Rule], actor: Actor) -> dict[str, str]:
    """Of all people that these clauses name, read at once."""
    return role_names(actor, [who for rule in rules for who in (*people_of(rule), *roles_in(rule))])


def how_it_runs(rule: Rule, actor: Actor, names: dict[str, str] | None = None) -> list[tuple[Any, str]]:
    """Label and text; empty for a clause that waits. For many clauses, `names` are read before."""
    names = names_in([rule], actor) if names is None else names
    if rule.forbids:
        return forbidding(rule, rule.forbids, names)
    if rule.waits_for or not rule.steps:
        return []
    pairs = [
        (_("When"), trigger_of(rule)),
        (_("For whom"), audience_words(rule, names)),
        (_("Done by"), done_by(rule, names)),
        (_("Steps"), _("; ").join(step_of(step.due, text_of(step, actor)) for step in rule.steps)),
        (_("Settled by"), " · ".join(settled_by(rule))),
        (_("When it gets late"), _("; ").join(rung_words(rung, names) for rung in rule.ladder)),
        (_("Target"), _("%(share)s%% in time") % {"share": rule.target} if rule.target is not None else ""),
        (_("Note"), deduction_note(rule)),
    ]
    return [(label, text) for label, text in pairs if text]


def forbidding(rule: Rule, forbids: Forbidden, names: dict[str, str]) -> list[tuple[Any, str]]:
    subject = SUBJECTS.find(rule.subject)
    verbs = [GATES.find(f"{rule.subject}:{verb}") for verb in forbids.verbs]
    labels = [str(gate.label) if gate else verb for gate, verb in zip(verbs, forbids.verbs, strict=True)]
    permit = _("with a permit, for one time, given by: %(role)s")
    nobody = _("nothing; nobody may permit it")
    return [
        (_("About"), str(subject.label) if subject else rule.subject),
        (_("Forbids"), _(", ").join(labels)),
        (
            _("Except"),
            permit % {"role": names.get(forbids.permit_by, forbids.permit_by)} if forbids.permit_by else nobody,
        ),
    ]


def settled_by(rule: Rule) -> list[str]:
    """What the clause wants to see, in the words of whoever provides it."""
    wanted = rule.evidence
    if wanted is None:
        return []
    found = evidence_for(wanted.provider, wanted.kinds, rule.subject)
    if wanted.provider == "activity" or found is None:
        pieces = asked_for(wanted)
    else:
        kinds = _(" or ").join(str(found.labels.get(kind, kind)) for kind in wanted.kinds)
        pieces = [kinds if kinds == str(found.label) else f"{found.label}{_(': ')}{kinds}"]
        pieces += [str(found.labels.get(word) or QUALITIES.get(word, word)) for word in wanted.qualities]
        pieces += [_("recorded the same day")] if wanted.same_day else []
    return [*pieces, _("by whomever")] if wanted.by == "anyone" else pieces


def deduction_note(rule: Rule) -> str:
    """Pay is protected by law: the text of a company alone does not make a deduction lawful."""
    if not any(rung.proposed and rung.proposed.kind == "deduct" for rung in rule.ladder):
        return ""
    return _(
        "A deduction is proposed, never made: labour law and the contract must be checked before it is confirmed. An"
        " amount of 0 is possible."
    )


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


def done_by(rule: Rule, names: dict[str, str]) -> str:
    """The owner of a day of work or of a departure is the person whose it is."""
    subject = SUBJECTS.find(rule.subject)
    if rule.by.kind == "owner" and subject and not subject.has_customer:
        return _("the person themselves")
    return by_of(rule.by, names)


def rung_words(rung: Rung, names: dict[str, str]) -> str:
    return _("%(when)s %(what)s") % {"when": distance(rung), "what": deed_of(rung, names)}


def step_of(due: Duration, purpose: str) -> str:
    if not due.amount:
        return _("on the same day: %(purpose)s") % {"purpose": purpose}
    return _("within %(time)s: %(purpose)s") % {"time": length(due), "purpose": purpose}


def distance(rung: Rung) -> str:
    at = rung.at
    if rung.from_raised:
        return _("at once:")
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
    is_gate: bool = False
