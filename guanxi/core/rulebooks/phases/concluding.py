"""Conclude: what a rung proposes is put before whoever confirms it."""

from __future__ import annotations

from .running import RunningRule
from .scope import Scope


def conclude(rule: RunningRule, scope: Scope) -> dict[str, int]:
    return {}
