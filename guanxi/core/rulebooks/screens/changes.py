"""What a version changed against the one before it, clause by clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor

from ..catalogue import current_catalogue
from ..engine.reader import read_rulebook
from ..engine.rules import Rule
from ..models import Version, VersionState
from .rows import numbered
from .wording import how_it_runs, names_in

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Change:
    """`rows` are label, old and new of what is different; empty for a clause that came or went."""

    kind: str
    key: str
    number: str
    words: str
    rows: list[dict[str, str]] = field(default_factory=list)


def changes_of(version: Version, actor: Actor) -> list[Change] | None:
    """None when there is nothing before it to compare with."""
    before = version_before(version)
    if before is None:
        return None
    return compared(rules_of(before), rules_of(version), actor)


def version_before(version: Version) -> Version | None:
    earlier = version.rulebook.versions.exclude(state=VersionState.DRAFT).filter(number__lt=version.number)
    return earlier.order_by("-number").first()


def rules_of(version: Version) -> list[Rule]:
    """A draft that has problems by now (a role was removed) counts as empty; the page tells of the problems."""
    if version.state == VersionState.DRAFT:
        book = read_rulebook(version.text, current_catalogue())[0]
        return list(book.rules) if book else []
    return [row.read for row in version.rules.order_by("position")]


def compared(old: Sequence[Rule], new: Sequence[Rule], actor: Actor) -> list[Change]:
    before, after = {rule.id: rule for rule in old}, {rule.id: rule for rule in new}
    different = [rule for rule in new if before.get(rule.id) != rule]
    names = names_in([*different, *old], actor) if different else {}
    changes = [_change(before.get(rule.id), rule, actor, names) for rule in different]
    return changes + [_named(REMOVED, rule, actor) for rule in old if rule.id not in after]


def _change(old: Rule | None, new: Rule, actor: Actor, names: dict[str, str]) -> Change:
    return _named(CHANGED, new, actor, _rows(old, new, actor, names)) if old else _named(ADDED, new, actor)


def _named(kind: str, rule: Rule, actor: Actor, rows: Sequence[dict[str, str]] = ()) -> Change:
    number, words = numbered(article_of(rule, actor))
    return Change(kind, rule.id, number, words, list(rows))


def article_of(rule: Rule, actor: Actor) -> str:
    return rule.article if actor.language.startswith("zh") else rule.article_en or rule.article


def _rows(old: Rule, new: Rule, actor: Actor, names: dict[str, str]) -> list[dict[str, str]]:
    before, after = _facts(old, actor, names), _facts(new, actor, names)
    labels = list(dict.fromkeys([*before, *after]))
    rows = [{"label": label, "old": before.get(label, ""), "new": after.get(label, "")} for label in labels]
    return [row for row in rows if row["old"] != row["new"]]


def _facts(rule: Rule, actor: Actor, names: dict[str, str]) -> dict[str, str]:
    facts: dict[Any, str] = {_("Text"): article_of(rule, actor), _("Topic"): rule.topic}
    facts |= {_("Waits for"): rule.waits_for} if rule.waits_for else {}
    return {str(label): text for label, text in [*facts.items(), *how_it_runs(rule, actor, names)]}
