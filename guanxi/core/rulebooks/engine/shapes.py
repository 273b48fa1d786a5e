"""Small readers that know three things: how to read an item, what to say when it is wrong, and their JSON schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from guanxi.base.records.criteria.problems import Problem, _, unknown

from .yaml_text import Item, Mapping, Report, Scalar, Sequence

LONGEST = 400


class Reader(Protocol):
    def read(self, item: Item, report: Report) -> Any: ...

    def schema(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Text:
    longest: int = LONGEST
    pattern: str = ""
    complaint: Problem | None = None
    may_be_empty: bool = False

    def read(self, item: Item, report: Report) -> str:
        if not isinstance(item, Scalar):
            report.add(Problem("text_expected", _("A text is expected here.")), item)
            return ""
        text = "" if item.is_empty else item.text.strip()
        if not text and not self.may_be_empty:
            report.add(Problem("text_missing", _("Something must be written here.")), item)
        elif len(text) > self.longest:
            report.add(Problem("text_long", _("Longer than %(count)s characters."), {"count": self.longest}), item)
        elif self.pattern and text and not re.fullmatch(self.pattern, text):
            report.add(self.complaint or Problem("text_form", _("This is not in the form expected here.")), item)
        return text

    def schema(self) -> dict[str, Any]:
        pattern = {"pattern": f"^({self.pattern})$"} if self.pattern else {}
        return {"type": ["string", "number", "null"] if self.may_be_empty else "string", **pattern}


@dataclass(frozen=True)
class Read:
    """A text that `function` turns into a value; None means it cannot."""

    function: Callable[[str], Any]
    complaint: Problem
    form: dict[str, Any]

    def read(self, item: Item, report: Report) -> Any:
        value = self.function(item.text) if isinstance(item, Scalar) else None
        if value is None:
            report.add(self.complaint, item)
        return value

    def schema(self) -> dict[str, Any]:
        return self.form


@dataclass(frozen=True)
class Choice:
    options: tuple[str, ...]
    later: tuple[str, ...] = ()

    def read(self, item: Item, report: Report) -> str:
        text = item.text if isinstance(item, Scalar) else ""
        if text in self.later:
            report.add(not_yet(text), item)
        elif text not in self.options:
            report.add(not_among(text, self.options), item)
        return text

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.options)}


@dataclass(frozen=True)
class Word:
    """Like a choice, of names that differ between installations: the published schema leaves them open."""

    options: tuple[str, ...]

    def read(self, item: Item, report: Report) -> str:
        text = item.text if isinstance(item, Scalar) else ""
        if not self.options:
            report.add(Problem("unknown_choice", _("Nothing of this kind is known here."), {}), item)
        elif text not in self.options:
            report.add(not_among(text, self.options), item)
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True)
class List:
    of: Reader
    least: int = 1

    def read(self, item: Item, report: Report) -> tuple[Any, ...]:
        if not isinstance(item, Sequence):
            report.add(Problem("list_expected", _("A list is expected here.")), item)
            return ()
        if len(item.items) < self.least:
            report.add(Problem("list_empty", _("The list is empty.")), item)
        return tuple(self.of.read(one, report) for one in item.items)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.of.schema(), "minItems": self.least}


@dataclass(frozen=True)
class Names:
    """A mapping of free names to texts (`parameters`)."""

    of: Reader

    def read(self, item: Item, report: Report) -> dict[str, Any]:
        if not isinstance(item, Mapping):
            report.add(Problem("names_expected", _("Names with values are expected here.")), item)
            return {}
        return {name: self.of.read(value, report) for name, value in item.entries.items()}

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.of.schema()}


@dataclass(frozen=True)
class Key:
    name: str
    reader: Reader
    about: str
    required: bool = False


@dataclass(frozen=True)
class Shape:
    """A mapping with known keys. `finish` makes the value and checks what only all keys together can tell."""

    keys: tuple[Key, ...]
    finish: Callable[[dict[str, Any], Mapping, Report], Any]
    later: tuple[str, ...] = ()
    least: tuple[str, ...] = ()

    def read(self, item: Item, report: Report) -> Any:
        if not isinstance(item, Mapping):
            report.add(Problem("names_expected", _("Names with values are expected here.")), item)
            return None
        readers = {key.name: key.reader for key in self.keys}
        values: dict[str, Any] = {}
        for name, entry in item.entries.items():
            if name in readers:
                values[name] = readers[name].read(entry, report)
            else:
                report.add(not_yet(name) if name in self.later else not_a_key(name, readers), item.keys[name])
        for key in self.keys:
            if key.required and key.name not in item.entries:
                report.add(Problem("key_missing", _('"%(name)s" is missing here.'), {"name": key.name}), item)
        return self.finish(values, item, report)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {key.name: {"description": key.about, **key.reader.schema()} for key in self.keys},
            "required": [key.name for key in self.keys if key.required],
        }


def not_a_key(name: str, known: Any) -> Problem:
    return unknown(
        "unknown_key",
        _('"%(name)s" is not known here.'),
        _('"%(name)s" is not known here. Did you mean "%(nearest)s"?'),
        name=name,
        known=known,
    )


def not_among(name: str, options: Any) -> Problem:
    problem = unknown(
        "unknown_choice",
        _('"%(name)s" is not one of %(options)s.'),
        _('"%(name)s" is not one of %(options)s. Did you mean "%(nearest)s"?'),
        name=name,
        known=options,
    )
    return Problem(problem.code, problem.text, {**problem.params, "options": ", ".join(options)})


def not_yet(name: str) -> Problem:
    text = _('"%(name)s" is not available yet. Say what the rule waits for with "waits_for".')
    return Problem("not_yet", text, {"name": name})


SLUG = Text(
    longest=60,
    pattern=r"[a-z][a-z0-9]*(-[a-z0-9]+)*",
    complaint=Problem("slug", _("Small letters, digits and single hyphens only, beginning with a letter.")),
)


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
