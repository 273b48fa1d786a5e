"""The first-contact form: list and card in one declaration; pages of its own to fill it in, sign and correct it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Stale
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may, scope_of
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.exports.described import company_name
from guanxi.base.records.screens.forms import INPUT_KINDS, typed_of
from guanxi.base.records.types import Button, Field, Filter, ListColumn, RecordType, Section
from guanxi.base.records.values import Read, read_form
from guanxi.core.customers.models.customer import Gender

from ..actions import (
    change_contact_form,
    create_contact_form,
    remove_contact_form,
    sign_contact_form,
    void_signature,
)
from ..contact_access import access_contact_form
from ..models import ContactForm, ContactState, FilledBy, FormTemplate, TemplateKind
from ..templates_in_force import template_for

TONES = {"draft": "plain", "signed": "open", "handed_over": "open", "received": "open", "allocated": "done"}
SHOWN_STATES = [choice for choice in ContactState.choices if choice[0] != ContactState.SEALED]


def _mine(form: ContactForm, actor: Actor, state: str) -> bool:
    return form.collector_id == form.holder_id == actor.staff_id and form.state == state


def _leads_to(step: str) -> Callable[[ContactForm], str]:
    return lambda form: f"/contact-forms/{form.pk}/{step}"


def _while(state: str) -> Callable[[Actor, ContactForm], bool]:
    return lambda actor, form: _mine(form, actor, state)


def _removable(actor: Actor, form: ContactForm) -> bool:
    """A draft: one's own, or of somebody one removes for, who has left it behind."""
    scope = scope_of(actor, ContactForm.KIND, "delete")
    return form.state == "draft" and (scope.everything or form.holder_id in scope.staff_ids)


def _badges(form: ContactForm) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = [(form.get_state_display(), TONES.get(form.state, "plain"))]
    if form.signed_at and not form.is_as_signed:
        found.append((_("Changed since it was signed"), "late"))
    return found


