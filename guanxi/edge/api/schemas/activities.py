from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from guanxi.core.activities.models import Activity
from guanxi.core.activities.models.activity import Direction, Intent, Kind, Result

from .pieces import Day, Id, In, Moment, MomentIn, Named, Out, Paged, Text, Versioned

OWN_WORDS = "Words of your own; copied or very short ones settle no duty"
Line = Annotated[Text, Field(max_length=500)]


class VisitForm(In):
    """All six entries, or no form."""

    need: Line
    competitor: Line
    difference: Line
    measure: Line
    feedback: Line
    strategy: Line


class NewActivity(In):
    """Logging it settles the duty it is evidence for, in the same transaction."""

    kind: Kind
    note: Text = Field("", max_length=4000, description=OWN_WORDS)
    result: Result | Literal[""] = ""
    purpose: Text = Field("", max_length=120)
    intent: Intent | Literal[""] = ""
    direction: Direction = Direction("out")
    happened_at: Annotated[MomentIn | None, Field(description="Left out: now")] = None
    next_on: Day | None = None
    file_form: Id | None = Field(None, description="The form it was about; then it counts for that one alone")
    details: VisitForm | None = None


class ActivityChange(Versioned):
    """Only the words and the result; what happened when stays."""

    note: Text = Field("", max_length=4000, description=OWN_WORDS)
    result: Result | Literal[""] = ""
    purpose: Text = Field("", max_length=120)
    next_on: Day | None = None
    details: VisitForm | None = None


class ActivityList(Paged):
    pass


class ActivityOut(Out):
    """`note_state` says what the note is worth as evidence: empty, short, copied or detailed."""

    id: int
    customer_id: int
    kind: str
    direction: str
    happened_at: Moment
    recorded_at: Moment
    staff: Named | None
    purpose: str
    intent: str
    result: str
    note: str
    note_state: str
    next_on: date | None
    file_form: int | None
    details: dict[str, str]
    version: int

    @classmethod
    def of(cls, activity: Activity) -> ActivityOut:
        values: dict[str, Any] = {name: getattr(activity, name) for name in PLAIN}
        is_about_form = activity.subject_kind == "fileform"
        return cls(**values, staff=Named.of(activity.staff), file_form=activity.subject_id if is_about_form else None)


PLAIN = [name for name in ActivityOut.model_fields if name not in ("staff", "file_form")]


class ActivityPage(Out):
    items: list[ActivityOut]
    next: str
