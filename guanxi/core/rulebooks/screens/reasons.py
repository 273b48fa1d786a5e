"""Why a record of contact does not settle a duty, in plain words (CAR-07). The phases decide; this explains.

Each sentence answers to one condition of phases/evidence.py and phases/settling.py; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.ui import formats
from guanxi.core.activities.models import Activity
from guanxi.core.activities.models.activity import Intent, Kind, NoteState, Result

from ..engine.rules import Wanted
from ..models import Duty, State

NOTES = {
    NoteState.EMPTY: lambda: _("The note is empty. Write in your own words what was said."),
    NoteState.SHORT: lambda: _("The note is too short to be a record. Write what was said and what was agreed."),
    NoteState.COPIED: lambda: _(
        "The note is the same text as one of your earlier records. Write what was said this time."
    ),
}


def wanted_of(duty: Duty) -> Wanted | None:
    return duty.rule.read.evidence if duty.rule else None


def reasons_against(duty: Duty, activity: Activity) -> list[str]:
    """Empty when nothing speaks against it: then another step of the series was served first."""
    wanted = wanted_of(duty)
    return list(_reasons(duty, activity, wanted)) if wanted else []


def _reasons(duty: Duty, activity: Activity, wanted: Wanted) -> Iterator[str]:
    if activity.kind not in wanted.kinds:
        names = {"kind": activity.get_kind_display(), "kinds": named_kinds(wanted)}
        yield _("“%(kind)s” does not count here; the clause asks for: %(kinds)s.") % names
    if {"result", "reached"} & set(wanted.qualities) and not activity.result:
        yield _("No result was chosen.")
    elif "reached" in wanted.qualities and activity.result != Result.REACHED:
        yield _("The customer was not reached; the clause asks that they are.")
    for intent in intents_of(wanted):
        if activity.intent != intent:
            yield _("The clause asks for “%(intent)s”; this contact was for something else.") % {
                "intent": dict(Intent.choices)[intent]
            }
    if "note" in wanted.qualities and activity.note_state in NOTES:
        yield NOTES[NoteState(activity.note_state)]()
    if wanted.same_day and clock.local_date(activity.recorded_at) != clock.local_date(activity.happened_at):
        yield _("It was recorded on a later day than it happened; the clause asks for a record on the same day.")
    if wanted.by == "assignee" and activity.staff_id != duty.assignee_id:
        yield _("Only a record by %(name)s counts, whose duty it is.") % {"name": duty.assignee or "–"}
    yield from _about_time_and_subject(duty, activity)


def _about_time_and_subject(duty: Duty, activity: Activity) -> Iterator[str]:
    if activity.happened_at < duty.opens_at:
        day = formats.day(duty.opens_at)
        yield _("This step opens on %(day)s; what happens before that belongs to the step before.") % {"day": day}
    is_elsewhere = (activity.subject_kind, activity.subject_id) != (duty.subject_kind, duty.subject_id)
    if activity.subject_id is not None and is_elsewhere:
        yield _("It was recorded for something else of this customer.")


def settled_by(activity: Activity) -> list[Duty]:
    """The duties this record settled, of whatever rule."""
    return list(
        Duty.objects.filter(evidence_id=activity.pk, evidence_key="activity", state=State.DONE).order_by("due_at", "id")
    )


def intents_of(wanted: Wanted) -> list[str]:
    """What the contact must have been for, where the clause says so."""
    return [intent for intent in Intent.values if intent in wanted.qualities]


def named_kinds(wanted: Wanted) -> str:
    labels = dict(Kind.choices)
    return _(", ").join(str(labels.get(kind, kind)) for kind in wanted.kinds)


def asked_for(wanted: Wanted) -> list[str]:
    """What the clause wants to see, as short pieces for the form: call or visit, a result, a note of one's own."""
    pieces: list[Any] = [_(" or ").join(str(dict(Kind.choices).get(kind, kind)) for kind in wanted.kinds)]
    if "reached" in wanted.qualities:
        pieces.append(_("the customer reached"))
    elif "result" in wanted.qualities:
        pieces.append(_("a result"))
    pieces += [dict(Intent.choices)[intent] for intent in intents_of(wanted)]
    if "note" in wanted.qualities:
        pieces.append(_("a note in your own words"))
    if wanted.same_day:
        pieces.append(_("recorded the same day"))
    return [str(piece) for piece in pieces]
