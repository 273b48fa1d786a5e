"""The contest of a quarter: result table, terms, and the spot check."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest

from .. import contest as contests
from ..actions.contest import Terms, draw_sample, record_check, set_contest
from ..models import FileContest, Measure
from .incident import typed_of

QUARTER = re.compile(r"(20\d\d)-([1-4])", re.ASCII)


@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: ActorRequest) -> HttpResponse:
    quarter = quarter_from(request.GET.get("quarter", ""))
    typed = typed_of(request, ("measure", "reward", "forfeit", "sample"))
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        sample = int(typed["sample"]) if typed["sample"].isdecimal() and len(typed["sample"]) < 6 else 0
        terms = Terms(typed["measure"], typed["reward"], typed["forfeit"], sample)
        try:
            operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"filecontest:set:{quarter}",
                payload=typed,
                perform=lambda: {"id": set_contest(quarter, terms, actor=request.actor).pk},
            )
            ui.toast(request, _("Saved."))
            return ui.go(request, address(quarter))
        except Invalid as problem:
            errors = problem.errors
    return _page(request, quarter, typed if request.method == "POST" else {}, errors)


def _page(request: ActorRequest, quarter: date, typed: dict[str, str], errors: dict[str, list[Any]]) -> HttpResponse:
    found = FileContest.objects.filter(quarter=quarter).first()
    shown = found or FileContest(quarter=quarter, measure=FileContest.USUAL[contests.number_of(quarter)])
    of = {"measure": shown.measure, "reward": shown.reward, "forfeit": shown.forfeit, "sample": str(shown.sample)}
    checks = found.checks.select_related("form", "form__customer", "unit").order_by("unit_id", "id") if found else []
    context = {
        "contest": found,
        "measure": shown.get_measure_display(),
        "is_check": shown.measure == Measure.TRUTHFULNESS,
        "is_count": shown.measure == Measure.REGISTERED,
        "standings": contests.standings(shown),
        "checks": list(checks),
        "title": name_of(quarter),
        "action": address(quarter),
        "earlier": address(contests.quarter_before(quarter)),
        "later": address(contests.next_quarter(quarter)),
        "may_set": may(request.actor, FileContest.KIND, "update"),
        "measures": list(Measure.choices),
        "typed": typed or of,
        "errors": errors,
    }
    return ui.page(request, "archive/contest.html", context, status=422 if errors else 200)


@require_POST
@sent_once
def draw(request: ActorRequest, contest_id: int) -> HttpResponse:
    count = draw_sample(contest_id, actor=request.actor)
    ui.toast(request, _("Drawn: %(count)s forms.") % {"count": count})
    return ui.go(request, address(FileContest.objects.get(id=contest_id).quarter))


@require_POST
@sent_once
def check(request: ActorRequest, check_id: int) -> HttpResponse:
    typed = typed_of(request, ("is_true", "note"))
    if typed["is_true"] not in ("yes", "no"):
        raise Invalid({"is_true": [_("Choose one of the values offered.")]})
    found = record_check(check_id, typed["is_true"] == "yes", typed["note"], actor=request.actor)
    ui.toast(request, _("Saved."))
    return ui.go(request, address(found.contest.quarter))


def quarter_from(text: str) -> date:
    """`2026-4`; the present quarter for nothing, Missing for anything else."""
    if not text:
        return contests.quarter_of(clock.today())
    found = QUARTER.fullmatch(text)
    if found is None:
        raise Missing()
    return date(int(found[1]), int(found[2]) * 3 - 2, 1)


def address(quarter: date) -> str:
    return f"/file-contest?quarter={quarter.year}-{contests.number_of(quarter)}"


def name_of(quarter: date) -> str:
    return _("%(year)s, quarter %(number)s") % {"year": quarter.year, "number": contests.number_of(quarter)}
