"""The register of controlled forms: new versions, numbered sets in people's hands, and what came back (FIL-01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org import gate
from guanxi.base.org.access import current_posts
from guanxi.base.org.models import Staff
from guanxi.base.records.prints.actions import next_number

from ..contact_access import access_issue, access_template
from ..models import FormIssue, FormSheet, FormTemplate, SheetState, TemplateKind

MOST_SHEETS = 200
TEXTS = ("title", "title_en", "purpose", "purpose_en", "consent", "consent_en")
SETTLED = (SheetState.RETURNED, SheetState.SPOILED, SheetState.LOST, SheetState.OUT)


@action("archive:formtemplate:versioned", _("%(who)s issued a new version of a controlled form."))
def issue_version(template_id: int, values: Mapping[str, Any], *, actor: Actor) -> FormTemplate:
    """Versions never change; forms filled in keep the one they were filled in with."""
    gate.ask(actor, "create", FormTemplate.KIND)
    before = access_template(actor, template_id)
    versions = FormTemplate.objects.select_for_update().filter(code=before.code)
    latest = max(versions, key=lambda one: one.version)
    made = FormTemplate(code=before.code, version=latest.version + 1, kind=before.kind, page=before.page)
    for name in TEXTS:
        setattr(made, name, str(values.get(name, "")).strip())
    made.lines, made.effective_on = values.get("lines") or before.lines, values.get("effective_on")
    require_open(made)
    made.save(force_insert=True)
    changes = {"code": [None, made.code], "version": [latest.version, made.version]}
    trail.record(FormTemplate.KIND, made.pk, actor=actor, changes=changes)
    return made


@action("archive:formissue:issued", _("%(who)s issued numbered sheets: %(count)s."))
def issue_sheets(template_id: int, to: Staff, count: int, *, actor: Actor) -> FormIssue:
    """A bound set for one person, with the next numbers of the code."""
    gate.ask(actor, "create", FormIssue.KIND)
    template = access_template(actor, template_id)
    if template.kind == TemplateKind.FIRST_CONTACT and template.retired_on:
        raise Refused(_("This version is retired. Print the one in force."))
    if not 1 <= count <= MOST_SHEETS:
        raise Invalid({"count": [_("Print between 1 and %(most)s sheets at once.") % {"most": MOST_SHEETS}]})
    # One after the other for each code, so that no number is given twice.
    list(FormTemplate.objects.select_for_update().filter(code=template.code).order_by("id"))
    last = FormSheet.objects.filter(code=template.code).aggregate(last=Max("serial"))["last"] or 0
    post = current_posts().filter(staff=to).order_by("-is_main", "id").first()
    issue = FormIssue(template=template, staff=to, unit_id=post.unit_id if post else None, issued_on=clock.today())
    issue.first, issue.last, issue.issued_by_id = last + 1, last + count, actor.staff_id
    issue.save(force_insert=True)
    FormSheet.objects.bulk_create(
        FormSheet(code=template.code, serial=serial, issue=issue) for serial in range(issue.first, issue.last + 1)
    )
    changes = {"count": count, "from": [None, issue.first], "to": [None, issue.last]}
    trail.record(FormIssue.KIND, issue.pk, actor=actor, changes=changes)
    return issue


@action("archive:formissue:settled", _("%(who)s noted what became of numbered sheets: %(count)s."))
def settle_sheets(issue_id: int, serials: Sequence[int], state: str, *, actor: Actor, note: str = "") -> int:
    """Came back blank, spoiled, missing, or found again. A sheet that was filled in is where its form is."""
    gate.ask(actor, "update", FormIssue.KIND, issue_id)
    issue = access_issue(actor, issue_id, to="update")
    if state not in SETTLED:
        raise Invalid({"state": [_("Choose one of the values offered.")]})
    if not serials:
        raise Invalid({"sheets": [_("Choose at least one sheet.")]})
    sheets = issue.sheets.select_for_update().filter(serial__in=list(serials)).exclude(state=SheetState.USED)
    settled_on = None if state == SheetState.OUT else clock.today()
    changed = sheets.exclude(state=state).update(state=state, settled_on=settled_on, note=note.strip()[:200])
    if not changed:
        trail.unchanged()
        return 0
    trail.record(FormIssue.KIND, issue.pk, actor=actor, changes={"count": changed, "state": [None, state]})
    return changed


@action("archive:formissue:printed", _("%(who)s printed a set of numbered sheets."))
def print_issue(issue_id: int, *, actor: Actor) -> str:
    """The number of the print. Each print of the same numbers is on record, and says how many there were before."""
    gate.ask(actor, "create", FormIssue.KIND)
    issue = access_issue(actor, issue_id, to="create")
    number = next_number()
    trail.record(FormIssue.KIND, issue.pk, actor=actor, changes={"print_number": number})
    return number


def require_open(made: FormTemplate) -> None:
    errors: dict[str, list[Any]] = {}
    for name in TEXTS:
        most = made._meta.get_field(name).max_length or 0
        if len(getattr(made, name)) > most:
            errors[name] = [_("At most %(count)s characters.") % {"count": most}]
    if not made.title:
        errors["title"] = [_("Please fill this in.")]
    if made.effective_on is None:
        errors["effective_on"] = [_("Please fill this in.")]
    if made.kind != TemplateKind.OTHER:
        for name in ("purpose", "consent"):
            if not getattr(made, name):
                errors[name] = [_("Whoever is asked is told what for, and agrees: this text cannot be empty.")]
    if errors:
        raise Invalid(errors)
