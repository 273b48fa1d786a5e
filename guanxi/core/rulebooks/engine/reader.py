"""The shape of a rulebook file. `read_rulebook` gives the rulebook, or every problem with its line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from guanxi.base.records import criteria
from guanxi.base.records.criteria.problems import CriteriaError, Problem, _, unknown

from .catalogue import Catalogue
from .durations import DURATION_PATTERN, RUNG_PATTERN, Duration, Unit, read_duration, read_rung
from .people import People
from .rules import Rule, Rulebook, Rung, Step, Wanted, Who
from .shapes import Choice, Key, List, Names, Read, Shape, Text, read_day
from .yaml_text import Item, Mapping, Report, Scalar, load

SLUG = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_SLUG_COMPLAINT = Problem("slug", _("Small letters, digits and single hyphens only, beginning with a letter."))
_SLUG = Text(longest=60, pattern=SLUG, complaint=_SLUG_COMPLAINT)
_DAY = Read(
    read_day,
    Problem("day", _("A day of the calendar is expected here, such as 2026-12-01.")),
    {"type": "string", "format": "date"},
)
_DURATION = Read(
    read_duration,
    Problem("duration", _("A time such as 3 days or 2 workdays is expected here.")),
    {"type": "string", "pattern": DURATION_PATTERN},
)
_RUNG_AT = Read(
    read_rung,
    Problem("rung_at", _("A time such as due + 1 day is expected here.")),
    {"type": "string", "pattern": RUNG_PATTERN},
)
_PERCENT = Read(
    lambda text: int(text.strip()[:-1]) if text.strip().removesuffix("%").isdigit() and "%" in text else None,
    Problem("percent", _("A share such as 95%% is expected here.")),
    {"type": "string", "pattern": "^[0-9]{1,3}%$"},
)
LATER_DEEDS = ("propose", "reassign", "restrict", "start", "score", "deduct")
LATER_EVIDENCE = ("form", "state", "approval", "delivery", "sign_in", "file")
OPTIONAL = ("waits_for", "subject", "when", "by", "steps", "evidence", "ladder", "target")
ALIVE_NEEDS = ("subject", "when", "by", "steps", "evidence")


def read_rulebook(source: str | bytes, catalogue: Catalogue) -> tuple[Rulebook | None, list[Problem]]:
    report = Report()
    item = load(source, report)
    book = rulebook_shape(catalogue).read(item, report) if item else None
    problems = sorted(report.problems, key=lambda problem: (problem.line, problem.column))
    return (None if problems else book), problems


def rulebook_shape(catalogue: Catalogue) -> Shape:
    keys = (
        Key("rulebook", _SLUG, "The permanent key of the rulebook.", required=True),
        Key("title", Text(), "The title as the company wrote it.", required=True),
        Key("title_en", Text(), "The title in English."),
        Key("source", Text(), "Where the text comes from."),
        Key("effective", _DAY, "The first day it is meant to apply. The approver decides."),
        Key(
            "parameters", Names(Text(may_be_empty=True)), "Values the company fills in; none may be empty at approval."
        ),
        Key("rules", List(_rule_shape(catalogue)), "The clauses in the order of the text.", required=True),
    )
    return Shape(keys, _finish_rulebook)


def _rule_shape(catalogue: Catalogue) -> Shape:
    keys = (
        Key("id", _SLUG, "The permanent key of the clause: duties are known by it across versions.", required=True),
        Key("article", Text(), "The clause as the company wrote it.", required=True),
        Key("article_en", Text(), "The clause in English."),
        Key("topic", _SLUG, "Rulebooks can only contradict each other within one topic.", required=True),
        Key("waits_for", Text(), "What does not exist yet. Such a clause is shown and raises nothing."),
        Key("subject", Text(), "What the clause is about."),
        Key("when", Text(), "The source: which occurrences there are and the day each counts from."),
        Key("who", Text(longest=4000), "Criteria about the subject, such as purchased = yes. Without it, every one."),
        Key("by", People(catalogue, ("owner", "superior")), "Who has the duty."),
        Key("steps", List(_step_shape()), "What is due when. A step opens when the one before is due."),
        Key("evidence", _evidence_shape(catalogue), "What settles a step. One piece settles one step."),
        Key("ladder", List(_rung_shape(catalogue)), "Who is told as a duty gets later."),
        Key("target", _target_shape(), "What share the company wants."),
    )
    return Shape(keys, lambda values, item, report: _finish_rule(values, item, report, catalogue))


def _step_shape() -> Shape:
    keys = (
        Key("due", _DURATION, "Within this time; the last day is included and ends at 24:00.", required=True),
        Key("purpose", Text(longest=200), "What the step is for.", required=True),
        Key("purpose_en", Text(longest=200), "The purpose in English."),
    )
    return Shape(
        keys, lambda values, _item, _report: Step(values.get("due") or Duration(0), **_texts(values, "purpose"))
    )


def _target_shape() -> Shape:
    return Shape((Key("in_time", _PERCENT, "The share done in time."),), lambda values, _i, _r: values.get("in_time"))


def _evidence_shape(catalogue: Catalogue) -> Shape:
    names = catalogue.evidence.get("activity")
    kinds, qualities = (names.kinds, names.qualities) if names else ((), ())
    keys = (
        Key("activity", List(Choice(kinds)), "Kinds of activity that count.", required=True),
        Key("with", List(Choice(qualities)), "What the record must hold. A note must be detailed and not copied."),
        Key("recorded", Choice(("same day",)), "The record was written on the day it happened."),
        Key("by", Choice(("assignee", "anyone")), "Whose activity counts; the assignee's without this key."),
    )
    return Shape(keys, _finish_evidence, later=LATER_EVIDENCE)


def _finish_evidence(values: dict[str, Any], _item: Mapping, _report: Report) -> Wanted:
    return Wanted(
        provider="activity",
        kinds=values.get("activity", ()),
        qualities=values.get("with", ()),
        same_day="recorded" in values,
        by=values.get("by", "assignee"),
    )


def _rung_shape(catalogue: Catalogue) -> Shape:
    keys = (
        Key("at", _RUNG_AT, "When, counted from the day it is due.", required=True),
        Key("remind", Choice(("assignee",)), "Remind the person who has the duty."),
        Key("tell", People(catalogue, ("superior", "owner")), "Tell somebody else that it is late."),
    )
    return Shape(keys, _finish_rung, later=LATER_DEEDS)


def _finish_rung(values: dict[str, Any], item: Mapping, report: Report) -> Rung:
    deeds = [name for name in ("remind", "tell") if name in values]
    if len(deeds) != 1 and not set(item.entries) & set(LATER_DEEDS):
        report.add(Problem("rung_deed", _("A rung does one thing: remind or tell.")), item)
    deed = deeds[0] if deeds else "remind"
    to = values["tell"] if deed == "tell" else Who("assignee")
    return Rung(values.get("at") or Duration(0), deed, to)


def _finish_rule(values: dict[str, Any], item: Mapping, report: Report, catalogue: Catalogue) -> Rule:
    rule = Rule(
        id=values.get("id", ""),
        topic=values.get("topic", ""),
        article=values.get("article", ""),
        article_en=values.get("article_en", ""),
        **{name: values[name] for name in OPTIONAL if name in values},
    )
    if rule.waits_for:
        _forgive(item, report)
        return Rule(rule.id, rule.article, rule.topic, rule.article_en, waits_for=rule.waits_for)
    for problem, at in _cross_checks(rule, item, catalogue):
        report.add(problem, at)
    return replace(rule, who=_audience(item, report, catalogue))


def _forgive(item: Mapping, report: Report) -> None:
    """What a waiting clause names may be unknown for now; what it misspells stays an error."""
    forgiven = {"not_yet", "unknown_choice", "unknown_role"}
    end = _last_line(item)
    report.problems[:] = [p for p in report.problems if p.code not in forgiven or not item.line <= p.line <= end]


def _last_line(item: Item) -> int:
    if isinstance(item, Scalar):
        return item.line
    children = item.entries.values() if isinstance(item, Mapping) else item.items
    return max([item.line, *(_last_line(child) for child in children)])


def _cross_checks(rule: Rule, item: Mapping, catalogue: Catalogue) -> Iterator[tuple[Problem, Item]]:
    for name in ALIVE_NEEDS:
        if name not in item.entries:
            yield Problem("key_missing", _('"%(name)s" is missing here.'), {"name": name}), item
    subject = catalogue.subjects.get(rule.subject)
    if subject is None:
        if "subject" in item.entries:
            yield _unknown_subject(rule.subject, catalogue), item.entries["subject"]
    elif "when" in item.entries and rule.when not in subject.sources:
        yield _unknown_source(rule, subject.sources), item.entries["when"]
    if not _ascending([step.due for step in rule.steps]):
        yield Problem("steps_order", _("Each step must be due later than the one before.")), item.entries["steps"]
    if not _ascending([rung.at for rung in rule.ladder], may_repeat=True):
        yield Problem("ladder_order", _("The rungs must be in the order of time.")), item.entries["ladder"]


_ROUGHLY = {Unit.DAY: 1.0, Unit.WORKDAY: 1.4, Unit.WEEK: 7.0, Unit.MONTH: 30.4}


def _ascending(times: list[Duration], *, may_repeat: bool = False) -> bool:
    """Units may be mixed; what a calendar might turn round is left to the writer."""
    days = [time.amount * _ROUGHLY[time.unit] for time in times]
    return all(a < b or (may_repeat and a == b) for a, b in pairwise(days))


def _audience(item: Mapping, report: Report, catalogue: Catalogue) -> str:
    """The criteria, printed back in one form; its problems point into the text."""
    written, subject = item.entries.get("who"), catalogue.subjects.get(_text(item, "subject"))
    if not isinstance(written, Scalar):
        return ""
    try:
        tree = criteria.parse(written.text)
    except CriteriaError as error:
        report.add(_within(error.problem, written))
        return ""
    for problem in criteria.check(tree, subject.fields) if subject else ():
        report.add(_within(problem, written))
    return criteria.show(tree)


def _within(problem: Problem, written: Scalar) -> Problem:
    return problem.at(written.line, written.column + problem.column - 1 + written.is_quoted)


def _text(item: Mapping, name: str) -> str:
    entry = item.entries.get(name)
    return entry.text if isinstance(entry, Scalar) else ""


def _texts(values: dict[str, Any], name: str) -> dict[str, str]:
    return {name: values.get(name, ""), f"{name}_en": values.get(f"{name}_en", "")}


def _unknown_subject(name: str, catalogue: Catalogue) -> Problem:
    return unknown(
        "unknown_subject",
        _('There is no subject "%(name)s".'),
        _('There is no subject "%(name)s". Did you mean "%(nearest)s"?'),
        name=name,
        known=catalogue.subjects,
    )


def _unknown_source(rule: Rule, known: tuple[str, ...]) -> Problem:
    problem = unknown(
        "unknown_source",
        _('"%(subject)s" has no source "%(name)s".'),
        _('"%(subject)s" has no source "%(name)s". Did you mean "%(nearest)s"?'),
        name=rule.when,
        known=known,
    )
    return Problem(problem.code, problem.text, {**problem.params, "subject": rule.subject})


def _finish_rulebook(values: dict[str, Any], item: Mapping, report: Report) -> Rulebook:
    rules = tuple(rule for rule in values.get("rules", ()) if rule)
    _check_ids(item, report)
    return Rulebook(
        key=values.get("rulebook", ""),
        rules=rules,
        effective=values.get("effective"),
        parameters=values.get("parameters", {}),
        source=values.get("source", ""),
        title=values.get("title", ""),
        title_en=values.get("title_en", ""),
    )


def _check_ids(item: Mapping, report: Report) -> None:
    seen: set[str] = set()
    for rule in getattr(item.entries.get("rules"), "items", ()):
        name = rule.entries.get("id") if isinstance(rule, Mapping) else None
        if not isinstance(name, Scalar):
            continue
        if name.text in seen:
            report.add(Problem("id_twice", _('A second clause has the id "%(name)s".'), {"name": name.text}), name)
        seen.add(name.text)
