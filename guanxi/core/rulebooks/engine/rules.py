"""A rulebook as read: what the engine works on and what is stored with each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from .durations import Duration, Unit


@dataclass(frozen=True)
class Who:
    """`kind` is owner, superior, assignee, role or team; `name` the role."""

    kind: str
    name: str = ""


@dataclass(frozen=True)
class Step:
    due: Duration
    purpose: str
    purpose_en: str = ""


@dataclass(frozen=True)
class Wanted:
    """What settles a duty: pieces of `provider`, of these kinds, with these qualities."""

    provider: str
    kinds: tuple[str, ...]
    qualities: tuple[str, ...] = ()
    same_day: bool = False
    by: str = "assignee"


@dataclass(frozen=True)
class Rung:
    at: Duration
    deed: str
    to: Who


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

    @property
    def empty_parameters(self) -> list[str]:
        return [name for name, value in self.parameters.items() if not value]


def rule_from_json(data: Mapping[str, Any]) -> Rule:
    evidence = data["evidence"]
    return Rule(
        **{name: data[name] for name in _PLAIN},
        by=Who(**data["by"]),
        steps=tuple(Step(**{**step, "due": _duration(step["due"])}) for step in data["steps"]),
        evidence=_wanted(evidence) if evidence else None,
        ladder=tuple(Rung(_duration(rung["at"]), rung["deed"], Who(**rung["to"])) for rung in data["ladder"]),
    )


def _wanted(data: Mapping[str, Any]) -> Wanted:
    lists = {"kinds": tuple(data["kinds"]), "qualities": tuple(data["qualities"])}
    return Wanted(**{**data, **lists})


_PLAIN = ("id", "article", "topic", "article_en", "waits_for", "subject", "when", "who", "target")


def _duration(data: Mapping[str, Any]) -> Duration:
    return Duration(data["amount"], Unit(data["unit"]))