CONTACT_FORMS = RecordType(
    key=ContactForm.KIND,
    label=_("First-contact form"),
    plural=_("First-contact forms"),
    new_label=_("New first-contact form"),
    path="contact-forms",
    model=ContactForm,
    owner="holder_id",
    kept="t.removed_at IS NULL AND t.sealed_at IS NULL",
    fields=(
        Field("number", _("Number"), is_fixed=True),
        Field("name", _("Name"), required=True, max_length=60),
        Field("phone", _("Phone"), "phone", is_personal=True),
        Field("gender", _("Gender"), "choice", choices=list(Gender.choices)),
        Field("birth_year", _("Year of birth"), "number", is_personal=True),
        Field("area", _("Area"), max_length=60, help=_("The district or quarter, for the allocation by area.")),
        Field("address", _("Address"), is_personal=True),
        Field("health", _("State of health"), is_personal=True, max_length=400),
        Field("medication", _("Medication"), is_personal=True, max_length=400),
        Field("concern", _("Concerns"), is_personal=True, max_length=400),
        Field("filled_by", _("Filled in by"), "choice", choices=list(FilledBy.choices), required=True),
        Field("has_consent", _("The person has read the purpose and agrees"), "yesno"),
        Field("collected_on", _("Day of the contact"), "date", required=True, may_be_future=False, is_indexed=True),
        Field("place", _("Event or place"), max_length=80),
        Field("collector", _("Collected by"), "staff", is_fixed=True),
        Field("unit", _("Unit"), "unit", is_fixed=True, is_indexed=True),
        Field("holder", _("In the hands of"), "staff", is_fixed=True, is_indexed=True),
        Field("state", _("State"), "choice", choices=SHOWN_STATES, is_fixed=True),
        Field("signed_by", _("Signed by"), "staff", is_fixed=True),
        Field("signed_at", _("Signed"), "moment", is_fixed=True),
        Field("signature", _("Digest of what was signed"), is_fixed=True, is_derived=True),
        Field("received_at", _("Received"), "moment", is_fixed=True),
        Field("allocated_at", _("Allocated"), "moment", is_fixed=True),
        Field("template", _("Version of the form"), is_fixed=True, is_derived=True),
        Field("sheet", _("Paper sheet"), is_fixed=True, is_derived=True),
        Field("created_at", _("Recorded"), "moment", is_fixed=True),
    ),
    sections=(
        Section("person", _("Person"), ("name", "phone", "gender", "birth_year", "area", "address")),
        Section("health", _("Health"), ("health", "medication", "concern")),
        Section(
            "contact", _("First contact"), ("collected_on", "place", "collector", "unit", "filled_by", "has_consent")
        ),
        Section("signature", _("Signature"), ("signed_by", "signed_at", "signature")),
        Section(
            "custody", _("Custody"), ("number", "state", "holder", "received_at", "allocated_at", "template", "sheet")
        ),
    ),
    columns=(
        ListColumn("name", _("Name"), "t.name", is_title=True),
        ListColumn("number", _("Number"), "t.number", is_minor=True),
        ListColumn("state", _("State"), "t.state", choices=dict(ContactState.choices), tones=TONES),
        ListColumn("collected", _("Day of the contact"), "t.collected_on", "date", sort="new"),
        ListColumn("area", _("Area"), "t.area"),
        ListColumn("collector", _("Collected by"), "s.name"),
        ListColumn("holder", _("In the hands of"), "h.name"),
    ),
    joins="LEFT JOIN org_staff s ON s.id = t.collector_id LEFT JOIN org_staff h ON h.id = t.holder_id",
    filters=(Filter("state", _("State"), "t.state = %s", lambda actor: list(SHOWN_STATES)),),
    access=access_contact_form,
    title=lambda form: form.name,
    subtitle=lambda form: form.number,
    badges=_badges,
    buttons=(
        Button("sign", _("Sign"), _leads_to("edit"), _while("draft"), style="primary"),
        Button("correct", _("Correct"), _leads_to("correct"), _while("signed")),
        Button(
            "hand-over",
            _("Hand over"),
            lambda form: f"/transfers/new?kind={ContactForm.KIND}",
            _while("signed"),
            style="primary",
        ),
        Button(
            "allocate",
            _("Allocate"),
            lambda form: "/allocations/new",
            lambda actor, form: form.state == "received" and form.holder_id == actor.staff_id,
            style="primary",
        ),
        Button(
            "customer", _("Customer"), lambda f: f"/customers/{f.customer_id}", lambda actor, f: bool(f.customer_id)
        ),
        Button("remove", _("Remove"), _leads_to("remove"), _removable),
    ),
    searchable=True,
    number="number",
    found_by=("name",),
    empty_hint=_("A representative fills one in at the first contact; it is signed and handed over the same day."),
    icon="file",
)


def new_form(request: ActorRequest) -> HttpResponse:
    template = template_for(str(TemplateKind.FIRST_CONTACT))
    if request.method != "POST":
        typed = {"collected_on": clock.today().isoformat(), "filled_by": str(FilledBy.REPRESENTATIVE)}
        return _page(request, template, typed=typed)
    read = _read(request)
    if not read.errors:
        try:
            answer = operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name="contactform:create",
                payload=read.typed,
                same_within=operations.WAY_BACK,
                perform=lambda: {"id": _create(request, read)},
            )
        except Invalid as problem:
            return _page(request, template, typed=read.typed, errors=problem.errors)
        return _done(request, answer.data["id"])
    return _page(request, template, typed=read.typed, errors=read.errors)


def edit_form(request: ActorRequest, record_id: int) -> HttpResponse:
    form = access_contact_form(request.actor, record_id, to="update")
    if form.state != ContactState.DRAFT or form.collector_id != request.actor.staff_id:
        return ui.go(request, f"/contact-forms/{record_id}")
    if request.method != "POST":
        return _page(request, form.template, typed=typed_of(CONTACT_FORMS, form), record=form)
    read, version = _read(request), request.POST.get("version", "")
    errors = read.errors
    if not errors and version.isdecimal() and len(version) <= 9:
        try:
            operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"contactform:change:{record_id}",
                payload=read.typed | {"version": version},
                perform=lambda: {"id": _change(request, record_id, read, int(version))},
            )
        except Invalid as problem:
            errors = problem.errors
        except Stale as conflict:
            errors = {"": [conflict.message]}
        else:
            return _done(request, record_id)
    return _page(request, form.template, typed=read.typed, errors=errors, record=form)


