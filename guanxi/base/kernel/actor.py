"""Who does something. Never None: a rule or a timer is a system actor with a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Actor:
    """`memo` holds what upper floors resolved for this request (scopes, posts); it lives as long as the actor."""

    label: str
    via: str
    account_id: int | None = None
    staff_id: int | None = None
    address: str = ""
    language: str = "zh-hans"
    memo: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_system(self) -> bool:
        return self.via == "system"

    @classmethod
    def system(cls, name: str) -> Actor:
        return cls(label=name, via="system")
