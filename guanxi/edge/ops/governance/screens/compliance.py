"""The compliance check: what was found now, and reports of it that are kept, printed and taken out (SEC-05)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs
from guanxi.base.records.exports.described import company_name
from guanxi.base.ui import formats

from ...screens.sending import send
from ..checks import examine, make_report, read_again
from ..models import ComplianceReport
from ..tables import STATES, as_file, heads_of_report, take_out_report

HOME = "/settings/security/checks"
TONES = {"fine": "done", "found": "late", "unknown": "plain"}


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
def report_print(request: ActorRequest, report_id: int) -> HttpResponse:
    """On paper, with the marks every paper has. The number is the report's own."""
    report = _report(report_id)
    number = f"C{report.pk:08}"
    words = {"who": request.actor.label, "when": formats.moment(clock.now()), "number": number}
    context: dict[str, Any] = {
        "title": _("Compliance report"),
        "sub": _("Made by %(who)s, %(when)s") % {"who": _maker(report), "when": formats.moment(report.made_at)},
        "back": f"{HOME}/{report.pk}",
        "findings": read_again(report.found),
        "company": company_name(),
        "number": number,
        "printed": _("Printed by %(who)s, %(when)s") % words,
        "mark": _("%(who)s %(when)s %(number)s") % words,
    }
    return ui.page(request, "ops/governance/report_print.html", context | WORDS)


def _maker(report: ComplianceReport) -> str:
    return report.made_by.name if report.made_by else "–"


@needs("security", "read")
@require_GET
def report_file(request: ActorRequest, report_id: int) -> HttpResponse:
    report = _report(report_id)
    rows = take_out_report(report, read_again(report.found), actor=request.actor)
    return as_file(_("Compliance report %(number)s") % {"number": report.pk}, heads_of_report(), rows)
