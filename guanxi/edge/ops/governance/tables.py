"""Lists of this house as files for spreadsheets: who took which out stands in the trail."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate
from guanxi.base.records.cells import harmless, writable
from guanxi.base.records.prints.actions import next_number

from .checks import Finding
from .models import AccessReview, ComplianceReport, ReviewLine
from .wording import Words


@action("ops:review:taken_out", gettext_lazy("%(who)s took a review of rights out as a file: %(count)s rows."))
def take_out_review(review: AccessReview, *, actor: Actor) -> list[list[str]]:
    """A row for each right of each person."""
    gate.ask(actor, "read", AccessReview.KIND, review.pk)
    rows = list(_rights_of(review))
    trail.record(AccessReview.KIND, review.pk, actor=actor, changes={"count": len(rows)})
    return rows


@action("ops:compliance:taken_out", gettext_lazy("%(who)s took a compliance report out as a file: %(count)s rows."))
def take_out_report(report: ComplianceReport, findings: Iterable[Finding], *, actor: Actor) -> list[list[str]]:
    gate.ask(actor, "read", ComplianceReport.KIND, report.pk)
    rows = list(_findings(findings))
    trail.record(ComplianceReport.KIND, report.pk, actor=actor, changes={"count": len(rows)})
    return rows


@action("ops:compliance:printed", gettext_lazy("%(who)s printed a compliance report."))
def print_report(report: ComplianceReport, *, actor: Actor) -> str:
    """The number of the paper."""
    gate.ask(actor, "read", ComplianceReport.KIND, report.pk)
    number = next_number()
    trail.record(ComplianceReport.KIND, report.pk, actor=actor, changes={"print_number": number})
    return number


def _rights_of(review: AccessReview) -> Iterator[list[str]]:
    words = Words()
    lines = ReviewLine.objects.filter(review=review).select_related("staff", "decided_by").order_by("id")
    for line in lines.iterator(chunk_size=500):
        decided = [str(line.get_state_display()), line.decided_by.name if line.decided_by else "", line.note]
        for kind, verb, scope, *_units in line.rights:
            right = [words.kind(kind), words.verb(verb), words.scope(scope)]
            fresh = _("New") if line.is_new or [kind, verb, scope, *_units] in line.fresh else ""
            yield [
                line.staff.name,
                str(line.get_origin_display()),
                words.name(line),
                line.place,
                *right,
                fresh,
                *decided,
            ]


def heads_of_review() -> list[str]:
    person = [_("Person"), _("Rights from"), _("Name"), _("Unit")]
    right = [_("Records"), _("Allowed to"), _("Reach"), _("Since the last review")]
    return [*person, *right, _("State"), _("Reviewed by"), _("Note")]


STATES = {
    "fine": gettext_lazy("In order"),
    "found": gettext_lazy("Something found"),
    "unknown": gettext_lazy("Cannot be known here"),
}


def _findings(findings: Iterable[Finding]) -> Iterator[list[str]]:
    for finding in findings:
        start = [str(finding.check.title), str(STATES[finding.state])]
        for who, detail, _url in finding.told() or [("", "", "")]:
            yield [*start, who, detail, finding.advice()]


def heads_of_report() -> list[str]:
    return [_("Check"), _("State"), _("Evidence"), _("Detail"), _("What to do")]


def as_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(writable(cell)) for cell in heads])
    writer.writerows([[harmless(writable(cell)) for cell in row] for row in rows])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return response
