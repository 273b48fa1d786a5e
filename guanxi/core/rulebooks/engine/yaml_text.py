"""YAML read into items that know their line and column. Scalars stay texts: no `no` that becomes False, no dates
that fail to load. Whatever could surprise (anchors, tags, second documents, huge or deep texts) is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from guanxi.base.records.criteria.problems import Problem, _

LARGEST = 256 * 1024
DEEPEST = 12
# Words, lists and their ends; a clause has some fifty.
MOST_EVENTS = 30_000


@dataclass(frozen=True)
class Scalar:
    text: str
    line: int
    column: int
    is_quoted: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.is_quoted and self.text in {"", "~", "null"}

    @property
    def is_blank(self) -> bool:
        return self.is_empty or not self.text.strip()


@dataclass(frozen=True)
class Sequence:
    items: tuple[Item, ...]
    line: int
    column: int


@dataclass(frozen=True)
class Mapping:
    entries: dict[str, Item]
    keys: dict[str, Scalar]
    line: int
    column: int


Item = Scalar | Sequence | Mapping


@dataclass
class Report:
    """Collects problems while reading goes on, so that the writer sees all of them at once."""

    problems: list[Problem] = field(default_factory=list)
    # The rulebook's parameters, and those the clause being read has mentioned.
    parameters: dict[str, Scalar] = field(default_factory=dict)
    mentioned: list[str] = field(default_factory=list)

    def add(self, problem: Problem, at: Item | None = None) -> None:
        self.problems.append(problem.at(at.line, at.column) if at else problem)

    def filled(self, item: Item) -> Item:
        """What the company filled in, where the item is a parameter's name; else the item itself."""
        if not isinstance(item, Scalar) or item.text not in self.parameters:
            return item
        self.mentioned.append(item.text)
        return self.parameters[item.text]


def load(source: str | bytes, report: Report) -> Item | None:
    text = _decoded(source, report)
    if text is None:
        return None
    try:
        return _composed(text, report)
    except yaml.MarkedYAMLError as error:
        report.add(_from_yaml(error, text))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        report.add(
            Problem("yaml_character", _("There is a character here that no text may hold."), line=line, column=1)
        )
    return None


def _decoded(source: str | bytes, report: Report) -> str | None:
    data = source.encode() if isinstance(source, str) else source
    if len(data) > LARGEST:
        report.add(Problem("yaml_large", _("The rulebook is larger than %(size)s KB."), {"size": LARGEST // 1024}))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.add(Problem("yaml_encoding", _("The text is not UTF-8."), line=line, column=1))
        return None


def _composed(text: str, report: Report) -> Item | None:
    if problem := _suspicious(text):
        report.add(problem)
        return None
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is None:
        report.add(Problem("yaml_nothing", _("There is nothing in this text."), line=1, column=1))
        return None
    return _item(node, report)


def _suspicious(text: str) -> Problem | None:
    """Seen in the stream of events, before anything is built from it."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        if count > MOST_EVENTS:
            return Problem("yaml_many", _("The rulebook has too many entries.")).at(*_place(event.start_mark))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if problem := _objection(event, depth):
            return problem.at(*_place(event.start_mark))
    return None


def _objection(event: yaml.Event, depth: int) -> Problem | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return Problem("yaml_anchor", _("Anchors and aliases (& and *) are not used in rulebooks."))
    if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) not in {None, "!"}:
        return Problem("yaml_tag", _("Tags (!) are not used in rulebooks."))
    if depth > DEEPEST:
        return Problem("yaml_deep", _("The text is nested too deeply."))
    return None


def _place(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _item(node: yaml.Node, report: Report) -> Item:
    line, column = _place(node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_item(child, report) for child in node.value), line, column)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, report)
    assert isinstance(node, yaml.ScalarNode)
    return Scalar(node.value, line, column, node.style in {"'", '"'})


def _mapping(node: yaml.MappingNode, report: Report) -> Mapping:
    mapping = Mapping({}, {}, *_place(node.start_mark))
    for key_node, value_node in node.value:
        key = _item(key_node, report)
        if not isinstance(key, Scalar):
            report.add(Problem("yaml_key", _("A name is expected before the colon.")), key)
        elif key.text in mapping.entries:
            report.add(Problem("yaml_twice", _('"%(name)s" is written twice.'), {"name": key.text}), key)
        else:
            mapping.entries[key.text] = _item(value_node, report)
            mapping.keys[key.text] = key
    return mapping


def _from_yaml(error: yaml.MarkedYAMLError, text: str) -> Problem:
    line, column = _place(error.problem_mark or error.context_mark)
    lines = text.splitlines()
    if line <= len(lines) and "\t" in lines[line - 1][:column]:
        return Problem("yaml_tab", _("Indent with spaces: there is a tab here.")).at(line, column)
    if "expected a single document" in str(error.context) + str(error.problem):
        return Problem("yaml_documents", _("One file holds one rulebook.")).at(line, column)
    detail = {"detail": error.problem or error.context or ""}
    return Problem("yaml_syntax", _("This cannot be read as YAML: %(detail)s."), detail).at(line, column)
