"""What is wrong with a text somebody wrote, and where. Plain Python: the words are translated when they are shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


def _(text: str) -> str:
    """Marks a sentence for the catalogue; `wording.say` translates it."""
    return text


@dataclass(frozen=True)
class Problem:
    """`code` is for machines and tests; `text` an English sentence with named placeholders. Lines count from 1."""

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0
    column: int = 0

    def at(self, line: int, column: int) -> Problem:
        return replace(self, line=line, column=column)

    def __str__(self) -> str:
        return self.text % dict(self.params)


class CriteriaError(ValueError):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name the writer most likely meant, or empty."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def unknown(code: str, plain: str, suggesting: str, *, name: str, known: Iterable[str]) -> Problem:
    close = nearest(name, known)
    return Problem(code, suggesting if close else plain, {"name": name, "nearest": close})
