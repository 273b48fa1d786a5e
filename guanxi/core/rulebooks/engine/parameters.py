"""Values the company fills in: by its name a parameter stands wherever a clause wants a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from guanxi.base.records.criteria.problems import Problem, _, nearest

from .durations import Duration, read_rung
from .shapes import Reader
from .yaml_text import Item, Mapping, Report, Scalar

NAME = re.compile(r"[^\W\d][\w-]{0,59}")
SCHEMA_OF_A_NAME = {"type": "string", "pattern": "^[A-Za-z_\\u4e00-\\u9fff][\\w\\u4e00-\\u9fff-]*$"}


@dataclass(frozen=True)
class Filled:
    """A value, or the name of a parameter that holds it. `meanwhile` stands in while the company left it empty."""

    of: Reader
    meanwhile: Any

    def read(self, item: Item, report: Report) -> Any:
        given = report.filled(item)
        if given is not item and isinstance(given, Scalar) and given.is_blank:
            return self.meanwhile
        if given is item and (problem := misspelt(item, report)):
            report.add(problem, item)
            return self.meanwhile
        return self.of.read(given, report)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.of.schema(), SCHEMA_OF_A_NAME]}


def misspelt(item: Item, report: Report) -> Problem | None:
    if not isinstance(item, Scalar) or not NAME.fullmatch(item.text) or not report.parameters:
        return None
    close = nearest(item.text, report.parameters)
    text = _('There is no parameter "%(name)s". Did you mean "%(nearest)s"?')
    return Problem("unknown_parameter", text, {"name": item.text, "nearest": close}) if close else None


@dataclass(frozen=True)
class RungTime:
    """`due + grace`: the distance may be a parameter too. Gives what `read_rung` gives, or the word `raised`."""

    of: Reader

    def read(self, item: Item, report: Report) -> Any:
        found = re.fullmatch(r"due\s*([+-])\s*(.+)", item.text.strip()) if isinstance(item, Scalar) else None
        if not isinstance(item, Scalar) or not found or found.group(2) not in report.parameters:
            return self.of.read(item, report)
        given = report.filled(Scalar(found.group(2), item.line, item.column))
        assert isinstance(given, Scalar)
        if given.is_blank:
            return Duration(0)
        written = Scalar(f"due {found.group(1)} {given.text}", given.line, given.column)
        return self.of.read(written, report)

    def schema(self) -> dict[str, Any]:
        return self.of.schema()


def read_moment(text: str) -> Any:
    """`raised`, or a distance from the day it is due."""
    return "raised" if text.strip() == "raised" else read_rung(text)


def take_parameters(item: Item, report: Report) -> None:
    """Before the clauses are read, whatever the order of the text."""
    given = item.entries.get("parameters") if isinstance(item, Mapping) else None
    if not isinstance(given, Mapping):
        return
    for name, value in given.entries.items():
        if not NAME.fullmatch(name):
            text = _("The name of a parameter begins with a letter and has neither spaces nor signs.")
            report.add(Problem("parameter_name", text), given.keys[name])
        elif isinstance(value, Scalar):
            report.parameters[name] = value


def unused(item: Item, uses: dict[str, tuple[str, ...]]) -> list[tuple[Problem, Item]]:
    given = item.entries.get("parameters") if isinstance(item, Mapping) else None
    names = given.keys if isinstance(given, Mapping) else {}
    text = _('No clause uses the parameter "%(name)s".')
    return [(Problem("unused_parameter", text, {"name": n}), key) for n, key in names.items() if n not in uses]
