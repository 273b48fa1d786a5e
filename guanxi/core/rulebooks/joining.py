"""How another room makes its records something rules can be about. Called from its `apps.py`."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.base.audit import events

from .handlers import subjects_changed
from .registry import SUBJECTS, Subject


def add_subject(subject: Subject, *, told_by: Sequence[str]) -> None:
    """Rules can be about these records, and follow these events of theirs in the same transaction."""
    SUBJECTS.add(subject)
    for name in told_by:
        events.subscribe(name, subjects_changed)
