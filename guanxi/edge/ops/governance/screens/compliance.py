"""The compliance check: what was found now, and reports of it that are kept, printed and taken out (SEC-05)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.base import ui
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs
from guanxi.base.records.labels import LABELS
from guanxi.base.records.prints.screens import marks
from guanxi.base.ui import formats

from ...screens.sending import send
from ..checks import examine, make_report, read_again
from ..models import ComplianceReport
from ..tables import STATES, as_file, heads_of_report, print_report, take_out_report

HOME = "/settings/security/checks"
TONES = {"fine": "done", "found": "open", "unknown": "plain"}


@needs("security", "read")
def checks(request: ActorRequest) -> HttpResponse:
    context = {
        "findings": examine(),
        "reports": ComplianceReport.objects.select_related("made_by").order_by("-id")[:50],
        "may_make": may(request.actor, "security", "update"),
    }
    return ui.page(request, "ops/governance/checks.html", context | WORDS)


WORDS = {"states": STATES, "tones": TONES}


@needs("security", "update")
@require_POST
def make(request: ActorRequest) -> HttpResponse:
    made: list[ComplianceReport] = []
    send(request, "compliance:report", lambda: made.append(make_report(actor=request.actor)))
    ui.toast(request, _("Kept as a report."))
    return ui.go(request, f"{HOME}/{made[0].pk}" if made else HOME)


def _report(report_id: int) -> ComplianceReport:
    found = ComplianceReport.objects.select_related("made_by").filter(id=report_id).first()
    if found is None:
        raise Missing()
    return found


@needs("security", "read")
def report_page(request: ActorRequest, report_id: int) -> HttpResponse:
    report = _report(report_id)
    context = {"report": report, "findings": read_again(report.found)}
    return ui.page(request, "ops/governance/report.html", context | WORDS)


@needs("security", "read")
@require_GET
def report_print(request: ActorRequest, report_id: int) -> HttpResponse:
    """On paper, with the marks every paper has."""
    report = _report(report_id)
    number = print_report(report, actor=request.actor)
    maker = report.made_by.name if report.made_by else "–"
    context: dict[str, Any] = {
        "title": _("Compliance report"),
        "sub": _("Made by %(who)s, %(when)s") % {"who": maker, "when": formats.moment(report.made_at)},
        "back": f"{HOME}/{report.pk}",
        "findings": read_again(report.found),
        **marks(request, number, level=LABELS.of(ComplianceReport.KIND)),
    }
    return ui.page(request, "ops/governance/report_print.html", context | WORDS)


@needs("security", "read")
@require_GET
def report_file(request: ActorRequest, report_id: int) -> HttpResponse:
    report = _report(report_id)
    rows = take_out_report(report, read_again(report.found), actor=request.actor)
    return as_file(_("Compliance report %(number)s") % {"number": report.pk}, heads_of_report(), rows)
