"""Restoring is done on the machine, with the product stopped. Here it is asked for, answered, and reported (OPS-13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest, needs

from ...screens.sending import send
from ..asking import answer_restore, plan_restore
from ..models import KeptSet, RestorePlan
from . import words
from .overview import rights


@needs("backup", "restore")
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    made: list[RestorePlan] = []
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        sent = send(request, "backup:restore", lambda: made.append(_plan(request)))
        if sent.is_done:
            ui.toast(request, _("Asked for. Somebody else has to agree before it is done."))
            return ui.go(request, f"/settings/backups/restores/{made[0].pk}" if made else "/settings/backups")
        errors = sent.errors
    typed = request.POST if errors else {"set": request.GET.get("set", "")}
    context = {"typed": typed, "errors": errors, "sets": _choices(), **rights(request)}
    return ui.page(request, "ops/restore_form.html", context, status=422 if errors else 200)


def _choices() -> list[tuple[str, str]]:
    rows = KeptSet.objects.filter(gone_at=None, trouble="").order_by("-finished_at")
    return [(row.set_id, _named(row)) for row in rows[:500]]


def _named(row: KeptSet) -> str:
    at = f"{row.finished_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}" if row.finished_at else ""
    return f"{at} · {words.KINDS.get(row.kind, row.kind)}" + (f" · {_('verified')}" if row.is_good else "")


def _plan(request: ActorRequest) -> RestorePlan:
    post = request.POST
    return plan_restore(
        post.get("set", ""), moment=_moment(post.get("moment", "")), reason=post.get("reason", ""), actor=request.actor
    )


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip()).replace(microsecond=0)
        return found if found.tzinfo else found.replace(tzinfo=clock.ZONE)
    except ValueError as unreadable:
        raise Invalid({"moment": [_("Enter the moment as 2026-11-21 15:30.")]}) from unreadable


@needs("backup", "read")
@require_GET
def one(request: ActorRequest, plan_id: int) -> HttpResponse:
    plan = _reach(plan_id)
    row = KeptSet.objects.filter(set_id=plan.set_id).first()
    context = {
        "plan": plan,
        "row": row,
        "at": f" --at {plan.moment.astimezone(clock.ZONE).isoformat(timespec='seconds')}" if plan.moment else "",
        "stands_at": datetime.fromisoformat(plan.report["moment"]) if plan.report else None,
        "is_own": plan.asked_by_account == request.actor.account_id,
        **rights(request),
    }
    return ui.page(request, "ops/restore_plan.html", context)


@needs("backup", "approve")
@require_POST
@sent_once
def answer(request: ActorRequest, plan_id: int) -> HttpResponse:
    act = request.POST.get("act", "")
    if act not in {"approve", "decline"}:
        raise Invalid({"": [_("Choose one of the list.")]})
    answer_restore(plan_id, is_approved=act == "approve", actor=request.actor)
    ui.toast(request, _("Your answer is noted."))
    return ui.go(request, f"/settings/backups/restores/{plan_id}")


def _reach(plan_id: int) -> RestorePlan:
    plan = RestorePlan.objects.filter(id=plan_id).first()
    if plan is None:
        raise Missing()
    return plan
