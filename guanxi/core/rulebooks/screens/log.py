"""One gesture: the contact is recorded and the duty settled in one transaction, or the reason is told (CAR-07)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Missing, Stale, Unreadable
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui import formats
from guanxi.core.activities.access import access_activity
from guanxi.core.activities.actions import change_activity, log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.models import Activity
from guanxi.core.activities.models.activity import Kind, Result
from guanxi.core.activities.phrases import PHRASES
from guanxi.core.activities.queries import said_of_today

from ..access import access_duty
from ..actions import complete_task
from ..models import Duty, State
from .about import ACTIVITY
from .gestures import gesture_page, number_of, once, row_leaves, tell_changed
from .reasons import asked_for, intents_of, reasons_against, settled_by, wanted_of
from .rows import one_row

LONGEST_NOTE = 4000


def log(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = access_duty(request.actor, duty_id)
    if duty.is_task:
        return finish(request, duty)
    if (wanted := wanted_of(duty)) and wanted.provider != ACTIVITY:
        return elsewhere(request, duty)
    if request.method != "POST":
        return ui.go(request, f"/duties/{duty_id}") if duty.state != State.OPEN else log_form(request, duty)
    try:
        answer = once(request, f"duty:log:{duty_id}", lambda: {"activity": record(request, duty).pk})
    except Invalid as problem:
        return log_form(request, duty, errors=problem.errors, status=422)
    except Stale:
        words = _("This record was changed in another window. Open it there, or record the contact anew.")
        return log_form(request, duty, errors={"": [words]}, status=409)
    return outcome(request, access_duty(request.actor, duty_id), Activity.objects.get(id=answer.data["activity"]))


def elsewhere(request: ActorRequest, duty: Duty) -> HttpResponse:
    """What settles this one is no record of contact: to where it is made."""
    place = one_row(duty.pk, actor=request.actor).place if duty.state == State.OPEN else ""
    return ui.go(request, place or f"/duties/{duty.pk}")


def record(request: ActorRequest, duty: Duty) -> Activity:
    """A new record; or, when the first did not settle the duty, the same one with better words."""
    if "activity" in request.POST:
        return _improve(request, duty)
    if duty.customer_id is None:
        raise Missing()
    wanted = wanted_of(duty)
    note, next_on = _read(request)
    new = NewActivity(
        kind=request.POST.get("kind", ""),
        note=note,
        result=request.POST.get("result", ""),
        purpose=duty.purpose[:120],
        # What the clause asks the contact to be for, this one is for.
        intent=next(iter(intents_of(wanted)), "") if wanted else "",
        next_on=next_on,
        subject_kind=duty.subject_kind,
        subject_id=duty.subject_id,
    )
    return log_activity(duty.customer_id, new, actor=request.actor)


def _improve(request: ActorRequest, duty: Duty) -> Activity:
    activity = access_activity(request.actor, number_of(request.POST["activity"]), to="update")
    if activity.customer_id != duty.customer_id:
        raise Missing()
    note, next_on = _read(request)
    result = request.POST.get("result", "")
    if result and result not in Result.values:
        raise Invalid({"result": [_("Choose one of the results.")]})
    values = {"note": note, "result": result, "next_on": next_on}
    return change_activity(activity.pk, values, version=number_of(request.POST.get("version", "")), actor=request.actor)


def _read(request: ActorRequest) -> tuple[str, Any]:
    errors: dict[str, list[Any]] = {}
    note = request.POST.get("note", "").replace("\r\n", "\n").replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        errors["note"] = [_("This note is longer than %(limit)s characters.") % {"limit": LONGEST_NOTE}]
    text, next_on = request.POST.get("next_on", "").strip(), None
    try:
        next_on = read_date(text, today=clock.today(), may_be_future=True) if text else None
    except Unreadable as problem:
        errors["next_on"] = [problem.message]
    if errors:
        raise Invalid(errors)
    return note, next_on


def outcome(request: ActorRequest, duty: Duty, activity: Activity) -> HttpResponse:
    """Whether the duty is settled; if not, why, with what was typed kept on the record and in the form."""
    settled = settled_by(activity)
    if any(each.pk == duty.pk for each in settled) or duty.state != State.OPEN:
        say_settled(request, duty)
        return row_leaves(request, duty, others=[each.pk for each in settled if each.pk != duty.pk])
    reasons = reasons_against(duty, activity) or served_instead(settled)
    others = [each.pk for each in settled]
    return tell_changed(log_form(request, duty, activity=activity, reasons=reasons, others=others))


def say_settled(request: ActorRequest, duty: Duty) -> None:
    names = {"customer": duty.customer.name if duty.customer else "", "purpose": purpose_of(duty, request)}
    text = _("Recorded. “%(purpose)s” for %(customer)s is settled.") % names
    ui.toast(request, text, href=f"/duties/{duty.pk}", link=_("Open the duty"))


def served_instead(settled: list[Duty]) -> list[str]:
    if not settled:
        return [_("It does not meet what the clause asks for.")]
    names = {"purpose": settled[0].purpose, "day": formats.day(settled[0].due_on)}
    return [_("It settled another step first: “%(purpose)s”, due on %(day)s. One record settles one step.") % names]


def log_form(
    request: ActorRequest,
    duty: Duty,
    *,
    activity: Activity | None = None,
    reasons: list[str] | None = None,
    others: list[int] | None = None,
    errors: dict[str, list[Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    wanted = wanted_of(duty)
    kinds = wanted.kinds if wanted else ("call", "visit", "message")
    context = {
        "counting": [(kind, dict(Kind.choices).get(kind, kind)) for kind in kinds],
        "other_ways": [(kind, label) for kind, label in Kind.choices if kind not in kinds],
        "others": others or [],
        "results": Result.choices,
        "phrases": PHRASES,
        "wants": asked_for(wanted) if wanted else [],
        "typed": typed_of(request, activity),
        "activity": activity,
        "reasons": reasons or [],
        "errors": errors or {},
        "warnings": list(warnings(request, duty)) if not activity else [],
        "op": request.POST.get("op_key", "") if errors else "",
    }
    return gesture_page(request, duty, "rulebooks/log.html", context, status=status)


def typed_of(request: ActorRequest, activity: Activity | None) -> dict[str, Any]:
    if activity is None:
        return request.POST.dict()
    next_on = activity.next_on.isoformat() if activity.next_on else ""
    return {"kind": activity.kind, "result": activity.result, "note": activity.note, "next_on": next_on}


def warnings(request: ActorRequest, duty: Duty) -> list[str]:
    """Said before the work is done in vain."""
    wanted, found = wanted_of(duty), []
    if duty.opens_at > clock.now():
        day = formats.day(duty.opens_at)
        found.append(_("This step opens on %(day)s. A record made before that day does not settle it.") % {"day": day})
    if wanted and wanted.by == "assignee" and duty.assignee_id != request.actor.staff_id:
        name = duty.assignee.name if duty.assignee else _("nobody so far")
        found.append(_("This duty belongs to %(name)s; only their own record settles it.") % {"name": name})
    if duty.customer_id:
        found += said_of_today(duty.customer_id, besides=request.actor.staff_id)
    return found


def purpose_of(duty: Duty, request: ActorRequest) -> str:
    return duty.purpose if request.actor.language.startswith("zh") else duty.purpose_en or duty.purpose


def finish(request: ActorRequest, duty: Duty) -> HttpResponse:
    """A task asks for no evidence: whoever has it says that it is done."""
    if duty.state != State.OPEN and request.method != "POST":
        return ui.go(request, f"/duties/{duty.pk}")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        note = request.POST.get("note", "").strip()
        if len(note) <= LONGEST_NOTE:
            done = partial(complete_task, duty.pk, note=note, actor=request.actor)
            once(request, f"duty:finish:{duty.pk}", lambda: {"id": done().pk})
            ui.toast(request, _("“%(purpose)s” is done.") % {"purpose": purpose_of(duty, request)})
            return row_leaves(request, duty)
        errors["note"] = [_("This note is longer than %(limit)s characters.") % {"limit": LONGEST_NOTE}]
    context = {"errors": errors, "typed": request.POST}
    return gesture_page(request, duty, "rulebooks/finish.html", context, status=422 if errors else 200)
