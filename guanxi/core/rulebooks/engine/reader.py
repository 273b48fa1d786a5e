"""The shape of a rulebook file. `read_rulebook` gives the rulebook, or every problem with its line and column."""

from __future__ import annotations

from typing import Any

from guanxi.base.records.criteria.problems import Problem, _

from .catalogue import Catalogue
from .clause import ClauseReader, Mentioning
from .parameters import take_parameters, unused
from .rules import Rulebook
from .shapes import SLUG, Key, List, Names, Read, Shape, Text, read_day
from .yaml_text import Mapping, Report, Scalar, load

_DAY = Read(
    read_day,
    Problem("day", _("A day of the calendar is expected here, such as 2026-12-01.")),
    {"type": "string", "format": "date"},
)
PARTICULARS = {
    "proposed_by": "The department that proposed it.",
    "drafted_by": "The department that drafted it.",
    "drafter": "Who drafted it.",
    "reviewed_by": "Who reviewed it.",
    "co_reviewed_by": "Who reviewed it jointly.",
    "approved_by": "Who approved the company's own text.",
    "in_charge": "The department in charge.",
    "first_issued": "When it was first issued.",
    "references": "Other papers it refers to.",
    "record_forms": "The forms that go with it.",
}
SEVERAL = ("co_reviewed_by", "references", "record_forms")


def read_rulebook(source: str | bytes, catalogue: Catalogue) -> tuple[Rulebook | None, list[Problem]]:
    report = Report()
    item = load(source, report)
    if item:
        take_parameters(item, report)
    book = rulebook_shape(catalogue).read(item, report) if item else None
    problems = _once_each(sorted(report.problems, key=lambda problem: (problem.line, problem.column)))
    return (None if problems else book), problems


def _once_each(problems: list[Problem]) -> list[Problem]:
    """A parameter with a bad value is met wherever it is used."""
    return list({(p.line, p.column, p.code): p for p in problems}.values())


def read_particulars(source: str) -> dict[str, str]:
    """The title page alone, of a text that was in order when it was kept."""
    if "particulars:" not in source:
        return {}
    report = Report()
    item = load(source, report)
    page = item.entries.get("particulars") if isinstance(item, Mapping) else None
    values = _particulars_shape().read(page, report) if isinstance(page, Mapping) else {}
    return {name: value if isinstance(value, str) else "、".join(value) for name, value in values.items() if value}


def rulebook_shape(catalogue: Catalogue) -> Shape:
    keys = (
        Key("rulebook", SLUG, "The permanent key of the rulebook.", required=True),
        Key("title", Text(), "The title as the company wrote it.", required=True),
        Key("title_en", Text(), "The title in English."),
        Key("source", Text(), "Where the text comes from."),
        Key("effective", _DAY, "The first day it is meant to apply. The approver decides."),
        Key("particulars", _particulars_shape(), "What stands on its title page."),
        Key(
            "parameters", Names(Text(may_be_empty=True)), "Values the company fills in; none may be empty at approval."
        ),
        Key("rules", List(ClauseReader(catalogue)), "The clauses in the order of the text.", required=True),
    )
    return Shape(keys, _finish_rulebook)


def _particulars_shape() -> Shape:
    keys = (Key(name, List(Text()) if name in SEVERAL else Text(), about) for name, about in PARTICULARS.items())
    return Shape(tuple(keys), lambda values, _item, _report: values)


def _finish_rulebook(values: dict[str, Any], item: Mapping, report: Report) -> Rulebook:
    clauses: list[Mentioning] = [each for each in values.get("rules", ()) if each]
    uses: dict[str, tuple[str, ...]] = {}
    for each in clauses:
        for name in each.parameters:
            uses[name] = (*uses.get(name, ()), each.rule.id)
    for problem, at in unused(item, uses):
        report.add(problem, at)
    _check_ids(item, report)
    return Rulebook(
        key=values.get("rulebook", ""),
        rules=tuple(each.rule for each in clauses),
        effective=values.get("effective"),
        parameters=values.get("parameters", {}),
        source=values.get("source", ""),
        title=values.get("title", ""),
        title_en=values.get("title_en", ""),
        uses=uses,
        particulars=values.get("particulars") or {},
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
