"""Are we safe: how old the last verified backup is, what lies where, what comes next, and a button."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from .. import asking, looking, reach, schedule
from ..models import STATES, VERIFY, BackupPlace, BackupPlan, BackupRun, KeptSet, RestorePlan
from ..places import this_installation
from ..retention import Keeping
from ..sets import Method
from . import words

PAGE = 30
HISTORY = 8
CHARTED = 40
HERE = "/settings/backups"


@needs("backup", "read")
@require_GET
def overview(request: ActorRequest) -> HttpResponse:
    place = BackupPlace.objects.filter(id=1).first()
    # Before the first look of the worker: what the plan will be, without writing it.
    plan = BackupPlan.objects.filter(id=1).first() or BackupPlan(id=1, since=clock.now())
    context = {
        "place": place,
        "trouble": words.TROUBLES.get(place.trouble, "") if place else "",
        "plan": plan,
        "health": health(plan, place),
        "has_chains": place is None or place.method != Method.LOGICAL,
        "keeping": Keeping.from_environment(),
        "shipping": of_log(),
        "plans": RestorePlan.objects.order_by("-asked_at")[:HISTORY],
        "chart": charted(),
        **rights(request),
        **of_runs(),
        **of_sets(request),
    }
    return ui.page(request, "ops/backups.html", context)


def rights(request: ActorRequest) -> dict[str, Any]:
    verbs = ("create", "update", "restore", "approve")
    return {f"may_{verb}": may(request.actor, "backup", verb) for verb in verbs}


def of_runs() -> dict[str, Any]:
    runs = list(BackupRun.objects.select_related("asked_by").order_by("-asked_at", "-id")[:HISTORY])
    under_way = next((run for run in runs if run.is_under_way), None)
    return {
        "run": under_way,
        "runs": [run for run in runs if not run.is_under_way],
        "states": STATES,
        "doings": words.DOINGS,
        "kinds": words.KINDS,
        "about": words.ABOUT,
        "troubles": words.TROUBLES,
        "weekdays": dict(words.WEEKDAYS),
    }


def of_sets(request: ActorRequest) -> dict[str, Any]:
    older = request.GET.get("older", "")
    rows = KeptSet.objects.filter(gone_at=None).order_by("-set_id")
    if older:
        rows = rows.filter(set_id__lt=older[:80])
    found = list(rows[: PAGE + 1])
    more = f"?older={found[PAGE - 1].set_id}" if len(found) > PAGE else ""
    newer = HERE if older else ""
    wanted = {row.parent for row in found if row.parent}
    parents = dict(KeptSet.objects.filter(set_id__in=wanted, gone_at=None).values_list("set_id", "finished_at"))
    return {
        "sets": found[:PAGE],
        "parents": parents,
        "paging": ui.Paging(newer, f"{HERE}{more}" if more else "", len(found[:PAGE])),
    }


def health(plan: BackupPlan, place: BackupPlace | None) -> dict[str, Any]:
    newest = KeptSet.objects.filter(gone_at=None, trouble="").order_by("-finished_at").first()
    coming = schedule.next_daily(plan, clock.now()) if plan.is_on else None
    return {
        "good": schedule.last_good(),
        "newest": newest,
        "is_late": schedule.is_late(plan, clock.now()),
        "next": coming,
        "bytes": place.bytes if place else 0,
    }


def of_log() -> dict[str, Any] | None:
    """None where no log is shipped."""
    told = reach.read(this_installation().data)
    if told is None:
        return None
    holes = [tuple(datetime.fromisoformat(at) for at in hole) for hole in told.reach.holes[-HISTORY:]]
    return {
        "newest": told.newest_at,
        "is_late": told.is_late(clock.now()),
        "gap": datetime.fromisoformat(told.gap_since) if told.gap_since else None,
        "holes": holes,
    }


def charted() -> dict[str, Any]:
    """Sizes over time, one colour a kind."""
    rows = KeptSet.objects.filter(trouble="").exclude(finished_at=None).order_by("-finished_at")[:CHARTED][::-1]
    at = [ui_time(row) for row in rows]
    series = [
        {
            "name": str(name),
            "type": "bar",
            "stack": "size",
            "data": [_mb(row) if row.kind == kind else None for row in rows],
        }
        for kind, name in words.KINDS.items()
    ]
    option = {
        "xAxis": {"type": "category", "data": at},
        "yAxis": {"type": "value", "name": "MB"},
        "legend": {"top": 0, "right": 0},
        "tooltip": {"trigger": "axis"},
        "series": series,
    }
    table = [[ui_time(row), str(words.KINDS.get(row.kind, row.kind)), f"{_mb(row):,.1f}"] for row in reversed(rows)]
    return {"option": option, "rows": table}


def ui_time(row: KeptSet) -> str:
    return f"{row.finished_at.astimezone(clock.ZONE):%m-%d %H:%M}" if row.finished_at else ""


def _mb(row: KeptSet) -> float:
    return round(row.own_size / 1024**2, 1)


@needs("backup", "read")
@require_GET
def run_state(request: ActorRequest, run_id: int) -> HttpResponse:
    """What the bar asks for each second; when the work is over the page is shown anew."""
    run = BackupRun.objects.filter(id=run_id).first()
    if run is None:
        raise Missing()
    if not run.is_under_way and ui.is_htmx(request):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    if not run.is_under_way:
        return ui.go(request, HERE)
    return ui.page(request, "ops/backup_run.html", {"run": run, "doings": words.DOINGS})


@needs("backup", "create")
@require_POST
@sent_once
def back_up(request: ActorRequest) -> HttpResponse:
    asking.ask(request.POST.get("kind", ""), actor=request.actor)
    ui.toast(request, _("The backup has begun. You can leave this page; the work goes on."))
    return ui.go(request, HERE)


@needs("backup", "create")
@require_POST
@sent_once
def verify(request: ActorRequest, set_pk: int) -> HttpResponse:
    found = KeptSet.objects.filter(id=set_pk, gone_at=None).first()
    if found is None:
        raise Missing()
    asking.ask(VERIFY, set_id=found.set_id, actor=request.actor)
    ui.toast(request, _("The set is being restored into a scratch place and looked through."))
    return ui.go(request, HERE)


@needs("backup", "create")
@require_POST
@sent_once
def look_again(request: ActorRequest) -> HttpResponse:
    """Reads what lies there; changes nothing but what this page knows."""
    place = looking.look()
    ui.toast(
        request, _("The place for backups was looked at.") if not place.trouble else str(words.TROUBLES[place.trouble])
    )
    return ui.go(request, HERE)
