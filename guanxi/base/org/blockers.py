"""What keeps a person from leaving: rooms above register what the person still holds (ORG-06)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from guanxi.base.kernel.registry import Registry


@dataclass(frozen=True)
class Blocker:
    """`count(staff_id)`: how many records of `kind` somebody still holds; `url(staff_id)`: where to hand them over.

    `at_once(staff_id)`: what to post to /bulk/start to hand all of them over in one step; empty when there is none.
    """

    key: str
    kind: str
    label: Any
    count: Callable[[int], int]
    url: Callable[[int], str] = lambda staff_id: ""
    at_once: Callable[[int], Mapping[str, str]] = lambda staff_id: {}


@dataclass(frozen=True)
class Held:
    kind: str
    label: Any
    count: int
    url: str
    at_once: Mapping[str, str] = field(default_factory=dict)


DEPARTURE: Registry[Blocker] = Registry("departure blockers")


def held_by(staff_id: int) -> list[Held]:
    counted = [(blocker, blocker.count(staff_id)) for blocker in DEPARTURE]
    return [
        Held(blocker.kind, blocker.label, count, blocker.url(staff_id), blocker.at_once(staff_id))
        for blocker, count in counted
        if count
    ]
