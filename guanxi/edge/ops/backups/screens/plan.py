"""The plan: when, which kinds, and whether each is verified."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.web import ActorRequest, needs

from ...screens.sending import send, together
from ..asking import PlanEntry, change_plan
from ..models import BackupPlan
from . import words


@needs("backup", "update")
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest) -> HttpResponse:
    kept = BackupPlan.objects.filter(id=1).first() or BackupPlan(id=1, since=clock.now())
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        sent = send(request, "backup:plan", lambda: _change(request))
        if sent.is_done:
            ui.toast(request, _("The plan is saved."))
            return ui.go(request, "/settings/backups")
        errors = sent.errors
    context = {
        "typed": request.POST if errors else typed_of(kept),
        "version": kept.version,
        "errors": errors,
        "weekdays": words.WEEKDAYS,
        "every": _every(kept),
    }
    return ui.page(request, "ops/backup_plan.html", context, status=422 if errors else 200)


def typed_of(kept: BackupPlan) -> dict[str, Any]:
    return {
        "is_on": kept.is_on,
        "daily_at": f"{kept.daily_at:%H:%M}",
        "full_on": str(kept.full_on),
        "every_minutes": str(kept.every_minutes),
        "verifies": kept.verifies,
    }


def _every(kept: BackupPlan) -> list[tuple[str, Any]]:
    """What is set stands among the choices, whoever set it."""
    if any(value == str(kept.every_minutes) for value, _name in words.EVERY):
        return words.EVERY
    return [*words.EVERY, (str(kept.every_minutes), _("Every %(count)s minutes") % {"count": kept.every_minutes})]


def _change(request: ActorRequest) -> None:
    post = request.POST
    given = together(
        daily_at=lambda: _time(post),
        full_on=lambda: _number(post, "full_on"),
        every_minutes=lambda: _number(post, "every_minutes"),
        version=lambda: _number(post, "version"),
    )
    version = given.pop("version")
    entry = PlanEntry(is_on=post.get("is_on") == "on", verifies=post.get("verifies") == "on", **given)
    change_plan(entry, version=version, actor=request.actor)


def _time(post: QueryDict) -> time:
    try:
        found = time.fromisoformat(post.get("daily_at", "").strip())
    except ValueError as unreadable:
        raise Invalid({"daily_at": [_("Enter the time as 08:30.")]}) from unreadable
    return found.replace(second=0, microsecond=0, tzinfo=None)


def _number(post: QueryDict, name: str) -> int:
    text = post.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Invalid({name: [_("Choose one of the list.")]})
    return int(text)
