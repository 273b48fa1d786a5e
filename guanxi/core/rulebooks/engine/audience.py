"""`who:` criteria about the subject, kept in one form; a parameter may stand for a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from guanxi.base.records import criteria
from guanxi.base.records.criteria import tree
from guanxi.base.records.criteria.problems import CriteriaError, Problem

from .catalogue import SubjectNames
from .yaml_text import Mapping, Report, Scalar

# What is wrong with a value, which one that is still to be filled in cannot be.
MISFITS = {"value_misfit", "count_misfit"}


def read_audience(item: Mapping, report: Report, names: SubjectNames | None) -> str:
    written = item.entries.get("who")
    if not isinstance(written, Scalar):
        return ""
    try:
        node = _filled(criteria.parse(written.text), report)
    except CriteriaError as error:
        report.add(_within(error.problem, written))
        return ""
    if names:
        waiting = set(_waiting(node, report))
        for problem in criteria.check(node, names.fields):
            if problem.code not in MISFITS or problem.column not in waiting:
                report.add(_within(problem, written))
    return criteria.show(node)


def _filled(node: tree.Node, report: Report) -> tree.Node:
    match node:
        case tree.All(parts) | tree.Any(parts):
            return replace(node, parts=tuple(_filled(part, report) for part in parts))
        case tree.Not(part):
            return tree.Not(_filled(part, report))
        case tree.Test(value=value):
            return replace(node, value=_value(value, report))
        case tree.Related(where=where, value=value):
            return replace(node, where=_filled(where, report), value=_value(value, report))
    return node


def _value(value: Any, report: Report) -> Any:
    if isinstance(value, tuple):
        return tuple(_value(one, report) for one in value)
    if not isinstance(value, str) or value not in report.parameters:
        return value
    given = report.filled(Scalar(value, 0, 0))
    if not isinstance(given, Scalar) or given.is_blank:
        return value
    found = criteria.parse(f"x = {given.text}")
    return found.value if isinstance(found, tree.Test) else value


def _waiting(node: tree.Node, report: Report) -> Iterator[int]:
    """Columns of the tests whose value is a parameter that the company has not filled in yet."""
    for leaf in tree.leaves_of(node):
        if isinstance(leaf, tree.Related):
            yield from _waiting(leaf.where, report)
        if isinstance(leaf, tree.Test | tree.Related) and _is_empty(leaf.value, report):
            yield leaf.position + 1


def _is_empty(value: Any, report: Report) -> bool:
    if isinstance(value, tuple):
        return any(_is_empty(one, report) for one in value)
    given = report.parameters.get(value) if isinstance(value, str) else None
    return isinstance(given, Scalar) and given.is_blank


def _within(problem: Problem, written: Scalar) -> Problem:
    return problem.at(written.line, written.column + problem.column - 1 + written.is_quoted)
