"""A rulebook as read: what the engine works on and what is stored with each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from .durations import Duration, Unit


@dataclass(frozen=True)
class Who:
    """`kind` is owner, superior, assignee, role, team, named (a staff number) or person (a word the subject knows, such
    as `collector`); `name` the role, the number, the word."""

    kind: str
    name: str = ""


@dataclass(frozen=True)
class Step:
    due: Duration
    purpose: str
    purpose_en: str = ""


@dataclass(frozen=True)
class Wanted:
    """What settles a duty: pieces of `provider` (activity, form, state, file), of these kinds, with these qualities."""

    provider: str
    kinds: tuple[str, ...]
    qualities: tuple[str, ...] = ()
    same_day: bool = False
    by: str = "assignee"


@dataclass(frozen=True)
class Amount:
    """A fixed `value`, or what the field `field` of the subject says; never outside `least` and `most`. Decimals are
    kept as texts ("20.00"), in yuan for deductions and points for scores."""

    value: str = ""
    field: str = ""
    least: str = ""
    most: str = ""


A_WEEK = Duration(7)


@dataclass(frozen=True)
class Proposed:
    """What a rung proposes: `kind` is notice, score, deduct or reassign; against whom; who confirms it within which
    time (POL-04, POL-05). Parameters of the rulebook are filled in already."""

    kind: str
    amount: Amount = Amount()
    against: Who = Who("assignee")
    confirmed_by: Who = Who("superior")
    within: Duration = A_WEEK


@dataclass(frozen=True)
class Rung:
    """`at` is counted from the day the duty is due, or from the moment it was raised (`from_raised`, amount 0)."""

    at: Duration
    deed: str
    to: Who
    proposed: Proposed | None = None
    from_raised: bool = False


@dataclass(frozen=True)
class Forbidden:
    """A clause that forbids: `verbs` on records of the subject, unless a permit is given by holders of `permit_by`
    (empty: nobody may allow it)."""

    verbs: tuple[str, ...]
    permit_by: str = ""


@dataclass(frozen=True)
class Rule:
    """`who` is criteria in text form. `waits_for` names what must exist first; such a rule raises nothing."""

    id: str
    article: str
    topic: str
    article_en: str = ""
    waits_for: str = ""
    subject: str = ""
    when: str = ""
    who: str = ""
    by: Who = Who("owner")
    steps: tuple[Step, ...] = ()
    evidence: Wanted | None = None
    ladder: tuple[Rung, ...] = ()
    target: int | None = None
    forbids: Forbidden | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Rulebook:
    key: str
    title: str
    title_en: str = ""
    source: str = ""
    effective: date | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    # Which clauses use a parameter, by its name.
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Who wrote, reviewed and answers for it, since when, beside which other papers: what stands on a title page.
    particulars: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    @property
    def empty_parameters(self) -> list[str]:
        return [name for name, value in self.parameters.items() if not value]

    def lacking(self, rule: Rule) -> list[str]:
        """The values without which this clause cannot run."""
        return [name for name in self.empty_parameters if rule.id in self.uses.get(name, ())]


def rule_from_json(data: Mapping[str, Any]) -> Rule:
    evidence, forbids = data["evidence"], data.get("forbids")
    return Rule(
        **{name: data[name] for name in _PLAIN},
        by=Who(**data["by"]),
        steps=tuple(Step(**{**step, "due": _duration(step["due"])}) for step in data["steps"]),
        evidence=_wanted(evidence) if evidence else None,
        ladder=tuple(_rung(rung) for rung in data["ladder"]),
        forbids=Forbidden(tuple(forbids["verbs"]), forbids["permit_by"]) if forbids else None,
    )


def _rung(data: Mapping[str, Any]) -> Rung:
    proposed = data.get("proposed")
    return Rung(
        _duration(data["at"]),
        data["deed"],
        Who(**data["to"]),
        _proposed(proposed) if proposed else None,
        data.get("from_raised", False),
    )


def _proposed(data: Mapping[str, Any]) -> Proposed:
    return Proposed(
        data["kind"],
        Amount(**data["amount"]),
        Who(**data["against"]),
        Who(**data["confirmed_by"]),
        _duration(data["within"]),
    )


def _wanted(data: Mapping[str, Any]) -> Wanted:
    lists = {"kinds": tuple(data["kinds"]), "qualities": tuple(data["qualities"])}
    return Wanted(**{**data, **lists})


_PLAIN = ("id", "article", "topic", "article_en", "waits_for", "subject", "when", "who", "target")


def _duration(data: Mapping[str, Any]) -> Duration:
    return Duration(data["amount"], Unit(data["unit"]))
