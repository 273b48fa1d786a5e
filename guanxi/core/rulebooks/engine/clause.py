"""One clause: a duty, something forbidden, or one that waits for what does not exist yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from guanxi.base.records.criteria.problems import Problem, _, unknown

from .audience import read_audience
from .catalogue import NO_SUBJECT, Catalogue, SubjectNames
from .durations import Duration, Unit
from .ladder import DURATION, out_of_order, rung_shape
from .parameters import Filled
from .people import People
from .rules import Forbidden, Rule, Step, Who
from .shapes import SLUG, Key, List, Read, Shape, Text, Word
from .wanted import WantedReader
from .yaml_text import Item, Mapping, Report, Scalar

DUTY_KEYS = ("when", "who", "by", "steps", "evidence", "ladder", "target")
OPTIONAL = ("waits_for", "subject", "when", "by", "steps", "evidence", "ladder", "target")
ALIVE_NEEDS = ("subject", "when", "by", "steps", "evidence")
# What a waiting clause names may not exist yet; what it misspells stays an error.
FORGIVEN = frozenset(
    {"not_yet", "unknown_choice", "unknown_role", "unknown_person", "unknown_amount", "evidence_with", "evidence_apart"}
)
PERCENT = Filled(
    Read(
        lambda text: int(text.strip()[:-1]) if text.strip().removesuffix("%").isdigit() and "%" in text else None,
        Problem("percent", _("A share such as 95%% is expected here.")),
        {"type": "string", "pattern": "^[0-9]{1,3}%$"},
    ),
    None,
)


@dataclass(frozen=True)
class ClauseReader:
    """The subject decides which people, evidence and gates a clause may name."""

    catalogue: Catalogue

    def read(self, item: Item, report: Report) -> Any:
        report.mentioned = []
        rule = self._shape(_text(item, "subject")).read(item, report)
        return rule and Mentioning(rule, tuple(dict.fromkeys(report.mentioned)))

    def schema(self) -> dict[str, Any]:
        return self._shape("").schema()

    def _shape(self, subject: str) -> Shape:
        names, catalogue = self.catalogue.subjects.get(subject, NO_SUBJECT), self.catalogue
        keys = (
            Key("id", SLUG, "The permanent key of the clause: duties are known by it across versions.", required=True),
            Key("article", Text(), "The clause as the company wrote it.", required=True),
            Key("article_en", Text(), "The clause in English."),
            Key("topic", SLUG, "Rulebooks can only contradict each other within one topic.", required=True),
            Key("waits_for", Text(), "What does not exist yet. Such a clause is shown and raises nothing."),
            Key("subject", Text(), "What the clause is about."),
            Key("when", Text(), "The source: which occurrences there are and the day each counts from."),
            Key("who", Text(longest=4000), "Criteria about the subject, such as purchased = yes. Else: every one."),
            Key("by", People(catalogue, ("owner", "superior"), names.people), "Who has the duty."),
            Key("steps", List(_step_shape()), "What is due when. A step opens when the one before is due."),
            Key("evidence", WantedReader(catalogue, subject), "What settles a step. One piece settles one step."),
            Key("ladder", List(rung_shape(catalogue, names)), "Who is told, and what is proposed, as it gets later."),
            Key("target", _target_shape(), "What share the company wants."),
            Key("forbids", List(Word(names.gates)), "What nobody may do with the record."),
            Key("unless", _unless_shape(catalogue), "Who may permit what the clause forbids, once each time."),
        )
        return Shape(keys, self._finish)

    def _finish(self, values: dict[str, Any], item: Mapping, report: Report) -> Rule:
        rule = Rule(
            id=values.get("id", ""),
            topic=values.get("topic", ""),
            article=values.get("article", ""),
            article_en=values.get("article_en", ""),
            **{name: values[name] for name in OPTIONAL if name in values},
        )
        if rule.waits_for:
            read_audience(item, report, None)
            _forgive(item, report)
            return Rule(rule.id, rule.article, rule.topic, rule.article_en, waits_for=rule.waits_for)
        if "forbids" in item.entries:
            return self._forbidding(rule, values, item, report)
        for problem, at in _cross_checks(rule, item, self.catalogue, report):
            report.add(problem, at)
        return replace(rule, who=read_audience(item, report, self.catalogue.subjects.get(rule.subject)))

    def _forbidding(self, rule: Rule, values: dict[str, Any], item: Mapping, report: Report) -> Rule:
        for problem, at in _subject_problems(rule, item, self.catalogue):
            report.add(problem, at)
        for name in DUTY_KEYS:
            if name in item.entries:
                text = _('A clause that forbids has no "%(name)s".')
                report.add(Problem("forbids_no_duty", text, {"name": name}), item.keys[name])
        forbids = Forbidden(tuple(values.get("forbids", ())), values.get("unless") or "")
        plain = (rule.id, rule.article, rule.topic, rule.article_en)
        return Rule(*plain, subject=rule.subject, forbids=forbids)


@dataclass(frozen=True)
class Mentioning:
    """A clause, and the parameters it mentions."""

    rule: Rule
    parameters: tuple[str, ...]


def _step_shape() -> Shape:
    keys = (
        Key("due", DURATION, "Within this time; the last day is included and ends at 24:00.", required=True),
        Key("purpose", Text(longest=200), "What the step is for.", required=True),
        Key("purpose_en", Text(longest=200), "The purpose in English."),
    )
    return Shape(
        keys,
        lambda values, _item, _report: Step(
            values.get("due") or Duration(0), values.get("purpose", ""), values.get("purpose_en", "")
        ),
    )


def _target_shape() -> Shape:
    return Shape((Key("in_time", PERCENT, "The share done in time."),), lambda values, _i, _r: values.get("in_time"))


def _unless_shape(catalogue: Catalogue) -> Shape:
    keys = (Key("permit", People(catalogue, ()), "Holders of this role may permit it.", required=True),)
    return Shape(keys, _finish_unless)


def _finish_unless(values: dict[str, Any], item: Mapping, report: Report) -> str:
    who = values.get("permit") or Who("nobody")
    if who.kind in {"team", "named"}:
        report.add(Problem("permit_role", _("A permit is given by a role: {role: general-manager}.")), item)
    return who.name


def _forgive(item: Mapping, report: Report) -> None:
    end = _last_line(item)
    report.problems[:] = [p for p in report.problems if p.code not in FORGIVEN or not item.line <= p.line <= end]


def _last_line(item: Item) -> int:
    if isinstance(item, Scalar):
        return item.line
    children = item.entries.values() if isinstance(item, Mapping) else item.items
    return max([item.line, *(_last_line(child) for child in children)])


def _cross_checks(rule: Rule, item: Mapping, catalogue: Catalogue, report: Report) -> Iterator[tuple[Problem, Item]]:
    if "unless" in item.entries:
        yield Problem("unless_forbids", _('"unless" belongs to a clause that forbids.')), item.keys["unless"]
    for name in ALIVE_NEEDS:
        if name not in item.entries:
            yield Problem("key_missing", _('"%(name)s" is missing here.'), {"name": name}), item
    yield from _subject_problems(rule, item, catalogue)
    # While a time is to be filled in, nothing can be said about the order.
    is_filled = all(not report.parameters[name].is_blank for name in report.mentioned)
    if is_filled and not _ascending([step.due for step in rule.steps]):
        yield Problem("steps_order", _("Each step must be due later than the one before.")), item.entries["steps"]
    if is_filled and rule.ladder and (found := out_of_order(rule.ladder, item.entries["ladder"])):
        yield found


def _subject_problems(rule: Rule, item: Mapping, catalogue: Catalogue) -> Iterator[tuple[Problem, Item]]:
    subject = catalogue.subjects.get(rule.subject)
    if subject is None:
        if "subject" in item.entries:
            yield _unknown_subject(rule.subject, catalogue), item.entries["subject"]
        elif "forbids" in item.entries:
            yield Problem("key_missing", _('"%(name)s" is missing here.'), {"name": "subject"}), item
    elif "when" in item.entries and rule.when not in subject.sources and "forbids" not in item.entries:
        yield _unknown_source(rule, subject), item.entries["when"]


_ROUGHLY = {Unit.DAY: 1.0, Unit.WORKDAY: 1.4, Unit.WEEK: 7.0, Unit.MONTH: 30.4}


def _ascending(times: list[Duration]) -> bool:
    """Units may be mixed; what a calendar might turn round is left to the writer."""
    days = [time.amount * _ROUGHLY[time.unit] for time in times]
    return all(a < b for a, b in pairwise(days))


def _text(item: Item, name: str) -> str:
    entry = item.entries.get(name) if isinstance(item, Mapping) else None
    return entry.text if isinstance(entry, Scalar) else ""


def _unknown_subject(name: str, catalogue: Catalogue) -> Problem:
    return unknown(
        "unknown_subject",
        _('There is no subject "%(name)s".'),
        _('There is no subject "%(name)s". Did you mean "%(nearest)s"?'),
        name=name,
        known=catalogue.subjects,
    )


def _unknown_source(rule: Rule, subject: SubjectNames) -> Problem:
    problem = unknown(
        "unknown_source",
        _('"%(subject)s" has no source "%(name)s".'),
        _('"%(subject)s" has no source "%(name)s". Did you mean "%(nearest)s"?'),
        name=rule.when,
        known=subject.sources,
    )
    return Problem(problem.code, problem.text, {**problem.params, "subject": rule.subject})
