"""One way into the demo company, and how a list of them is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SignIn:
    role: str
    role_name: str
    name: str
    unit: str
    login: str
    password: str


def table(rows: Sequence[SignIn]) -> str:
    """One line per role; Chinese characters take two columns."""
    seen: dict[str, SignIn] = {}
    for row in rows:
        seen.setdefault(row.role, row)
    lines = [
        f"  {_padded(row.role_name, 16)}{_padded(row.name, 10)}{row.login:<22}{row.password}" for row in seen.values()
    ]
    return "\n".join(lines) + "\n" if lines else ""


def _padded(text: str, width: int) -> str:
    return text + " " * max(1, width - sum(2 if ord(char) > 0x2E80 else 1 for char in text))
