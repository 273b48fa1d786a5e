"""What else an import made: rooms that work with what comes in say how to count it, duties raised for example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guanxi.base.kernel.registry import Registry

from .kinds import Figure, Text


@dataclass(frozen=True)
class Made:
    """`start` is asked before the rows come in, `count` in the same transaction when they are in."""

    key: str
    label: Text
    start: Callable[[], Any]
    count: Callable[[Any], int]

    @property
    def figure(self) -> Figure:
        return Figure(self.key, self.label)


MADE: Registry[Made] = Registry("what imports make")
