"""Later, somebody else, or not at all: postponing, handing over and withdrawing a duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Missing, Unreadable
from guanxi.base.org.access import current_posts
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui import formats

from ..access import KIND, access_duty
from ..actions import hand_over_duty, postpone_duty, withdraw_duty
from ..models import Duty
from .gestures import gesture_page, once, row_again, row_leaves, staff_of

MOST_COLLEAGUES = 2000
Errors = dict[str, list[Any]]


def postpone(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = access_duty(request.actor, duty_id, to="update")
    errors: Errors = {}
    if request.method == "POST":
        errors = refused(lambda: _postpone(request, duty_id))
        if not errors:
            duty = access_duty(request.actor, duty_id)
            ui.toast(request, _("Postponed to %(day)s.") % {"day": formats.day(duty.due_on)})
            return row_again(request, duty)
    first = max(duty.due_on, clock.today()) + timedelta(days=1)
    context = {
        "errors": errors,
        "typed": request.POST,
        "first": first,
        "suggestions": [(first + timedelta(days=days)).isoformat() for days in (0, 2, 6)],
    }
    return gesture_page(request, duty, "rulebooks/postpone.html", context, status=422 if errors else 200)


def _postpone(request: ActorRequest, duty_id: int) -> None:
    until, why = day_of(request.POST.get("until", ""), "until"), request.POST.get("why", "").replace("\x00", "")
    once(
        request,
        f"duty:postpone:{duty_id}",
        lambda: {"id": postpone_duty(duty_id, until=until, why=why, actor=request.actor).pk},
    )


def hand_over(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = access_duty(request.actor, duty_id, to="update")
    errors: Errors = {}
    if request.method == "POST":
        to = staff_of(request.POST.get("to", ""))
        errors = refused(lambda: _hand_over(request, duty_id, to))
        if not errors and to:
            ui.toast(request, _("%(name)s has it now, and a message says so.") % {"name": to.name})
            return _after_hand_over(request, duty)
    context = {"errors": errors, "typed": request.POST, "colleagues": colleagues(duty)}
    return gesture_page(request, duty, "rulebooks/hand_over.html", context, status=422 if errors else 200)


def _hand_over(request: ActorRequest, duty_id: int, to: Staff | None) -> None:
    if to is None:
        raise Invalid({"to": [_("Choose a colleague.")]})
    why = request.POST.get("why", "").replace("\x00", "")
    once(
        request,
        f"duty:hand_over:{duty_id}",
        lambda: {"id": hand_over_duty(duty_id, to=to, why=why, actor=request.actor).pk},
    )


def _after_hand_over(request: ActorRequest, duty: Duty) -> HttpResponse:
    """Once it is somebody else's, its own page may be out of the giver's sight."""
    try:
        access_duty(request.actor, duty.pk)
    except Missing:
        return row_leaves(request, duty, goes_to="/")
    return row_leaves(request, duty)


def withdraw(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = access_duty(request.actor, duty_id, to="update")
    errors: Errors = {}
    if request.method == "POST":
        why = request.POST.get("why", "").replace("\x00", "")

        def perform() -> dict[str, Any]:
            return {"id": withdraw_duty(duty_id, why=why, actor=request.actor).pk}

        errors = refused(lambda: once(request, f"duty:withdraw:{duty_id}", perform))
        if not errors:
            ui.toast(request, _("Withdrawn. It stays in the records with your reason."))
            return row_leaves(request, duty)
    context = {"errors": errors, "typed": request.POST}
    return gesture_page(request, duty, "rulebooks/withdraw.html", context, status=422 if errors else 200)


def refused(perform: Callable[[], Any]) -> Errors:
    """Empty when it was done."""
    try:
        perform()
    except Invalid as problem:
        return problem.errors
    return {}


def day_of(text: str, field: str) -> date:
    """Raises Invalid for that field."""
    if not text.strip():
        raise Invalid({field: [_("Choose a day.")]})
    try:
        return read_date(text.strip(), today=clock.today(), may_be_future=True)
    except Unreadable as problem:
        raise Invalid({field: [problem.message]}) from problem


def colleagues(duty: Duty) -> list[tuple[str, str]]:
    """Those who may have duties at all, without the one who has this; the unit tells namesakes apart."""
    posts = current_posts().filter(role__grants__kind=KIND, role__grants__verb="update", staff__left_on=None)
    posts = posts.filter(~Q(staff_id=duty.assignee_id)).order_by("staff__pinyin", "staff_id", "-is_main")
    rows = posts.values_list("staff_id", "staff__name", "unit__name")[: MOST_COLLEAGUES * 2]
    seen: dict[str, str] = {}
    for staff_id, name, unit in rows:
        seen.setdefault(str(staff_id), f"{name} · {unit}")
    return list(seen.items())[:MOST_COLLEAGUES]


def may_give(request: ActorRequest, duty: Duty) -> bool:
    """Whether the gestures are offered; the actions ask again."""
    scope = scope_of(request.actor, KIND, "update")
    return scope.everything or duty.assignee_id in scope.staff_ids or duty.unit_id in scope.unit_ids
