"""Evidence from rooms below this one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.core.activities.models.activity import Intent, Kind, NoteState, Result

from .registry import EVIDENCE, Evidence

ACTIVITY = Evidence(
    key="activity",
    label=_("Record of contact"),
    relation="activities_activity e",
    kinds=tuple(Kind.values),
    exists="e.removed_at IS NULL",
    qualities={
        "result": "e.result <> ''",
        "reached": f"e.result = '{Result.REACHED}'",
        "care": f"e.intent = '{Intent.CARE}'",
        "information": f"e.intent = '{Intent.INFORMATION}'",
        "note": f"e.note_state = '{NoteState.DETAILED}'",
    },
)


def register() -> None:
    EVIDENCE.add(ACTIVITY)
