"""Where sealed objects lie, whatever the place: the part that folder and bucket have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
CHUNK = 1024 * 1024


class Unreachable(OSError):
    """The place does not answer, is full, or does not let us in. The text carries no secret."""


class Misplaced(Unreachable):
    """The place that was set cannot be used; the text says what to set instead."""


@dataclass(frozen=True)
class Entry:
    """One object as it lies there, sealed."""

    name: str
    size: int
    at: datetime


class Shelf(Protocol):
    """An object appears whole or not at all, and writing it again replaces it. Raises Unreachable."""

    @property
    def label(self) -> str:
        """For people: where it is, without secrets."""
        ...

    def write(self, name: str, content: Iterable[bytes]) -> None: ...

    def read(self, name: str) -> Iterator[bytes]:
        """Raises Damaged when it is missing."""
        ...

    def size(self, name: str) -> int | None: ...

    def entries(self, prefix: str = "") -> list[Entry]: ...

    def delete(self, name: str) -> None:
        """What is gone already stays gone."""
        ...

    def tidy(self) -> None:
        """Takes away what interrupted writing left behind."""
        ...


def named(name: str) -> str:
    """Names are ours; one that could leave the place is a fault of the program or of a manifest."""
    if len(name) > 500 or not NAME.fullmatch(name):
        raise ValueError(f"Not a name of an object: {name!r}")
    return name
