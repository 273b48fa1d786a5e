"""The ways one list can be shown: rows, a board for each choice, a calendar for each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guanxi.base.kernel.actor import Actor

from ..asked import Asked
from ..types import RecordType


@dataclass(frozen=True)
class Display:
    key: str
    label: Any
    icon: str
    href: str
    is_current: bool


def displays_of(type_: RecordType, asked: Asked, actor: Actor) -> list[Display]:
    return []
