"""Everything about one duty: the clause, the deadline, its series, its ladder, what settled it or why nothing did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit.models import Entry
from guanxi.base.audit.trail import sentence_of
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.types import RECORD_TYPES
from guanxi.base.ui import formats
from guanxi.core.activities.models import Activity
from guanxi.core.documents.panel import files_of

from ..access import access_duty
from ..engine.durations import Unit
from ..engine.rules import Rung
from ..models import Duty, Guidance, State
from ..registry import EVIDENCE, SUBJECTS
from .about import ACTIVITY, label_of, page_of, settles
from .deeds import deed_of, people_of, role_names
from .giving import may_give
from .proposals import proposed_because_of
from .reasons import asked_for, reasons_against, wanted_of
from .rows import CUSTOMER, DutyRow, numbered, read_rows

MOST_ATTEMPTS = 5
MOST_HISTORY = 20
SERIES = """SELECT id FROM rulebooks_duty
WHERE clause_id = %s AND subject_id = %s AND occurrence = %s AND slot = %s LIMIT 50"""


@dataclass(frozen=True)
class ClimbedRung:
    day: date
    text: str
    is_climbed: bool


@dataclass(frozen=True)
class Attempt:
    """A record of contact since the duty opened, and why it did not settle it."""

    activity: Activity
    reasons: list[str]


def duty_page(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = access_duty(request.actor, duty_id)
    rows = series(duty, request.actor)
    row = next(row for row in rows if row.id == duty.pk)
    context = {
        "duty": duty,
        "row": row,
        "series": rows,
        "clause": clause_of(duty, request.actor),
        "subject": subject_of(duty),
        "wants": wants_of(duty),
        "proof": proof_of(duty),
        "files": files_of(request.actor, Duty.KIND, duty.pk),
        "ladder": ladder_of(duty, request.actor),
        "proposed": proposed_because_of(duty, request.actor),
        "settled": settled_of(duty),
        "attempts": attempts(duty) if duty.state == State.OPEN else [],
        "guidance": guidance_about(duty.pk),
        "history": [(sentence_of(e), e.at, said(e)) for e in history(duty)],
        "may_give": duty.state == State.OPEN and may_give(request, duty),
        "is_mine": duty.assignee_id == request.actor.staff_id,
        "base_day": formats.last_day(duty.base_due_at),
        "may_withdraw": duty.assignee_id != request.actor.staff_id or duty.created_by_id == request.actor.staff_id,
    }
    return ui.page(request, "rulebooks/duty.html", context)


def guidance_about(duty_id: int) -> list[Guidance]:
    return list(Guidance.objects.filter(duty_id=duty_id).select_related("staff").order_by("-id")[:MOST_HISTORY])


def series(duty: Duty, actor: Actor) -> list[DutyRow]:
    """The steps of the same occurrence, this one among them; a task is a series of itself."""
    if duty.clause_id is None:
        return read_rows("SELECT %s::bigint AS id", [duty.pk], actor=actor, order="d.id")
    values = [duty.clause_id, duty.subject_id, duty.occurrence, duty.slot]
    return read_rows(SERIES, values, actor=actor, order="d.step, d.id")


def clause_of(duty: Duty, actor: Actor) -> dict[str, Any] | None:
    """The wording it was raised under, which stays also when the rule changes."""
    if duty.rule is None:
        return None
    rule, version = duty.rule, duty.rule.version
    is_chinese = actor.language.startswith("zh")
    number, words = numbered(rule.article if is_chinese else rule.article_en or rule.article)
    book = version.rulebook
    return {
        "text": words,
        "article": number,
        "rulebook": book.title if is_chinese else book.title_en or book.title,
        "version": version.number,
        "url": f"/rulebooks/{book.key}#{rule.clause.key}",
    }


def wants_of(duty: Duty) -> list[str]:
    wanted = wanted_of(duty)
    if wanted is None or duty.rule is None:
        return []
    if wanted.provider == ACTIVITY:
        return asked_for(wanted)
    return [settles(wanted.provider, wanted.kinds, duty.rule.read.subject)]


def proof_of(duty: Duty) -> str:
    """What settled it, when that is no record of contact."""
    provider = EVIDENCE.find(duty.evidence_key)
    if provider is None or duty.evidence_key == ACTIVITY:
        return ""
    return _(": ").join([str(provider.label), *wants_of(duty)])


def subject_of(duty: Duty) -> dict[str, Any] | None:
    """Where to look at what the duty is about, when that is more than the customer."""
    if duty.subject_kind == CUSTOMER:
        return None
    if page := page_of(duty.subject_kind, duty.subject_id, customer=duty.customer_id, duty=duty.pk):
        return {"label": label_of(duty.subject_kind), "url": page}
    type_ = RECORD_TYPES.find(duty.subject_kind)
    subject = next((s for s in SUBJECTS if s.kind == duty.subject_kind), None)
    if type_ is None or subject is None:
        return None
    return {"label": type_.label, "url": f"/{type_.path}/{duty.subject_id}"}


def ladder_of(duty: Duty, actor: Actor) -> list[ClimbedRung]:
    if duty.rule is None:
        return []
    rungs = duty.rule.read.ladder
    roles = role_names(actor, people_of(duty.rule.read))
    return [
        ClimbedRung(day_of(rung, duty), deed_of(rung, roles), number <= duty.rung)
        for number, rung in enumerate(rungs, 1)
    ]


def day_of(rung: Rung, duty: Duty) -> date:
    if rung.from_raised:
        return clock.local_date(duty.created_at)
    return duty.due_on + timedelta(days=rung.at.amount * (7 if rung.at.unit is Unit.WEEK else 1))


def settled_of(duty: Duty) -> Activity | None:
    if duty.settled_activity_id is None:
        return None
    return Activity.objects.select_related("staff").filter(id=duty.settled_activity_id).first()


def attempts(duty: Duty) -> list[Attempt]:
    """What was recorded since it opened and did not settle it, newest first."""
    wanted = wanted_of(duty)
    if duty.customer_id is None or wanted is None or wanted.provider != ACTIVITY or duty.opens_at > clock.now():
        return []
    rows = Activity.objects.kept().filter(customer_id=duty.customer_id, happened_at__gte=duty.opens_at)
    tried = rows.select_related("staff").prefetch_related("settles").order_by("-happened_at", "-id")[:MOST_ATTEMPTS]
    return [Attempt(activity, reasons_against(duty, activity) or [served(activity)]) for activity in tried]


def served(activity: Activity) -> str:
    first = next(iter(activity.settles.all()), None)
    if first is None:
        return _("It does not meet what the clause asks for.")
    return _("It settled another step: “%(purpose)s”.") % {"purpose": first.purpose}


def history(duty: Duty) -> list[Entry]:
    return list(Entry.objects.filter(kind=Duty.KIND, subject_id=duty.pk).order_by("-id")[:MOST_HISTORY])


def said(entry: Entry) -> str:
    """The reason given, and the day from and to."""
    why = (entry.changes.get("why") or [None, ""])[1] or ""
    days = entry.changes.get("due_on")
    moved = f"{days[0]} → {days[1]}" if days and days[0] else ""
    return " · ".join(text for text in (moved, why) if text)