def correct(request: ActorRequest, record_id: int) -> HttpResponse:
    return _with_reason(request, record_id, "correct", void_signature, gettext("Correct the form, then sign it again."))


@sent_once
def remove(request: ActorRequest, record_id: int) -> HttpResponse:
    return _with_reason(request, record_id, "remove", remove_contact_form, gettext("Removed."))


def _with_reason(
    request: ActorRequest, record_id: int, step: str, perform: Callable[..., Any], told: str
) -> HttpResponse:
    form = access_contact_form(request.actor, record_id, to="delete" if step == "remove" else "update")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        why = request.POST.get("why", "").replace("\x00", "")

        def run() -> dict[str, Any]:
            perform(record_id, why=why, actor=request.actor)
            return {}

        try:
            key, name = request.POST.get("op_key", ""), f"contactform:{step}:{record_id}"
            operations.once(key, actor=request.actor, name=name, payload={"why": why}, perform=run)
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, told)
            return ui.go(request, "/contact-forms" if step == "remove" else f"/contact-forms/{record_id}/edit")
    context = {"form_record": form, "errors": errors, "step": step, "typed": request.POST}
    return ui.page(request, "archive/contact_reason.html", context, status=422 if errors else 200)


def _read(request: ActorRequest) -> Read:
    read = read_form(CONTACT_FORMS, request.POST)
    year = read.values.get("birth_year")
    if isinstance(year, Decimal):
        read.values["birth_year"] = int(year) if year == int(year) and abs(year) < 10_000 else 0
    for key in ("sheet", "signature", "step"):
        read.typed[key] = request.POST.get(key, "").replace("\x00", "").strip()[:80]
    return read


@transaction.atomic
def _create(request: ActorRequest, read: Read) -> int:
    form = create_contact_form(read.values, sheet=read.typed["sheet"], actor=request.actor)
    return _signed_if_wished(request, form, read)


@transaction.atomic
def _change(request: ActorRequest, form_id: int, read: Read, version: int) -> int:
    form = change_contact_form(form_id, read.values, version=version, actor=request.actor)
    return _signed_if_wished(request, form, read)


def _signed_if_wished(request: ActorRequest, form: ContactForm, read: Read) -> int:
    """Filling in and signing is one step: either both are kept or neither."""
    if read.typed["step"] == "sign":
        sign_contact_form(form.pk, name=read.typed["signature"], actor=request.actor)
    return form.pk


def _done(request: ActorRequest, form_id: int) -> HttpResponse:
    signed = request.POST.get("step") == "sign"
    ui.toast(request, gettext("Signed. Hand it over today.") if signed else gettext("Saved as a draft."))
    return ui.go(request, f"/contact-forms/{form_id}")


def _page(
    request: ActorRequest,
    template: FormTemplate,
    *,
    typed: dict[str, str],
    errors: dict[str, list[Any]] | None = None,
    record: ContactForm | None = None,
) -> HttpResponse:
    fields = {f.key: f for f in CONTACT_FORMS.typed_in}
    is_english = request.actor.language.startswith("en")
    context = {
        "template": template,
        "title": template.title_en if is_english and template.title_en else template.title,
        "purpose": template.purpose_en if is_english and template.purpose_en else template.purpose,
        "consent": template.consent_en if is_english and template.consent_en else template.consent,
        "company": company_name(),
        "collector": request.actor.label,
        "record": record,
        "typed": typed,
        "errors": errors or {},
        "labels": {f.key: f.label for f in CONTACT_FORMS.fields}
        | {"signature": _("Signature"), "sheet": _("Paper sheet")},
        "sections": [
            (s, [fields[key] for key in s.fields if key in fields and key != "has_consent"])
            for s in CONTACT_FORMS.sections[:3]
        ],
        "kinds": INPUT_KINDS,
        "op": request.POST.get("op_key", "") if errors else "",
    }
    return ui.page(request, "archive/contact_form.html", context, status=422 if errors else 200)


def may_collect(actor: Actor) -> bool:
    return may(actor, ContactForm.KIND, "create")
