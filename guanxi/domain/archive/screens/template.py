"""The register of controlled forms: versions, numbered sets in people's hands, and blank sheets on paper."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.prints.screens import marks

from ..actions import issue_sheets, issue_version, print_issue, settle_sheets
from ..actions.template import MOST_SHEETS, SETTLED, TEXTS
from ..contact_access import access_issue, access_template, issues_visible_to
from ..models import FormIssue, FormSheet, FormTemplate, SheetState
from ..models.template import sheet_number
from ..templates_in_force import in_force
from .transfer import colleague_of

SHOWN = 200


@require_GET
def templates(request: ActorRequest) -> HttpResponse:
    issues = issues_visible_to(request.actor).annotate(
        out=Count("sheets", filter=Q(sheets__state=SheetState.OUT)),
        lost=Count("sheets", filter=Q(sheets__state=SheetState.LOST)),
        used=Count("sheets", filter=Q(sheets__state=SheetState.USED)),
    )
    mine = FormSheet.objects.filter(issue__in=issues_visible_to(request.actor).values("id"), state=SheetState.LOST)
    context = {
        "templates": list(in_force()),
        "issues": list(issues.order_by("-id")[:SHOWN]),
        "missing": list(mine.select_related("issue__staff", "issue__unit").order_by("code", "serial")[:SHOWN]),
        "may_issue": may(request.actor, FormIssue.KIND, "create"),
        "english": request.actor.language.startswith("en"),
    }
    return ui.page(request, "archive/form_templates.html", context)


def template(request: ActorRequest, template_id: int) -> HttpResponse:
    record = access_template(request.actor, template_id)
    context = {
        "template": record,
        "versions": FormTemplate.objects.filter(code=record.code).order_by("-version"),
        "may_change": may(request.actor, FormTemplate.KIND, "create"),
        "may_issue": may(request.actor, FormIssue.KIND, "create"),
    }
    return ui.page(request, "archive/form_template.html", context)


def new_version(request: ActorRequest, template_id: int) -> HttpResponse:
    record = access_template(request.actor, template_id)
    typed = {name: getattr(record, name) for name in TEXTS} | {"effective_on": clock.today().isoformat()}
    typed["lines"] = "\n".join(" / ".join(line) for line in record.lines)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").replace("\x00", "").strip()[:1000] for name in (*typed,)}
        try:
            return _issue_version(request, template_id, typed)
        except Invalid as problem:
            errors = problem.errors
    context = {"template": record, "typed": typed, "errors": errors}
    return ui.page(request, "archive/form_version.html", context, status=422 if errors else 200)


def _issue_version(request: ActorRequest, template_id: int, typed: dict[str, str]) -> HttpResponse:
    values: dict[str, Any] = dict(typed)
    try:
        day = typed["effective_on"]
        values["effective_on"] = read_date(day, today=clock.today(), may_be_future=True) if day else None
    except Unreadable as problem:
        raise Invalid({"effective_on": [problem.message]}) from problem
    lines = [[part.strip() for part in line.partition("/")[::2]] for line in typed["lines"].splitlines()]
    values["lines"] = [[zh, en or zh] for zh, en in lines if zh]

    def run() -> dict[str, Any]:
        return {"id": issue_version(template_id, values, actor=request.actor).pk}

    key, name = request.POST.get("op_key", ""), f"formtemplate:version:{template_id}"
    answer = operations.once(key, actor=request.actor, name=name, payload=typed, perform=run)
    ui.toast(request, _("The new version is in the register."))
    return ui.go(request, f"/form-templates/{answer.data['id']}")


def new_issue(request: ActorRequest, template_id: int) -> HttpResponse:
    record = access_template(request.actor, template_id)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            return _issue(request, template_id)
        except Invalid as problem:
            errors = problem.errors
    context = {
        "template": record,
        "colleagues": working_here(most=500),
        "typed": request.POST,
        "errors": errors,
        "most": MOST_SHEETS,
    }
    return ui.page(request, "archive/form_issue_new.html", context, status=422 if errors else 200)


def _issue(request: ActorRequest, template_id: int) -> HttpResponse:
    to, text = colleague_of(request.POST.get("to", "")), request.POST.get("count", "")
    count = int(text) if text.isdecimal() and len(text) <= 4 else 0

    def run() -> dict[str, Any]:
        return {"id": issue_sheets(template_id, to, count, actor=request.actor).pk}

    key, name = request.POST.get("op_key", ""), f"formissue:issue:{template_id}"
    answer = operations.once(key, actor=request.actor, name=name, payload={"to": to.pk, "count": count}, perform=run)
    return ui.go(request, f"/form-issues/{answer.data['id']}")


def issue(request: ActorRequest, issue_id: int) -> HttpResponse:
    """The sheets of a set; whoever keeps the register notes what came back."""
    record = access_issue(request.actor, issue_id)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            return _settle(request, issue_id)
        except Invalid as problem:
            errors = problem.errors
    context = {
        "issue": record,
        "sheets": record.sheets.select_related("contact_form").order_by("serial"),
        "states": [(str(one), one.label) for one in map(SheetState, SETTLED)],
        "may_settle": may(request.actor, FormIssue.KIND, "update"),
        "may_print": may(request.actor, FormIssue.KIND, "create"),
        "typed": request.POST,
        "errors": errors,
    }
    return ui.page(request, "archive/form_issue.html", context, status=422 if errors else 200)


def _settle(request: ActorRequest, issue_id: int) -> HttpResponse:
    serials = [int(one) for one in request.POST.getlist("sheets")[:MOST_SHEETS] if one.isdecimal() and len(one) <= 9]
    state, note = request.POST.get("state", ""), request.POST.get("note", "").replace("\x00", "")

    def run() -> dict[str, Any]:
        return {"count": settle_sheets(issue_id, serials, state, note=note, actor=request.actor)}

    payload = {"sheets": serials, "state": state, "note": note}
    key, name = request.POST.get("op_key", ""), f"formissue:settle:{issue_id}"
    answer = operations.once(key, actor=request.actor, name=name, payload=payload, perform=run)
    ui.toast(request, _("Noted for %(count)s sheets.") % answer.data)
    return ui.go(request, f"/form-issues/{issue_id}")


@require_GET
def issue_print(request: ActorRequest, issue_id: int) -> HttpResponse:
    record = access_issue(request.actor, issue_id, to="create")
    number = print_issue(issue_id, actor=request.actor)
    english = request.actor.language.startswith("en")
    template_ = record.template
    context = {
        "title": template_.title_en if english and template_.title_en else template_.title,
        "issue": record,
        "template": template_,
        "purpose": template_.purpose_en if english else template_.purpose,
        "consent": template_.consent_en if english else template_.consent,
        "lines": [line[1 if english else 0] for line in template_.lines],
        "numbers": [sheet_number(template_.code, serial) for serial in range(record.first, record.last + 1)],
        "back": f"/form-issues/{record.pk}",
        **marks(request, number),
    }
    return ui.page(request, "archive/form_sheets.html", context)
